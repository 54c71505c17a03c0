// --strict over HTTP/1: what is judged how, with the whole input at once and byte by byte.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>
#include <pathology/pathod/daemon.hpp>

#include "support/client.hpp"
#include "support/row_name.hpp"

namespace pathology::pathod {
namespace {

using namespace std::chrono_literals;
using proxycore::record::Exchange;
using test::Client;
using testing::EndsWith;
using testing::HasSubstr;
using testing::Not;
using testing::StartsWith;

DaemonOptions strict(DaemonOptions options = {}) {
    options.strict = true;
    return options;
}

struct Asked {
    std::string whole, byte_by_byte;
};

/// What a daemon responds to these bytes, after which the client ends its side.
Asked ask(DaemonOptions const& options, std::string_view bytes) {
    Daemon daemon(options);
    daemon.start().value();
    Client client(daemon.port());
    auto whole = Client(daemon.port()).ask(bytes);
    for (char const c : bytes) client.send({&c, 1});
    return {std::move(whole), client.half_close().read_to_end()};
}

struct StrictCase {
    std::string_view name;
    std::string sent;
    std::string_view status, text;
    DaemonOptions options = {};
};
void PrintTo(StrictCase const& row, std::ostream* out) { *out << row.name; }

class Refused : public testing::TestWithParam<StrictCase> {};

TEST_P(Refused, GetsAResponseAndTheConnectionIsClosed) {
    auto const& row = GetParam();
    constexpr std::string_view next = "GET /p/299 HTTP/1.1\r\nHost: a\r\n\r\n";
    auto const asked = ask(strict(row.options), row.sent + std::string(next));
    EXPECT_THAT(asked.whole, StartsWith("HTTP/1.1 " + std::string(row.status) + "\r\n"));
    EXPECT_THAT(asked.whole, HasSubstr("\r\nConnection: close\r\n"));
    EXPECT_THAT(asked.whole, HasSubstr("\r\n\r\npathod error: "));
    EXPECT_THAT(asked.whole, HasSubstr(std::string(row.text)));
    EXPECT_THAT(asked.whole, Not(HasSubstr("299")));
    EXPECT_EQ(asked.byte_by_byte, asked.whole);
}

std::string post(std::string_view fields, std::string_view body = {}) {
    return "POST /p/200 HTTP/1.1\r\nHost: a\r\n" + std::string(fields) + "\r\n" + std::string(body);
}

constexpr std::string_view bad_request = "400 Bad Request";

INSTANTIATE_TEST_SUITE_P(
    Heads, Refused,
    testing::Values(
        StrictCase{"NoHost", "GET /p/200 HTTP/1.1\r\n\r\n", bad_request, "no Host after \"GET /p/200 HTTP/1.1\""},
        StrictCase{"TwoHosts", "GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n", bad_request, "bad or repeated Host"},
        StrictCase{"BadHost", "GET / HTTP/1.1\r\nHost: a b\r\n\r\n", bad_request, "bad or repeated Host \"a b\""},
        StrictCase{"ConnectWithoutHost", "CONNECT a:1 HTTP/1.1\r\n\r\n", bad_request, "no Host"},
        StrictCase{"ConnectWithoutPort", "CONNECT a HTTP/1.1\r\nHost: a\r\n\r\n", bad_request, "bad request line"},
        StrictCase{"Word", "foo\r\n\r\n", bad_request, "bad request line \"foo\""},
        StrictCase{"BlankInTarget", "GET /p/200:b'a b' HTTP/1.1\r\nHost: a\r\n\r\n", bad_request, "bad request line"},
        StrictCase{"QuotesInTarget", "GET /p/200:b\"a\" HTTP/1.1\r\nHost: a\r\n\r\n", bad_request, "bad request line"},
        StrictCase{"Fragment", "GET /p/200#a HTTP/1.1\r\nHost: a\r\n\r\n", bad_request, "bad request line"},
        StrictCase{"AsteriskOfGet", "GET * HTTP/1.1\r\nHost: a\r\n\r\n", bad_request, "bad request line"},
        StrictCase{"BareLineFeed", "GET / HTTP/1.1\nHost: a\n\n", bad_request, "without a carriage return"},
        StrictCase{"ObsoleteFolding", "GET / HTTP/1.1\r\nHost: a\r\nA: b\r\n c\r\n\r\n", bad_request, "white space"},
        StrictCase{"FieldWithoutColon", "GET / HTTP/1.1\r\nHost: a\r\nbad\r\n\r\n", bad_request,
                   "bad header line \"bad\""},
        StrictCase{"BlankBeforeColon", "GET / HTTP/1.1\r\nHost: a\r\nA : b\r\n\r\n", bad_request, "bad header line"},
        StrictCase{"MajorVersionTwo", "GET / HTTP/2.0\r\nHost: a\r\n\r\n", "505 HTTP Version not supported",
                   "HTTP/2.0"},
        StrictCase{"MajorVersionZero", "GET / HTTP/0.9\r\n\r\n", "505 HTTP Version not supported", "HTTP/0.9"},
        StrictCase{"LongTarget",
                   "GET /" + std::string(200, 'x') + " HTTP/1.1\r\nHost: a\r\n\r\n",
                   "414 Request-URI Too Long",
                   "request line longer than 100 bytes",
                   {.max_header = 100}},
        StrictCase{"LongMethod",
                   std::string(200, 'X') + " / HTTP/1.1\r\nHost: a\r\n\r\n",
                   "431 Request Header Fields Too Large",
                   "request line longer than 100 bytes",
                   {.max_header = 100}},
        StrictCase{"LargeHeader",
                   "GET / HTTP/1.1\r\nHost: a\r\nA: " + std::string(200, 'x') + "\r\n\r\n",
                   "431 Request Header Fields Too Large",
                   "header longer than 100 bytes",
                   {.max_header = 100}}),
    pathology::test::row_name);

INSTANTIATE_TEST_SUITE_P(
    Bodies, Refused,
    testing::Values(
        StrictCase{"NoLength", post(""), "411 Length Required", "POST without Content-Length"},
        StrictCase{"NoLengthOfPut", "PUT /p/200 HTTP/1.1\r\nHost: a\r\n\r\n", "411 Length Required", "PUT without"},
        StrictCase{"NoLengthInHttp10", "POST /p/200 HTTP/1.0\r\n\r\n", "411 Length Required", "POST without"},
        StrictCase{"LengthNoNumber", post("Content-Length: x\r\n"), bad_request, "bad Content-Length \"x\""},
        StrictCase{"TwoLengths", post("Content-Length: 1\r\nContent-Length: 2\r\n", "ab"), bad_request,
                   "Content-Length"},
        StrictCase{"LengthAndCoding", post("Content-Length: 1\r\nTransfer-Encoding: chunked\r\n", "0\r\n\r\n"),
                   bad_request, "Transfer-Encoding beside Content-Length"},
        StrictCase{"CodingInHttp10", "POST / HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", bad_request,
                   "in HTTP/1.0"},
        StrictCase{"CodingWithoutChunked", post("Transfer-Encoding: gzip\r\n"), bad_request, "bad Transfer-Encoding"},
        StrictCase{"ChunkedNotLast", post("Transfer-Encoding: chunked, gzip\r\n"), bad_request,
                   "bad Transfer-Encoding"},
        StrictCase{"UnknownCodingAlone", post("Transfer-Encoding: xchunked\r\n", "0\r\n\r\n"), "501 Not Implemented",
                   "unknown Transfer-Encoding \"xchunked\""},
        StrictCase{"UnknownCoding", post("Transfer-Encoding: foo, chunked\r\n", "0\r\n\r\n"), "501 Not Implemented",
                   "\"foo, chunked\": only chunked is implemented"},
        StrictCase{"UnknownCodingBeforeContinue", post("Expect: 100-continue\r\nTransfer-Encoding: gzip, chunked\r\n"),
                   "501 Not Implemented", "gzip"},
        StrictCase{"BadChunk", post("Transfer-Encoding: chunked\r\n", "z\r\n"), bad_request, "bad chunk line \"z\""},
        StrictCase{"BareLineFeedInChunk", post("Transfer-Encoding: chunked\r\n", "1\na\r\n0\r\n\r\n"), bad_request,
                   "without a carriage return"},
        StrictCase{"LargeBody",
                   post("Content-Length: 4\r\n", "abcd"),
                   "413 Request Entity Too Large",
                   "body larger than 3 bytes",
                   {.max_body = 3}},
        StrictCase{"LargeChunks",
                   post("Transfer-Encoding: chunked\r\n", "4\r\nabcd\r\n0\r\n\r\n"),
                   "413 Request Entity Too Large",
                   "body larger than 3 bytes",
                   {.max_body = 3}}),
    pathology::test::row_name);

class Accepted : public testing::TestWithParam<StrictCase> {};

TEST_P(Accepted, IsServed) {
    auto const& row = GetParam();
    auto const asked = ask(strict(row.options), row.sent);
    EXPECT_EQ(asked.whole, "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n");
    EXPECT_EQ(asked.byte_by_byte, asked.whole);
}

std::string fields(int count) {
    std::string text;
    for (int i = 0; i < count; ++i) text += "a:b\r\n";
    return text;
}

INSTANTIATE_TEST_SUITE_P(
    Rfc9112, Accepted,
    testing::Values(
        StrictCase{"Get", "GET /p/200 HTTP/1.1\r\nHost: a\r\n\r\n", "", ""},
        StrictCase{"EmptyLineFirst", "\r\nGET /p/200 HTTP/1.1\r\nHost: a\r\n\r\n", "", ""},
        StrictCase{"HigherMinorVersion", "GET /p/200 HTTP/1.9\r\nHost: a\r\n\r\n", "", ""},
        StrictCase{"HostlessHttp10", "GET /p/200 HTTP/1.0\r\n\r\n", "", ""},
        StrictCase{"EmptyHost", "GET /p/200 HTTP/1.1\r\nHost:\r\n\r\n", "", ""},
        StrictCase{"AbsoluteForm", "GET http://b/p/200 HTTP/1.1\r\nHost: a\r\n\r\n", "", ""},
        StrictCase{"ServerWideOptions", "OPTIONS * HTTP/1.1\r\nHost: a\r\n\r\n", "", "", {.anchors = {"\\*=200"}}},
        StrictCase{"EmptyPost", post("Content-Length: 0\r\n"), "", ""},
        StrictCase{"EqualLengths", post("Content-Length: 1\r\nContent-Length: 1\r\n", "a"), "", ""},
        StrictCase{"LeadingZero", post("Content-Length: 01\r\n", "a"), "", ""},
        StrictCase{"Chunked", post("Transfer-Encoding: chunked\r\n", "1;a=b\r\na\r\n0\r\nT: 1\r\n\r\n"), "", ""},
        StrictCase{"DeleteWithoutLength", "DELETE /p/200 HTTP/1.1\r\nHost: a\r\n\r\n", "", ""},
        StrictCase{"ManyFields", "GET /p/200 HTTP/1.1\r\nHost: a\r\n" + fields(1000) + "\r\n", "", ""}),
    pathology::test::row_name);

TEST(MaxHeader, LimitsTheNumberOfFieldsByTheirSize) {
    for (bool const is_strict : {false, true}) {
        DaemonOptions options{.strict = is_strict};
        auto const request = "GET /p/200 HTTP/1.1\r\nHost: a\r\n" + fields(5000) + "\r\n";  // 25 kB
        EXPECT_THAT(ask(options, request).whole, StartsWith("HTTP/1.1 200 OK"));
        options.max_header = 10'000;
        EXPECT_THAT(ask(options, request).whole, StartsWith(is_strict ? "HTTP/1.1 431 " : ""));
    }
}

TEST(Strict, RefusesAnIncompleteRequest) {
    EXPECT_THAT(ask(strict(), "GET / HT").whole, StartsWith("HTTP/1.1 400 "));
    EXPECT_THAT(ask(strict(), "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\nab").whole,
                EndsWith("2 of 5 bytes\n"));
    EXPECT_EQ(ask(strict(), "").whole, "");
}

TEST(Strict, TimesOutWithAResponse) {
    Daemon daemon(strict({.time_limit = 100ms}));
    daemon.start().value();
    EXPECT_THAT(Client(daemon.port()).send("GET / HTTP/1.1\r\n").read_to_end(), StartsWith("HTTP/1.1 408 "));
    EXPECT_EQ(Client(daemon.port()).read_to_end(), "") << "nothing was asked";
    auto const entry = daemon.log().wait_from(0, 20s);
    ASSERT_TRUE(entry);
    EXPECT_EQ(entry->type, Exchange::Type::timeout);
    EXPECT_EQ(entry->response->status_code, "408");
}

TEST(Strict, LogsTheResponseWithWhatIsKnownOfTheRequest) {
    Daemon daemon(strict());
    daemon.start().value();
    Client(daemon.port()).ask("GET / HTTP/1.1\r\n\r\n");
    Client(daemon.port()).ask("POST /form HTTP/1.1\r\nHost: a\r\n\r\n");
    auto const entries = daemon.log().wait_for(2, 20s);
    ASSERT_TRUE(entries);
    EXPECT_EQ(entries->at(0).type, Exchange::Type::error);
    EXPECT_FALSE(entries->at(0).request);
    EXPECT_EQ(entries->at(0).response->status_code, "400");
    EXPECT_GT(entries->at(0).response->bytes_written, 0U);
    EXPECT_EQ(entries->at(1).request->path, "/form");
    EXPECT_EQ(entries->at(1).response->status_code, "411");
    EXPECT_THAT(entries->at(1).message, StartsWith("POST without"));
}

// --- handshakes ------------------------------------------------------------------------------------------------------

struct HandshakeCase {
    std::string_view name, fields, begins;
};
void PrintTo(HandshakeCase const& row, std::ostream* out) { *out << row.name; }
class StrictHandshake : public testing::TestWithParam<HandshakeCase> {};

TEST_P(StrictHandshake, IsJudgedWhereverItWouldOpenAWebsocket) {
    auto const options = strict({.anchors = {"/ws=ws"}});
    for (std::string const path : {"/", "/ws", "/p/ws"}) {
        auto const request = "GET " + path + " HTTP/1.1\r\nHost: a\r\n" + std::string(GetParam().fields) + "\r\n";
        EXPECT_THAT(ask(options, request).whole, StartsWith(std::string(GetParam().begins))) << path;
    }
    auto const other = "GET /p/201 HTTP/1.1\r\nHost: a\r\n" + std::string(GetParam().fields) + "\r\n";
    EXPECT_THAT(ask(options, other).whole, StartsWith("HTTP/1.1 201 ")) << "a server may ignore Upgrade";
}

#define KEY "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"
#define UPGRADE "Connection: Upgrade\r\nUpgrade: websocket\r\n"

INSTANTIATE_TEST_SUITE_P(
    Rfc6455, StrictHandshake,
    testing::Values(
        HandshakeCase{"Good", UPGRADE KEY "Sec-WebSocket-Version: 13\r\n", "HTTP/1.1 101 "},
        HandshakeCase{"OtherVersion", UPGRADE KEY "Sec-WebSocket-Version: 8\r\n",
                      "HTTP/1.1 426 Upgrade Required\r\nContent-Type: text/plain\r\nSec-WebSocket-Version: 13\r\n"},
        HandshakeCase{"NoVersion", UPGRADE KEY, "HTTP/1.1 426 "},
        HandshakeCase{"ShortKey", UPGRADE "Sec-WebSocket-Key: YQ==\r\nSec-WebSocket-Version: 13\r\n", "HTTP/1.1 400 "},
        HandshakeCase{"NoConnection", "Upgrade: websocket\r\n" KEY "Sec-WebSocket-Version: 13\r\n", "HTTP/1.1 426 "}),
    pathology::test::row_name);

TEST(Strict, LeavesTheDefaultAsItIs) {
    EXPECT_EQ(ask({}, "foo\r\n\r\n").whole, "");
    EXPECT_THAT(ask({}, "GET /p/200:b\"x\" HTTP/7.3\n\n").whole, EndsWith("\r\n\r\nx"));
    EXPECT_THAT(ask({}, std::string("GET / HTTP/1.1\r\n" UPGRADE KEY "\r\n")).whole, StartsWith("HTTP/1.1 101 "));
}

}  // namespace
}  // namespace pathology::pathod
