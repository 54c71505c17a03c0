// The lines on doc/log.md, and what becomes of bytes that are no text.
#include <gtest/gtest.h>

#include <fstream>
#include <nlohmann/json.hpp>
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

TEST(JsonLine, NamesOnThePageAreThoseWritten) {
    auto exchange = crafted();
    exchange.request->body = exchange.request->raw = "\xff";
    exchange.request->headers.add("A", "\xff");
    exchange.request->raw_size = 1;
    exchange.response->raw = "HTTP";
    exchange.frame = RecordedFrame{.key = "abcd", .raw = "\x81", .raw_size = 1};
    exchange.message = "m";
    auto const names_in = [](Json const& object) {
        std::string missing;
        auto const text = page();
        for (auto const& [name, value] : object.items())
            if (!name.ends_with("_b64") && text.find("| `" + name + "` ") == std::string::npos) missing += name + ' ';
        return missing;
    };
    auto const json = Json::parse(to_json_line(exchange));
    EXPECT_EQ(names_in(json), "");
    for (auto const* part : {"request", "response", "frame"}) EXPECT_EQ(names_in(json.at(part)), "") << part;
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

TEST(JsonLine, TellsAnErrorWithoutARequest) {
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

TEST(JsonLine, HasNoLineBreak) {
    auto exchange = crafted();
    exchange.request->body = "a\r\nb";
    exchange.message = "two\nlines";
    EXPECT_EQ(to_json_line(exchange).find('\n'), std::string::npos);
}

}  // namespace
}  // namespace pathology::proxycore::record
