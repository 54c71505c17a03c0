#include "response_collector.hpp"

#include <gtest/gtest.h>

#include "support/for_each_split.hpp"

namespace pathology::pathoc {
namespace {

using pathology::test::for_each_split;
using pathology::test::Pieces;
using Progress = ResponseCollector::State;

/// Feeds the pieces and reads as far as they go.
Progress feed(ResponseCollector& reader, Pieces pieces) {
    auto last = Progress::wants_more;
    for (auto const piece : pieces) {
        reader.feed(piece);
        do last = reader.advance().value();
        while (last == Progress::has_head);
    }
    return last;
}

TEST(ResponseCollector, KeepsInterimResponsesTrailersAndRawBytes) {
    constexpr std::string_view wire =
        "HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n"
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n2\r\nde\r\n0\r\nX-Sum: 1\r\n\r\n";
    for_each_split(
        wire, [] { return ResponseCollector(100, 1000); },
        [&](ResponseCollector& reader, Pieces pieces) {
            ASSERT_EQ(feed(reader, pieces), Progress::whole);
            ASSERT_EQ(reader.advance().value(), Progress::whole);
            auto const reply = reader.take();
            EXPECT_EQ(reply.status(), 200U);
            EXPECT_EQ(reply.body, "abcde");
            EXPECT_EQ(reply.body_size, 5U);
            EXPECT_EQ(reply.trailers.first("x-sum"), "1");
            ASSERT_EQ(reply.interim.size(), 1U);
            EXPECT_EQ(reply.interim[0].status, 103U);
            EXPECT_EQ(reply.raw, wire);
            EXPECT_EQ(reply.raw_size, wire.size());
        });
}

TEST(ResponseCollector, KeepsTheFirstBytesAndCountsAll) {
    ResponseCollector reader(4, 10);
    reader.feed("HTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\nabcdef");
    std::string_view const nothing;
    ASSERT_EQ(feed(reader, Pieces(&nothing, 1)), Progress::whole);
    auto const reply = reader.take();
    EXPECT_EQ(reply.body, "abcd");
    EXPECT_EQ(reply.body_size, 6U);
    EXPECT_TRUE(reply.body_truncated());
    EXPECT_EQ(reply.raw, "HTTP/1.1 2");
    EXPECT_EQ(reply.raw_size, 44U);
}

TEST(ResponseCollector, ReadsABodyUntilTheEnd) {
    ResponseCollector reader(100, 0);
    reader.feed("HTTP/1.0 200 OK\r\n\r\nsome");
    EXPECT_EQ(reader.advance().value(), Progress::has_head);
    EXPECT_EQ(reader.advance().value(), Progress::wants_more);
    reader.end();
    EXPECT_EQ(reader.advance().value(), Progress::whole);
    auto const reply = reader.take();
    EXPECT_EQ(reply.body, "some");
    EXPECT_FALSE(reply.keep_alive);
    EXPECT_EQ(reader.advance().value(), Progress::nothing_comes);
}

TEST(ResponseCollector, KeepsTheBytesOfAnIncompleteResponse) {
    ResponseCollector reader(100, 100);
    reader.feed("HTT");
    reader.end();
    EXPECT_FALSE(reader.advance());
    EXPECT_EQ(reader.partial(), "HTT");
    EXPECT_EQ(reader.partial_size(), 3U);
}

}  // namespace
}  // namespace pathology::pathoc
