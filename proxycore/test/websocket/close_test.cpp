#include <gtest/gtest.h>

#include <pathology/proxycore/websocket/close.hpp>

#include "websocket/utf8.hpp"

namespace pathology::proxycore::websocket {
namespace {

// RFC 6455 §7.4.2, and the registry of status codes that it began.
TEST(CloseCode, MayBeSentInTheseRangesOnly) {
    std::string ranges;
    for (std::uint32_t code = 0; code <= 0xffff; ++code) {
        bool const is_first = code == 0 || !may_be_sent(static_cast<std::uint16_t>(code - 1));
        bool const is_last = code == 0xffff || !may_be_sent(static_cast<std::uint16_t>(code + 1));
        if (!may_be_sent(static_cast<std::uint16_t>(code))) continue;
        if (is_first) ranges += std::to_string(code) + "-";
        if (is_last) ranges += std::to_string(code) + " ";
    }
    EXPECT_EQ(ranges, "1000-1003 1007-1014 3000-4999 ");
}

TEST(Close, IsWrittenAndReadBack) {
    for (Close const& close : {Close{}, Close{1000, ""}, Close{4999, "bye \xce\xba"}})
        EXPECT_EQ(parse_close(encode(close)).value(), close);
}

TEST(Close, HasNoReasonWithoutACode) { EXPECT_EQ(encode({{}, "lost"}), ""); }

TEST(Close, CutsAReasonBetweenCharacters) {
    std::string reason = "x";
    while (reason.size() < 130) reason += "\xce\xba";
    auto const payload = encode({1000, reason});
    EXPECT_EQ(payload.size(), 125u);
    reason.insert(0, "x");
    EXPECT_EQ(encode({1000, reason}).size(), 124u);
    EXPECT_TRUE(is_utf8(std::string_view(encode({1000, reason})).substr(2)));
}

}  // namespace
}  // namespace pathology::proxycore::websocket
