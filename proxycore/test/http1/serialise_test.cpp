#include <gtest/gtest.h>

#include <pathology/proxycore/http1/reader.hpp>
#include <pathology/proxycore/http1/serialise.hpp>

namespace pathology::proxycore::http1 {
namespace {

TEST(Serialise, KeepsOrderAndSpellingOfARequest) {
    http::RequestHead const head{"GeT", "/x", {1, 0}, {{"b", "1"}, {"HOST", "a"}, {"B", ""}}};
    EXPECT_EQ(serialise(head), "GeT /x HTTP/1.0\r\nb: 1\r\nHOST: a\r\nB: \r\n\r\n");
}

TEST(Serialise, WritesAResponse) {
    http::ResponseHead const head{{1, 1}, 404, "Not Found", {{"A", "b"}}};
    EXPECT_EQ(serialise(head), "HTTP/1.1 404 Not Found\r\nA: b\r\n\r\n");
}

TEST(Serialise, KeepsTheSpaceBeforeAnEmptyReasonAndThreeDigits) {
    EXPECT_EQ(serialise(http::ResponseHead{{1, 1}, 7, "", {}}), "HTTP/1.1 007 \r\n\r\n");
}

TEST(Serialise, IsReadBackAsTheSameHead) {
    http::RequestHead const head{"PUT", "/a?b", {1, 1}, {{"Host", "h"}, {"X", "1"}, {"x", "2"}}};
    RequestReader reader;
    reader.feed(serialise(head));
    ASSERT_EQ(reader.next().value(), Event::head);
    EXPECT_EQ(reader.head(), head);
}

TEST(Chunk, SizesAreHexadecimal) {
    EXPECT_EQ(chunk_header(1), "1\r\n");
    EXPECT_EQ(chunk_header(0xabc), "abc\r\n");
    EXPECT_EQ(chunk_header(~std::uint64_t{0}), "ffffffffffffffff\r\n");
}

TEST(Chunk, LastOneCarriesTheTrailers) {
    EXPECT_EQ(last_chunk(), "0\r\n\r\n");
    EXPECT_EQ(last_chunk({{"T", "1"}}), "0\r\nT: 1\r\n\r\n");
}

}  // namespace
}  // namespace pathology::proxycore::http1
