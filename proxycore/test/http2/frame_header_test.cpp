#include <gtest/gtest.h>

#include <ostream>
#include <pathology/proxycore/http2/frame_header.hpp>

#include "support/row_name.hpp"

namespace pathology::proxycore::http2 {
namespace {

using namespace std::string_literals;

struct HeaderCase {
    std::string_view name;
    FrameHeader header;
    std::string wire;
};
void PrintTo(HeaderCase const& row, std::ostream* out) { *out << row.name; }
class Http2FrameHeader : public testing::TestWithParam<HeaderCase> {};

TEST_P(Http2FrameHeader, EncodesAsTheRfcDraws) { EXPECT_EQ(encode(GetParam().header), GetParam().wire); }

TEST_P(Http2FrameHeader, DecodesOnceWhole) {
    auto const wire = GetParam().wire + "payload";
    for (std::size_t size = 0; size <= wire.size(); ++size) {
        auto const decoded = decode(std::string_view(wire).substr(0, size));
        ASSERT_EQ(decoded.has_value(), size >= FrameHeader::size) << "of the first " << size << " bytes";
        if (!decoded) continue;
        EXPECT_EQ(*decoded, GetParam().header);
    }
}

INSTANTIATE_TEST_SUITE_P(Rfc9113, Http2FrameHeader,
                         testing::Values(HeaderCase{"NothingSet", {}, "\0\0\0\0\0\0\0\0\0"s},
                                         HeaderCase{"EveryFieldInItsPlace",
                                                    {.length = 0x010203, .type = 4, .flags = 5, .stream = 0x06070809},
                                                    "\x01\x02\x03\x04\x05\x06\x07\x08\x09"s},
                                         HeaderCase{
                                             "ReservedBit", {.reserved = true, .stream = 1}, "\0\0\0\0\0\x80\0\0\x01"s},
                                         HeaderCase{"EveryBit",
                                                    {.length = FrameHeader::largest_length,
                                                     .type = 255,
                                                     .flags = 255,
                                                     .reserved = true,
                                                     .stream = FrameHeader::largest_stream},
                                                    std::string(9, '\xff')}),
                         test::row_name);

TEST(Http2FrameHeader, SendsNoMoreThanItsFieldsHold) {
    EXPECT_EQ(encode({.length = 0x1000001, .stream = 0x80000001}), "\0\0\x01\0\0\0\0\0\x01"s);
}

}  // namespace
}  // namespace pathology::proxycore::http2
