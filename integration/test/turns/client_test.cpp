// What clients send to pathod and to pathop: none of it holds the event loop.
#include <gtest/gtest.h>

#include <ostream>
#include <pathology/proxycore/websocket/session.hpp>
#include <pathology/testkit/testkit.hpp>

#include "support/row_name.hpp"
#include "turns/turns.hpp"

namespace pathology::integration {
namespace {

using namespace std::string_literals;
using testkit::Daemon;
using testkit::Proxy;

// --- HTTP/1 ----------------------------------------------------------------------------------------------------------

std::string get(std::string_view path, std::string_view fields = {}) {
    return "GET " + std::string(path) + " HTTP/1.1\r\nHost: a\r\n" + std::string(fields) + "\r\n";
}

std::string post_in_chunks(std::string_view chunks) {
    return "POST /p/200 HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n" + std::string(chunks) + "0\r\n\r\n";
}

std::string fields_that_connection_names() {
    std::string names = "close", lines;
    for (int i = 0; i < 3'000; ++i) {
        names += ",x" + std::to_string(i);
        lines += "x" + std::to_string(i) + ":1\r\n";
    }
    return get("/p/200", "Connection: " + names + "\r\n" + lines);
}

// --- WebSocket -------------------------------------------------------------------------------------------------------

std::string websocket(std::string_view frames, std::string_view fields = {}) {
    return get("/echo",
               "Upgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\n"
               "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n" +
                   std::string(fields)) +
           std::string(frames);
}

constexpr auto offer = "Sec-WebSocket-Extensions: permessage-deflate\r\n";

/// A message of that many zeros, compressed. They are text.
std::string compressed_message(std::size_t size) {
    namespace ws = proxycore::websocket;
    ws::SessionSettings settings;
    settings.role = ws::Role::client;
    settings.deflate.emplace();
    settings.masking_key = [] { return ws::MaskingKey{}; };
    ws::Session session(settings);
    std::string const content(size, '0');
    session.send({.is_text = true, .payload = content});
    return std::string(session.outgoing());
}

// --- HTTP/2 ----------------------------------------------------------------------------------------------------------

std::string number(std::uint32_t value, unsigned bytes) {
    std::string text;
    while (bytes-- > 0) text += static_cast<char>(value >> (8 * bytes));
    return text;
}

std::string frame(unsigned type, unsigned flags, std::uint32_t stream, std::string_view payload) {
    return number(static_cast<std::uint32_t>(payload.size()), 3) + number(type, 1) + number(flags, 1) +
           number(stream, 4) + std::string(payload);
}

std::string const preface = "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"s + frame(0x4, 0, 0, "");
/// :method GET, :scheme http, :path /p/200, :authority a.
std::string const head = "\x82\x86\x04\x06/p/200\x01\x01"s + "a";

std::string requests_over_http2(std::uint32_t count, bool are_reset) {
    auto all = preface;
    for (std::uint32_t i = 0; i < count; ++i) {
        all += frame(0x1, 0x5, 2 * i + 1, head);
        if (are_reset) all += frame(0x3, 0, 2 * i + 1, number(8, 4));
    }
    return all;
}

/// A POST with one byte in each DATA frame.
std::string data_over_http2(std::size_t count) {
    return preface + frame(0x1, 0x4, 1, "\x83" + head.substr(1)) + repeated(frame(0x0, 0, 1, "x"), count) +
           frame(0x0, 0x1, 1, "");
}

/// A field of 3 kB that stands in the table of HPACK, thousands of times.
std::string repeated_field_over_http2() {
    auto const field = "\x40\x01x\x7f\xb9\x16"s + std::string(3000, 'v');
    return preface + frame(0x1, 0x5, 1, head + field + repeated("\xbe", 12'000));
}

// --- all of them -----------------------------------------------------------------------------------------------------

struct Row {
    std::string name;
    std::function<std::string()> bytes;
};
void PrintTo(Row const& row, std::ostream* out) { *out << row.name; }

std::vector<Row> const rows{
    {"Pipeline", [] { return repeated(get("/p/200"), 5'000); }},
    {"PipelineOfErrors", [] { return repeated(get("/none"), 5'000); }},
    {"PipelineOfBadSpecs", [] { return repeated(get("/p/200:b@1k:zz"), 5'000); }},
    {"EmptyLines", [] { return repeated("\r\n", 500'000); }},
    {"OneByteChunks", [] { return post_in_chunks(repeated("1\r\nx\r\n", 300'000)); }},
    {"ChunkExtensions", [] { return post_in_chunks(repeated("1;" + std::string(4'000, 'e') + "\r\nx\r\n", 500)); }},
    {"ManyFields", [] { return repeated(get("/p/200", repeated("a:b\r\n", 5'000)), 20); }},
    {"OneLongField", [] { return repeated(get("/p/200", "a:" + std::string(60'000, 'b') + "\r\n"), 50); }},
    {"ManyTokens", [] { return repeated(get("/p/200", "Connection: " + repeated("x,", 30'000) + "\r\n"), 20); }},
    {"FieldsThatConnectionNames", fields_that_connection_names},
    {"ManyLengths", [] { return get("/p/200", "Content-Length: " + repeated("1,", 30'000) + "1\r\n"); }},
    {"ManyTransferCodings",
     [] { return get("/p/200", "Transfer-Encoding: " + repeated("gzip,", 10'000) + "chunked\r\n"); }},
    {"ManyCookies", [] { return repeated(get("/p/200", repeated("Cookie: a=b\r\n", 4'000)), 20); }},
    {"ManyExtensions",
     [] { return websocket("", "Sec-WebSocket-Extensions: " + repeated("permessage-deflate,", 3'000) + "x\r\n"); }},
    {"LongSpec", [] { return get("/p/200" + repeated(":h'a'='b'", 6'000)); }},
    {"LongBadSpec", [] { return repeated(get("/p/200" + repeated(":h'a'='b'", 6'000) + "!"), 5); }},
    {"LongValueInASpec", [] { return get("/p/200:h@10m,ascii=@10m,ascii"); }},
    {"LargeBodyOfASpec", [] { return get("/p/200:b@200m"); }},
    {"InjectionsOfASpec", [] { return get("/p/200:b@10m" + repeated(":ir,'x'", 3'000)); }},
    {"Frames", [] { return websocket(repeated("\x81\x80mask", 200'000)); }},
    {"Pings", [] { return websocket(repeated("\x89\x80mask", 200'000)); }},
    {"Fragments", [] { return websocket("\x01\x80mask" + repeated("\x00\x80mask"s, 200'000)); }},
    {"CompressedMessage", [] { return websocket(compressed_message(30 << 20), offer); }},
    {"Http2Pings", [] { return preface + repeated(frame(0x6, 0, 0, "12345678"), 100'000); }},
    {"Http2Settings", [] { return preface + repeated(frame(0x4, 0, 0, ""), 100'000); }},
    {"Http2Requests", [] { return requests_over_http2(20'000, false); }},
    {"Http2Resets", [] { return requests_over_http2(20'000, true); }},
    {"Http2OneByteData", [] { return data_over_http2(100'000); }},
    {"Http2RepeatedField", repeated_field_over_http2},
};

testkit::DaemonOptions echoing() { return {.websocket_echo = true, .on_hanging = testkit::ignore_hanging}; }

class DaemonTurns : public testing::TestWithParam<Row> {};
TEST_P(DaemonTurns, AreShort) {
    Daemon daemon(echoing());
    auto const bytes = GetParam().bytes();
    expect_short_turns({daemon.port()}, [&] { return send_and_read(daemon.port(), bytes); });
}
INSTANTIATE_TEST_SUITE_P(Clients, DaemonTurns, testing::ValuesIn(rows), test::row_name);

class ProxyTurns : public testing::TestWithParam<Row> {};
TEST_P(ProxyTurns, AreShort) {
    Daemon daemon(echoing());
    Proxy proxy({.mode = "reverse:" + daemon.url()});
    auto const bytes = GetParam().bytes();
    expect_short_turns({proxy.port()}, [&] { return send_and_read(proxy.port(), bytes); });
}
INSTANTIATE_TEST_SUITE_P(Clients, ProxyTurns, testing::ValuesIn(rows), test::row_name);

/// The pattern is tried before the others, on a path that makes it backtrack without end.
TEST(DaemonTurns, AreShortWithAPatternThatBacktracks) {
    auto options = echoing();
    options.anchors = {{"/(a+)+$", "200"}};
    Daemon daemon(options);
    auto const bytes = repeated(get("/" + std::string(60, 'a') + "!"), 20);
    expect_short_turns({daemon.port()}, [&] { return send_and_read(daemon.port(), bytes); });
    EXPECT_EQ(daemon.requests().front().response.status_code, "800");
}

}  // namespace
}  // namespace pathology::integration
