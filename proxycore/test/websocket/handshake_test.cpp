#include <gtest/gtest.h>

#include <ostream>
#include <pathology/proxycore/websocket/handshake.hpp>
#include <vector>

#include "support/row_name.hpp"

namespace pathology::proxycore::websocket {
namespace {

// RFC 6455 §1.3 and §4.1 give these examples.
TEST(AcceptKey, RespondsToTheSampleOfTheRfc) {
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

constexpr auto sample_key = "dGhlIHNhbXBsZSBub25jZQ==";

http::RequestHead good_request() {
    return {"GET",
            "/chat",
            {1, 1},
            {{"Host", "x"},
             {"Upgrade", "websocket"},
             {"Connection", "Upgrade"},
             {"Sec-WebSocket-Key", sample_key},
             {"Sec-WebSocket-Version", "13"}}};
}

struct RequestCase {
    std::string_view name;
    void (*change)(http::RequestHead&);
    std::string_view message;  ///< empty when nothing is wrong
    unsigned status = 400;
};
void PrintTo(RequestCase const& row, std::ostream* out) { *out << row.name; }
class HandshakeRequest : public testing::TestWithParam<RequestCase> {};

TEST_P(HandshakeRequest, IsJudged) {
    auto request = good_request();
    GetParam().change(request);
    auto const judged = check_request(request);
    EXPECT_EQ(judged ? "" : judged.error().message, GetParam().message);
    if (!judged) {
        EXPECT_EQ(judged.error().status, GetParam().status);
    }
}

INSTANTIATE_TEST_SUITE_P(
    Rfc6455, HandshakeRequest,
    testing::Values(RequestCase{"Good", [](auto&) {}, ""},
                    RequestCase{"AnyCase", [](auto& r) { r.fields.set("Upgrade", "WebSocket"); }, ""},
                    RequestCase{"Post", [](auto& r) { r.method = "POST"; }, "handshake by POST", 405},
                    RequestCase{"Http10",
                                [](auto& r) {
                                    r.version = {1, 0};
                                },
                                "handshake in HTTP/1.0"},
                    RequestCase{"NoHost", [](auto& r) { r.fields.remove("Host"); }, "handshake without one Host"},
                    RequestCase{"OtherUpgrade", [](auto& r) { r.fields.set("Upgrade", "h2c"); }, "Upgrade: h2c", 426},
                    RequestCase{"NoUpgrade", [](auto& r) { r.fields.remove("Upgrade"); }, "no Upgrade", 426},
                    RequestCase{"NoConnection", [](auto& r) { r.fields.remove("Connection"); }, "no Connection", 426},
                    RequestCase{"OldVersion", [](auto& r) { r.fields.set("Sec-WebSocket-Version", "8"); },
                                "Sec-WebSocket-Version: 8", 426},
                    RequestCase{"NoVersion", [](auto& r) { r.fields.remove("Sec-WebSocket-Version"); },
                                "no Sec-WebSocket-Version", 426},
                    RequestCase{"NoKey", [](auto& r) { r.fields.remove("Sec-WebSocket-Key"); },
                                "handshake without one Sec-WebSocket-Key"},
                    RequestCase{"TwoKeys", [](auto& r) { r.fields.add("Sec-WebSocket-Key", sample_key); },
                                "handshake without one Sec-WebSocket-Key"},
                    RequestCase{"ShortKey", [](auto& r) { r.fields.set("Sec-WebSocket-Key", "AAAA"); },
                                "Sec-WebSocket-Key \"AAAA\" is not 16 bytes in base64"},
                    RequestCase{"KeyOfOtherSymbols",
                                [](auto& r) { r.fields.set("Sec-WebSocket-Key", "dGhlIHNhbXBsZSB-b25jZQ=="); },
                                "Sec-WebSocket-Key \"dGhlIHNhbXBsZSB-b25jZQ==\" is not 16 bytes in base64"},
                    RequestCase{"KeyWithBitsLeftOver",
                                [](auto& r) { r.fields.set("Sec-WebSocket-Key", "dGhlIHNhbXBsZSBub25jZR=="); },
                                "Sec-WebSocket-Key \"dGhlIHNhbXBsZSBub25jZR==\" is not 16 bytes in base64"}),
    test::row_name);

struct ResponseCase {
    std::string_view name;
    void (*change)(http::ResponseHead&);
    std::string_view message;
};
void PrintTo(ResponseCase const& row, std::ostream* out) { *out << row.name; }
class HandshakeResponse : public testing::TestWithParam<ResponseCase> {};

TEST_P(HandshakeResponse, IsJudged) {
    http::ResponseHead response{{1, 1},
                                101,
                                "Switching Protocols",
                                {{"Upgrade", "websocket"},
                                 {"Connection", "Upgrade"},
                                 {"Sec-WebSocket-Accept", "s3pPLMBiTxaQ9kYGzzhZRbK+xOo="}}};
    GetParam().change(response);
    std::vector<std::string> const offered{"chat", "superchat"};
    auto const judged = check_response(response, sample_key, offered);
    EXPECT_EQ(judged ? "" : judged.error().message, GetParam().message);
}

INSTANTIATE_TEST_SUITE_P(
    Rfc6455, HandshakeResponse,
    testing::Values(
        ResponseCase{"Good", [](auto&) {}, ""},
        ResponseCase{"Refused", [](auto& a) { a.status = 403; }, "status 403 instead of 101"},
        ResponseCase{"NoUpgrade", [](auto& a) { a.fields.remove("Upgrade"); }, "no Upgrade"},
        ResponseCase{"OtherConnection", [](auto& a) { a.fields.set("Connection", "close"); }, "Connection: close"},
        ResponseCase{"WrongAccept", [](auto& a) { a.fields.set("Sec-WebSocket-Accept", "x"); },
                     "Sec-WebSocket-Accept: x instead of s3pPLMBiTxaQ9kYGzzhZRbK+xOo="},
        ResponseCase{"NoAccept", [](auto& a) { a.fields.remove("Sec-WebSocket-Accept"); },
                     "no Sec-WebSocket-Accept instead of s3pPLMBiTxaQ9kYGzzhZRbK+xOo="},
        ResponseCase{"Subprotocol", [](auto& a) { a.fields.add("Sec-WebSocket-Protocol", "superchat"); }, ""},
        ResponseCase{"OtherSubprotocol", [](auto& a) { a.fields.add("Sec-WebSocket-Protocol", "soap"); },
                     "Sec-WebSocket-Protocol: soap, which was not offered"}),
    test::row_name);

TEST(Subprotocol, IsTheFirstThatBothKnow) {
    http::Fields const fields{{"Sec-WebSocket-Protocol", "chat, superchat"}, {"sec-websocket-protocol", " soap "}};
    std::vector<std::string> const soap{"x", "soap"};
    std::vector<std::string> const none{"x"};
    EXPECT_EQ(choose_subprotocol(fields), "chat");
    EXPECT_EQ(choose_subprotocol(fields, soap), "soap");
    EXPECT_EQ(choose_subprotocol(fields, none), std::nullopt);
    EXPECT_EQ(choose_subprotocol({}), std::nullopt);
}

}  // namespace
}  // namespace pathology::proxycore::websocket
