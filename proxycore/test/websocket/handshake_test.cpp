#include <gtest/gtest.h>

#include <ostream>
#include <pathology/proxycore/websocket/handshake.hpp>

#include "support/row_name.hpp"

namespace pathology::proxycore::websocket {
namespace {

// RFC 6455 §1.3 and §4.1 give these examples.
TEST(AcceptKey, AnswersTheSampleOfTheRfc) {
    EXPECT_EQ(accept_key("dGhlIHNhbXBsZSBub25jZQ=="), "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=");
}

TEST(AcceptKey, TakesAnyText) { EXPECT_EQ(accept_key("").size(), 28u); }

TEST(MakeKey, IsTheBase64OfTheNonce) {
    std::array<std::byte, 16> nonce{};
    for (std::size_t i = 0; i < nonce.size(); ++i) nonce[i] = static_cast<std::byte>(i + 1);
    EXPECT_EQ(make_key(nonce), "AQIDBAUGBwgJCgsMDQ4PEA==");
}

struct HandshakeCase {
    std::string_view name;
    http::Fields fields;
    bool is_handshake;
};
void PrintTo(HandshakeCase const& row, std::ostream* out) { *out << row.name; }
class Handshake : public testing::TestWithParam<HandshakeCase> {};

TEST_P(Handshake, IsRecognised) {
    EXPECT_EQ(is_handshake({"POST", "/", {1, 1}, GetParam().fields}), GetParam().is_handshake);
}

INSTANTIATE_TEST_SUITE_P(
    Rfc6455, Handshake,
    testing::Values(
        HandshakeCase{"Plain", {{"Connection", "Upgrade"}, {"Upgrade", "websocket"}, {"Sec-WebSocket-Key", "x"}}, true},
        HandshakeCase{"AnyCaseAndLists",
                      {{"CONNECTION", "keep-alive, UPGRADE"}, {"upgrade", "WebSocket"}, {"sec-websocket-key", ""}},
                      true},
        HandshakeCase{"NoKey", {{"Connection", "Upgrade"}, {"Upgrade", "websocket"}}, false},
        HandshakeCase{
            "OtherProtocol", {{"Connection", "Upgrade"}, {"Upgrade", "h2c"}, {"Sec-WebSocket-Key", "x"}}, false},
        HandshakeCase{"NoConnection", {{"Upgrade", "websocket"}, {"Sec-WebSocket-Key", "x"}}, false}),
    test::row_name);

}  // namespace
}  // namespace pathology::proxycore::websocket
