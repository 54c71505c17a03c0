#include <gtest/gtest.h>

#include <pathology/proxycore/http2/names.hpp>

namespace pathology::proxycore::http2 {
namespace {

TEST(Http2Names, AreThoseOfTheRfcs) {
    EXPECT_EQ(name(FrameType::data), "DATA");
    EXPECT_EQ(name(FrameType::priority_update), "PRIORITY_UPDATE");
    EXPECT_EQ(name(ErrorCode::no_error), "NO_ERROR");
    EXPECT_EQ(name(ErrorCode::http_1_1_required), "HTTP_1_1_REQUIRED");
    EXPECT_EQ(name(SettingId::no_rfc7540_priorities), "NO_RFC7540_PRIORITIES");
}

TEST(Http2Names, SpellUnregisteredNumbersInHexadecimal) {
    EXPECT_EQ(name(FrameType{0xb}), "0xb");
    EXPECT_EQ(name(FrameType{255}), "0xff");
    EXPECT_EQ(name(ErrorCode{0xdeadbeef}), "0xdeadbeef");
    EXPECT_EQ(name(SettingId{0}), "0x0");
}

template <class Number, class Lookup> void expect_round_trip(unsigned last, Lookup lookup) {
    for (unsigned number = 0; number <= last; ++number) {
        auto const text = name(Number{static_cast<std::underlying_type_t<Number>>(number)});
        auto const found = lookup(text);
        ASSERT_EQ(found.has_value(), !text.starts_with("0x")) << text;
        if (!found) continue;
        EXPECT_EQ(static_cast<unsigned>(*found), number) << text;
    }
}

TEST(Http2Names, LeadBackToTheirNumbers) {
    expect_round_trip<FrameType>(255, frame_type);
    expect_round_trip<ErrorCode>(64, error_code);
    expect_round_trip<SettingId>(64, setting_id);
}

TEST(Http2Names, AreUpperCaseOnly) {
    EXPECT_FALSE(frame_type("data"));
    EXPECT_FALSE(error_code("Cancel"));
    EXPECT_FALSE(setting_id(""));
    EXPECT_FALSE(flag_bit("end_stream"));
}

TEST(Http2Flags, MeanWhatTheirFrameSays) {
    EXPECT_EQ(flag_names(FrameType::data, 0), "");
    EXPECT_EQ(flag_names(FrameType::data, 1), "END_STREAM");
    EXPECT_EQ(flag_names(FrameType::settings, 1), "ACK");
    EXPECT_EQ(flag_names(FrameType::headers, 0x2d), "END_STREAM,END_HEADERS,PADDED,PRIORITY");
    EXPECT_EQ(flag_names(FrameType::push_promise, 0x0d), "END_HEADERS,PADDED,0x1");
    EXPECT_EQ(flag_names(FrameType::window_update, 0xff), "0xff");
}

TEST(Http2Flags, HaveOneBitEach) {
    EXPECT_EQ(flag_bit("ACK"), flag::ack);
    EXPECT_EQ(flag_bit("END_STREAM"), flag::end_stream);
    EXPECT_EQ(flag_bit("END_HEADERS"), flag::end_headers);
    EXPECT_EQ(flag_bit("PADDED"), flag::padded);
    EXPECT_EQ(flag_bit("PRIORITY"), flag::priority);
}

}  // namespace
}  // namespace pathology::proxycore::http2
