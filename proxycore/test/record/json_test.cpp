// The lines on doc/log.md, and what becomes of bytes that are no text.
#include <gtest/gtest.h>

#include <fstream>
#include <nlohmann/json.hpp>
#include <pathology/proxycore/http2/violation.hpp>
#include <pathology/proxycore/record/json.hpp>
#include <sstream>

namespace pathology::proxycore::record {
namespace {

using namespace std::chrono_literals;
using Json = nlohmann::json;

Exchange crafted() {
    Exchange exchange;
    exchange.started = std::chrono::system_clock::time_point(1795233482s + 125ms);
    exchange.duration = 1600us;
    exchange.request = RecordedRequest{.method = "GET",
                                       .target = "/p/200:b'abc'",
                                       .path = "/p/200:b'abc'",
                                       .form = http::TargetForm::origin,
                                       .headers = {{"Host", "x"}, {"X-Y", "z"}},
                                       .remote_address = {"127.0.0.1", 39400}};
    exchange.response = RecordedResponse{.status_code = "200",
                                         .reason = std::nullopt,
                                         .headers = {{"Content-Length", "3"}},
                                         .body = "abc",
                                         .body_size = 3,
                                         .spec = "200:b'abc':h'Content-Length'='3'",
                                         .bytes_written = 41};
    return exchange;
}

RecordedTls over_tls() {
    RecordedCertificate certificate;
    certificate.common_name = "client.test";
    certificate.subject = certificate.issuer = "CN=client.test";
    certificate.serial = "0A";
    certificate.not_before = std::chrono::system_clock::time_point(1795233482s);
    certificate.not_after = certificate.not_before + 24h;
    certificate.algorithm = "sha256WithRSAEncryption";
    certificate.key_type = "RSA";
    certificate.key_bits = 2048;
    certificate.alternative_names = {"client.test", "127.0.0.1"};
    certificate.sha256 = "00ff";
    return {.version = "TLSv1.3",
            .cipher = "TLS_AES_256_GCM_SHA384",
            .cipher_bits = 256,
            .alpn = "http/1.1",
            .sni = "origin.test",
            .client_certificate = certificate,
            .server_certificates = {certificate, certificate}};
}

RecordedRelay through_a_proxy() {
    RecordedRelay relay;
    relay.client = {"127.0.0.1", 40000};
    relay.mode = "regular";
    relay.url = "https://origin.test/chat";
    relay.server = Endpoint{"origin.test", 443};
    relay.server_address = Endpoint{"10.0.0.1", 443};
    relay.via = "http://proxy.test:3128";
    relay.server_tls = std::make_shared<RecordedTls const>(RecordedTls{.version = "TLSv1.2", .cipher = "A"});
    relay.replay = "response";
    relay.messages.push_back({.type = "text", .content = "hi", .content_size = 2, .dropped = true, .injected = true});
    relay.message_count = 1;
    relay.close = RecordedClose{true, 4001, "bye"};
    return relay;
}

std::string page() {
    std::ifstream file(LOG_PAGE);
    std::ostringstream text;
    text << file.rdbuf();
    return text.str();
}

TEST(JsonLine, IsTheExampleOfTheLogPage) {
    auto const line = to_json_line(crafted());
    EXPECT_NE(page().find("\n" + line + "\n"), std::string::npos) << "doc/log.md has no line\n" << line;
}

TEST(JsonLine, LeavesOutBytesThatWereNotRecorded) {
    auto exchange = crafted();
    exchange.request->raw_size = 38;
    auto const request = Json::parse(to_json_line(exchange))["request"];
    EXPECT_FALSE(request.contains("raw"));
    EXPECT_EQ(request["raw_size"], 38);
}

TEST(JsonLine, NamesOnThePageAreThoseWritten) {
    auto exchange = crafted();
    exchange.request->body = exchange.request->raw = "\xff";
    exchange.request->headers.add("A", "\xff");
    exchange.request->raw_size = 1;
    exchange.request->stream = 1;
    exchange.response->raw = "HTTP";
    exchange.response->header_count = 6000;
    exchange.tls_faults = {{"d40", 40, 1, 40}};
    exchange.frame = RecordedFrame{.key = "abcd", .raw = "\x81", .raw_size = 1};
    exchange.message = "m";
    exchange.violation = std::make_shared<http2::Violation const>(http2::Violation{.rule = "r", .section = "s"});
    exchange.choice = std::make_shared<RecordedChoice const>(
        RecordedChoice{.anchor = "/a", .reason = "10 %: drawn 7 below 10", .request = 1, .per = "path", .drawn = 7});
    exchange.tls = std::make_shared<RecordedTls const>(over_tls());
    exchange.relay = std::make_shared<RecordedRelay const>(through_a_proxy());
    auto const names_in = [](Json const& object) {
        std::string missing;
        auto const text = page();
        for (auto const& [name, value] : object.items())
            if (!name.ends_with("_b64") && text.find("| `" + name + "` ") == std::string::npos) missing += name + ' ';
        return missing;
    };
    auto const json = Json::parse(to_json_line(exchange));
    EXPECT_EQ(names_in(json), "");
    for (auto const* part : {"request", "response", "frame", "clientcert", "relay", "violation", "choice"})
        EXPECT_EQ(names_in(json.at(part)), "") << part;
    EXPECT_EQ(names_in(json.at("relay").at("messages").at(0)), "");
    EXPECT_EQ(names_in(json.at("tls_faults").at(0)), "");
}

TEST(JsonLine, HasTheChoiceOfAnAnchor) {
    auto exchange = crafted();
    EXPECT_FALSE(Json::parse(to_json_line(exchange)).contains("choice"));
    exchange.choice = std::make_shared<RecordedChoice const>(
        RecordedChoice{.anchor = "/pay", .alternative = 2, .alternatives = 3, .reason = "in order", .request = 2});
    std::string const choice = R"({"anchor":"/pay","alternative":2,"alternatives":3,"reason":"in order","request":2})";
    EXPECT_NE(to_json_line(exchange).find("\"choice\":" + choice), std::string::npos) << to_json_line(exchange);
    EXPECT_NE(page().find("\n" + choice + "\n"), std::string::npos);
}

TEST(RecordedChoiceText, NamesTheAnchorTheAlternativeAndTheReason) {
    RecordedChoice choice{.anchor = "~m POST", .reason = "its filter matches"};
    EXPECT_EQ(to_string(choice), "anchor ~m POST: its filter matches");
    choice = {.anchor = "/pay", .alternative = 2, .alternatives = 3, .reason = "in order", .request = 5};
    EXPECT_EQ(to_string(choice), "anchor /pay: alternative 2 of 3, in order (request 5)");
    choice.per = "client";
    EXPECT_EQ(to_string(choice), "anchor /pay: alternative 2 of 3, in order (request 5 of this client)");
}

TEST(JsonLine, NamesTheFramesOfARequest) {
    auto exchange = crafted();
    exchange.request->stream = 3;
    exchange.request->frames = {{.length = 6, .type = 4}, {.length = 20, .type = 1, .flags = 5, .stream = 3}};
    exchange.request->frame_count = 2;
    auto const request = Json::parse(to_json_line(exchange))["request"];
    EXPECT_EQ(request["stream"], 3);
    EXPECT_EQ(request["frame_count"], 2);
    EXPECT_EQ(request["frames"], Json::parse(R"([{"type":"SETTINGS","flags":"","stream":0,"length":6},
                              {"type":"HEADERS","flags":"END_STREAM,END_HEADERS","stream":3,"length":20}])"));
}

TEST(JsonLine, KeepsUtf8AsItIs) {
    auto exchange = crafted();
    exchange.request->body = "gr\xc3\xbc\xc3\x9f";
    auto const json = Json::parse(to_json_line(exchange));
    EXPECT_EQ(json["request"]["body"], "gr\xc3\xbc\xc3\x9f");
    EXPECT_FALSE(json["request"].contains("body_b64"));
}

TEST(JsonLine, GivesOtherBytesEscapedAndExact) {
    auto exchange = crafted();
    exchange.request->body = std::string("a\n\0\xff", 4);
    exchange.request->headers = {{"A", "b"}, {"C", "\xe4"}};
    auto const json = Json::parse(to_json_line(exchange));
    EXPECT_EQ(json["request"]["body"], "a\\n\\x00\\xff");
    EXPECT_EQ(json["request"]["body_b64"], "YQoA/w==");
    EXPECT_EQ(json["request"]["headers"], Json::parse(R"([["A","b"],["C","\\xe4"]])"));
    EXPECT_EQ(json["request"]["headers_b64"], Json::parse(R"([["QQ==","Yg=="],["Qw==","5A=="]])"));
}

TEST(JsonLine, ReportsAnErrorWithoutARequest) {
    Exchange exchange;
    exchange.id = 7;
    exchange.type = Exchange::Type::error;
    exchange.message = "bad request line \"foo\" at byte 0";
    auto const json = Json::parse(to_json_line(exchange));
    EXPECT_EQ(json["type"], "error");
    EXPECT_EQ(json["id"], 7);
    EXPECT_EQ(json["msg"], exchange.message);
    EXPECT_FALSE(json.contains("request"));
}

TEST(JsonLine, C5_NamesTheRuleThatAPeerBroke) {
    Exchange exchange;
    http2::FrameHeader const ping{.length = 4, .type = 6};
    http2::Violation const broken{http2::ErrorCode::frame_size_error, true, 0, ping, "8 bytes", "RFC 9113 section 6.7"};
    exchange.violation = std::make_shared<http2::Violation const>(broken);
    EXPECT_EQ(Json::parse(to_json_line(exchange))["violation"],
              Json::parse(R"({"scope":"connection","stream":0,"code":"FRAME_SIZE_ERROR",
                              "frame":{"type":"PING","flags":"","stream":0,"length":4},
                              "rule":"8 bytes","section":"RFC 9113 section 6.7"})"));
}

TEST(JsonLine, ShowsAFrame) {
    Exchange exchange;
    exchange.type = Exchange::Type::inbound;
    exchange.protocol = "websockets";
    exchange.frame =
        RecordedFrame{.opcode = 1, .fin = true, .masked = true, .key = "abcd", .payload = "hi", .payload_size = 2};
    auto const frame = Json::parse(to_json_line(exchange))["frame"];
    EXPECT_EQ(frame, Json::parse(R"({"opcode":1,"fin":true,"rsv1":false,"rsv2":false,"rsv3":false,"mask":true,
                                     "key":"abcd","payload":"hi","payload_size":2,"connection":0,"index":0})"));
}

TEST(JsonLine, ShowsTheWayThroughAProxy) {
    Exchange exchange;
    exchange.type = Exchange::Type::relayed;
    exchange.relay = std::make_shared<RecordedRelay const>(through_a_proxy());
    auto const json = Json::parse(to_json_line(exchange));
    EXPECT_EQ(json["type"], "relayed");
    EXPECT_EQ(json["relay"], Json::parse(R"({"client":["127.0.0.1",40000],"mode":"regular",
        "url":"https://origin.test/chat","server":["origin.test",443],"server_address":["10.0.0.1",443],
        "via":"http://proxy.test:3128","cipher":["A",null,"TLSv1.2"],"replay":"response",
        "messages":[{"from_client":true,"type":"text","content":"hi","content_size":2,"time":0.0,"dropped":true,
                     "injected":true}],"message_count":1,
        "close":{"by_client":true,"code":4001,"reason":"bye"}})"));
}

TEST(JsonLine, ReportsTls) {
    auto exchange = crafted();
    exchange.tls = std::make_shared<RecordedTls const>(over_tls());
    auto const json = Json::parse(to_json_line(exchange));
    EXPECT_EQ(json["cipher"], Json::parse(R"(["TLS_AES_256_GCM_SHA384", 256, "TLSv1.3"])"));
    EXPECT_EQ(json["alpn"], "http/1.1");
    EXPECT_EQ(json["sni"], "origin.test");
    EXPECT_EQ(json["clientcert"],
              Json::parse(R"({"cn":"client.test","subject":"CN=client.test","issuer":"CN=client.test",
        "serial":"0A","notbefore":"2026-11-21T03:58:02Z","notafter":"2026-11-22T03:58:02Z","keyinfo":["RSA",2048],
        "altnames":["client.test","127.0.0.1"],"version":3,"algorithm":"sha256WithRSAEncryption","sha256":"00ff"})"));
    EXPECT_EQ(json["servercerts"].size(), 2U);
    exchange.tls = std::make_shared<RecordedTls const>();
    EXPECT_FALSE(Json::parse(to_json_line(exchange)).contains("sni"));
}

TEST(JsonLine, HasTheActionsOfATlsFault) {
    auto exchange = crafted();
    EXPECT_FALSE(Json::parse(to_json_line(exchange)).contains("tls_faults"));
    exchange.tls_faults = {{"p0,1ms", 0, 1, 0}, {"crecord2+5", 132, 2, 5}};
    std::string const second = R"({"action":"crecord2+5","byte":132,"record":2,"record_byte":5})";
    EXPECT_NE(to_json_line(exchange).find("," + second + "]"), std::string::npos) << to_json_line(exchange);
    EXPECT_NE(page().find("\n" + second + "\n"), std::string::npos);
}

TEST(RecordedTlsFaultText, NamesTheActionAndItsPlace) {
    EXPECT_EQ(to_string(RecordedTlsFault{"d40", 40, 1, 40}), "TLS fault: d40 at byte 40, record 1+40");
    EXPECT_EQ(to_string(RecordedTlsFault{"drecord2", 127, 2, 0}), "TLS fault: drecord2 at byte 127, record 2");
}

TEST(JsonLine, CountsHeaderLinesBeyondThoseThatItHas) {
    auto exchange = crafted();
    exchange.response->header_count = 1;
    EXPECT_FALSE(Json::parse(to_json_line(exchange))["response"].contains("header_count"));
    exchange.response->header_count = 6000;
    EXPECT_EQ(Json::parse(to_json_line(exchange))["response"]["header_count"], 6000);
}

TEST(JsonLine, HasNoLineBreak) {
    auto exchange = crafted();
    exchange.request->body = "a\r\nb";
    exchange.message = "two\nlines";
    EXPECT_EQ(to_json_line(exchange).find('\n'), std::string::npos);
}

}  // namespace
}  // namespace pathology::proxycore::record
