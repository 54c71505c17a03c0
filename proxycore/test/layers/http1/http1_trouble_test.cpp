// Peers that break the rules, stop, stall or leave: what the other side is told, and what the addons see.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "layers/exchange/http1_fixture.hpp"
#include "layers/exchange/messages.hpp"
#include "support/row_name.hpp"

namespace pathology::proxycore::layers {
namespace {

using test::chunked;
using test::get;
using test::Http1Fixture;
using test::leave;
using test::ok;
using test::post_head;
using test::put_head;
using test::read_to_end;
using test::Script;
using test::Turn;
using testing::ElementsAre;
using testing::EndsWith;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;
using testing::StartsWith;
using Then = Turn::Then;

// --- requests that are none ------------------------------------------------------------------------------------------

struct BadRequest {
    std::string name, request;
    unsigned status = 400;
};
void PrintTo(BadRequest const& row, std::ostream* out) { *out << row.name; }

class P12_b_BadRequest : public testing::TestWithParam<BadRequest> {};
class P12_b_DoubtfulRequest : public testing::TestWithParam<BadRequest> {};

void expect_refusal(BadRequest const& row) {
    for (std::size_t const max_per_read : {65536u, 1u}) {
        Http1Fixture fixture;
        fixture.max_per_read = max_per_read;
        fixture.play({{"", row.request}, read_to_end()});
        EXPECT_THAT(fixture.received, StartsWith("HTTP/1.1 " + std::to_string(row.status)));
        EXPECT_THAT(fixture.received, HasSubstr("Connection: close\r\n"));
        EXPECT_EQ(fixture.hooks(), "error");
        EXPECT_TRUE(fixture.flow().error);
        EXPECT_THAT(fixture.asked, IsEmpty());
    }
}

TEST_P(P12_b_BadRequest, GetsAResponse) { expect_refusal(GetParam()); }
TEST_P(P12_b_DoubtfulRequest, GetsAResponse) { expect_refusal(GetParam()); }

TEST_P(P12_b_DoubtfulRequest, PassesWithTheGuardOff) {
    Http1Fixture fixture;
    fixture.settings.http.validate_inbound_headers = false;
    fixture.servers = {{{"\r\n\r\n", ok}}};
    fixture.play({{"", GetParam().request}, leave("ok")});
    EXPECT_EQ(fixture.received, ok);
    EXPECT_THAT(fixture.asked, SizeIs(1));
}

INSTANTIATE_TEST_SUITE_P(
    Guard, P12_b_DoubtfulRequest,
    testing::Values(BadRequest{"LengthAndChunked", post_head + "Content-Length: 3\r\n" + chunked + "0\r\n\r\n"},
                    BadRequest{"TwoLengths", post_head + "Content-Length: 1\r\nContent-Length: 2\r\n\r\nab"},
                    BadRequest{"TwoTransferEncodings",
                               post_head + "Transfer-Encoding: gzip\r\n" + chunked + "0\r\n\r\n"},
                    BadRequest{"ChunkedInHttp10", "POST http://o.test/ HTTP/1.0\r\n" + chunked + "0\r\n\r\n"},
                    BadRequest{"UnknownCoding", post_head + "Transfer-Encoding: foo, chunked\r\n\r\n0\r\n\r\n"},
                    BadRequest{"CodingWithoutChunked", post_head + "Transfer-Encoding: gzip\r\n\r\n"},
                    BadRequest{"LengthWithSign", post_head + "Content-Length: +1\r\n\r\n"},
                    BadRequest{"FieldWithBadName", "GET http://o.test/ HTTP/1.1\r\na b: c\r\n\r\n"},
                    BadRequest{"LengthWithLeadingZero", post_head + "Content-Length: 01\r\n\r\na"},
                    BadRequest{"LengthInWords", post_head + "Content-Length: one\r\n\r\n"}),
    pathology::test::row_name);

INSTANTIATE_TEST_SUITE_P(
    Grammar, P12_b_BadRequest,
    testing::Values(BadRequest{"Garbage", "\x01\x02 garbage\r\n\r\n"},
                    BadRequest{"NoVersion", "GET http://o.test/\r\n\r\n"},
                    BadRequest{"FieldWithoutColon", "GET http://o.test/ HTTP/1.1\r\nfield\r\n\r\n"},
                    BadRequest{"P17_b_HeadThatIsTooLarge",
                               "GET http://o.test/ HTTP/1.1\r\nA: " + std::string(70'000, 'a') + "\r\n\r\n", 431},
                    BadRequest{"P17_b_TooManyFields",
                               [] {
                                   std::string request = "GET http://o.test/ HTTP/1.1\r\n";
                                   for (int n = 0; n < 300; ++n) request += "A: b\r\n";
                                   return request + "\r\n";
                               }(),
                               431}),
    pathology::test::row_name);

TEST(Http1Layer, P12_JoinsFoldedFields) {
    Http1Fixture fixture;
    fixture.servers = {{{"\r\n\r\n", ok}}};
    fixture.play({{"", "GET http://o.test/ HTTP/1.1\r\nHost: o.test\r\nA: b\r\n\tc\r\n\r\n"}, leave("ok")});
    EXPECT_EQ(fixture.asked.at(0), "GET / HTTP/1.1\r\nHost: o.test\r\nA: b c\r\n\r\n");
}

struct LeavingClient {
    std::string name;
    Script script;
    std::string calls;
};
void PrintTo(LeavingClient const& row, std::ostream* out) { *out << row.name; }

/// Clients that leave before their request is whole: no server hears of them.
class ClientThatLeaves : public testing::TestWithParam<LeavingClient> {};

TEST_P(ClientThatLeaves, GetsNoResponse) {
    Http1Fixture fixture;
    fixture.servers = {{}};
    fixture.play(GetParam().script);
    EXPECT_EQ(fixture.received, "");
    EXPECT_EQ(fixture.hooks(), GetParam().calls);
    EXPECT_THAT(fixture.asked, IsEmpty());
}

INSTANTIATE_TEST_SUITE_P(
    Http1Layer, ClientThatLeaves,
    testing::Values(LeavingClient{"AtOnce", {leave()}, ""},
                    LeavingClient{"InTheHead", {{"", "GET / HT", Then::fin}}, ""},
                    LeavingClient{"InTheHeadByReset", {{"", "GET / HT", Then::reset}}, ""},
                    LeavingClient{"InABodyOfKnownLength",
                                  {{"", post_head + "Content-Length: 4\r\n\r\nbo", Then::half_close}, read_to_end()},
                                  "requestheaders error"},
                    LeavingClient{"InAChunk",
                                  {{"", post_head + chunked + "4\r\nbo", Then::half_close}, read_to_end()},
                                  "requestheaders error"}),
    pathology::test::row_name);

TEST(Http1Layer, ReportsAChunkThatIsNone) {
    Http1Fixture fixture;
    fixture.play({{"", post_head + chunked + "x\r\n"}, read_to_end()});
    EXPECT_THAT(fixture.received, StartsWith("HTTP/1.1 400 Bad Request\r\n"));
    EXPECT_EQ(fixture.hooks(), "requestheaders error");
}

TEST(Http1Layer, LetsAClientThatIsStillSendingSeeItsResponse) {
    Http1Fixture fixture;
    fixture.settings.http.body_size_limit = 10;
    std::string const body(300'000, 'x');
    fixture.play({{"", post_head + "Content-Length: 300000\r\n\r\n" + body, Then::read_to_end}});
    EXPECT_THAT(fixture.received, StartsWith("HTTP/1.1 413 "));
    EXPECT_THAT(fixture.received, EndsWith("</html>\n"));
}

TEST(Http1Layer, P17_a_ClosesAnIdleClient) {
    Http1Fixture fixture;
    fixture.settings.times.idle = std::chrono::seconds(1);
    fixture.servers = {{{"\r\n\r\n", ok}}};
    fixture.play({{"", get}, read_to_end("ok")});
    EXPECT_EQ(fixture.received, ok);
}

TEST(Http1Layer, P17_a_KeepsAClientWhoseFlowIsHeld) {
    Http1Fixture fixture;
    fixture.settings.times.idle = std::chrono::milliseconds(100);
    fixture.recorder->pauses["request"] = std::chrono::milliseconds(400);
    fixture.servers = {{{"\r\n\r\n", ok}}};
    fixture.play({{"", get}, leave("ok")});
    EXPECT_EQ(fixture.received, ok);
}

TEST(Http1Layer, NoticesAClientThatLeavesASlowServer) {
    Http1Fixture fixture;
    fixture.servers = {{read_to_end()}};
    fixture.play({{"", get, Then::fin}});
    EXPECT_EQ(fixture.hooks(), "requestheaders request error");
    EXPECT_THAT(fixture.flow().error.value().message, HasSubstr("the client disconnected"));
}

TEST(Http1Layer, ReportsATunnelWhoseClientIsGone) {
    Http1Fixture fixture;
    fixture.play({{"", "CONNECT origin.test:443 HTTP/1.1\r\nHost: origin.test\r\n\r\n", Then::fin}});
    EXPECT_EQ(fixture.hooks(), "http_connect http_connect_error");
    EXPECT_THAT(fixture.flow().error.value().message, HasSubstr("the client disconnected"));
}

// --- servers that break the rules ------------------------------------------------------------------------------------

struct BadServer {
    std::string name;
    Script script;
    std::string message;
    std::string calls = "requestheaders request error";
};
void PrintTo(BadServer const& row, std::ostream* out) { *out << row.name; }

class P13_BadServer : public testing::TestWithParam<BadServer> {};

TEST_P(P13_BadServer, Is502) {
    Http1Fixture fixture;
    fixture.servers = {GetParam().script, GetParam().script};  // one that speaks HTTP/2 is asked again
    fixture.play({{"", get}, read_to_end()});
    EXPECT_THAT(fixture.received, HasSubstr("HTTP/1.1 502 Bad Gateway\r\n"));
    EXPECT_EQ(fixture.hooks(), GetParam().calls);
    EXPECT_THAT(fixture.flow().error.value().message, HasSubstr(GetParam().message));
    EXPECT_THAT(fixture.flow().error.value().message, HasSubstr("origin.test:80"));
}

Script says(std::string response_text, Then then = Then::fin) { return {{"\r\n\r\n", std::move(response_text), then}}; }
std::string const head_hooks = "requestheaders request responseheaders error";

INSTANTIATE_TEST_SUITE_P(
    Leaves, P13_BadServer,
    testing::Values(BadServer{"WithoutAResponse", says(""), "without a response"},
                    BadServer{"WithoutAResponseByReset", says("", Then::reset), "connection reset"},
                    BadServer{"BeforeTheRequest", {leave()}, "origin.test:80 "},
                    BadServer{"InTheHead", says("HTTP/1.1 200 OK\r\nA"), "is malformed"},
                    BadServer{"AfterAnInterimResponse", says("HTTP/1.1 102 Processing\r\n\r\n"), "without a response"},
                    BadServer{"AfterTooManyInterimResponses", says([] {
                                  std::string responses;
                                  for (int n = 0; n < 200; ++n) responses += "HTTP/1.1 102 Processing\r\n\r\n";
                                  return responses;
                              }()),
                              "more than 100 interim responses"},
                    BadServer{"P12_f_InABodyOfKnownLength", says("HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nx"),
                              "is malformed", head_hooks},
                    BadServer{"InAChunk", says("HTTP/1.1 200 OK\r\n" + chunked + "5\r\nab"), "is malformed",
                              head_hooks},
                    BadServer{"BeforeTheLastChunk", says("HTTP/1.1 200 OK\r\n" + chunked + "1\r\na\r\n"),
                              "is malformed", head_hooks}),
    pathology::test::row_name);

std::string const settings_frame("\0\0\6\4\0\0\0\0\0\0\3\0\0\0\x64", 15);

INSTANTIATE_TEST_SUITE_P(
    Grammar, P13_BadServer,
    testing::Values(BadServer{"Garbage", says("\x15\x03\x01 garbage\r\n\r\n"), "is malformed"},
                    BadServer{"NoStatusLineWhoseEndNeverComes", says("login: ", Then::read_to_end), "is malformed"},
                    BadServer{"Http2", says(settings_frame, Then::read_to_end), "the server uses HTTP/2"},
                    BadServer{"SwitchesUnasked", says("HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\n\r\n"),
                              "no Upgrade field"},
                    BadServer{"OldResponse", says("<html>\r\n\r\n"), "is malformed"},
                    BadServer{"BadField", says("HTTP/1.1 200 OK\r\nfield\r\n\r\n"), "at byte 17"},
                    BadServer{"HeadThatIsTooLarge", says("HTTP/1.1 200 OK\r\nA: " + std::string(70'000, 'a')),
                              "is malformed"},
                    BadServer{"BadChunk", says("HTTP/1.1 200 OK\r\n" + chunked + "x\r\n"), "chunk", head_hooks}),
    pathology::test::row_name);

INSTANTIATE_TEST_SUITE_P(
    P12_b_Guard, P13_BadServer,
    testing::Values(
        BadServer{"LengthAndChunked", says("HTTP/1.1 200 OK\r\nContent-Length: 1\r\n" + chunked), "Transfer-Encoding"},
        BadServer{"TwoLengths", says("HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n"),
                  "Content-Length"},
        BadServer{"TwoTransferEncodings", says("HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip\r\n" + chunked),
                  "more than one Transfer-Encoding"},
        BadServer{"ChunkedInHttp10", says("HTTP/1.0 200 OK\r\n" + chunked), "Transfer-Encoding"},
        BadServer{"UnknownCoding", says("HTTP/1.1 200 OK\r\nTransfer-Encoding: foo\r\n\r\n"), "is unknown"},
        BadServer{"ChunkedWithoutContent", says("HTTP/1.1 204 No Content\r\n" + chunked), "with status 204"},
        BadServer{"A11_StatusOfOneDigit", says("HTTP/1.1 2 OK\r\n\r\n"), "bad status line \"HTTP/1.1 2 OK\""},
        BadServer{"A11_StatusOfFourDigits", says("HTTP/1.1 1000 OK\r\n\r\n"), "bad status line \"HTTP/1.1 1000 OK\""},
        BadServer{"A11_StatusZero", says("HTTP/1.1 000 OK\r\n\r\n"), "bad status line \"HTTP/1.1 000 OK\""},
        BadServer{"A11_StatusBelow100", says("HTTP/1.1 099\r\n\r\n"), "bad status line \"HTTP/1.1 099\""},
        BadServer{"A17_ListOfLengths", says("HTTP/1.1 200 OK\r\nContent-Length: 2, 3\r\n\r\nokk"), "Content-Length"},
        BadServer{"LengthWithLeadingZero", says("HTTP/1.1 200 OK\r\nContent-Length: 00\r\n\r\n"), "begins with 0"}),
    pathology::test::row_name);

TEST(Http1Layer, P12_b_BadResponsesPassWithTheGuardOff) {
    Http1Fixture fixture;
    fixture.settings.http.validate_inbound_headers = false;
    fixture.servers = {
        says("HTTP/1.1 200 OK\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nok\r\n0\r\n\r\n")};
    fixture.play({{"", get}, leave("ok\r\n0\r\n\r\n")});
    EXPECT_THAT(fixture.received, StartsWith("HTTP/1.1 200 OK\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n"));
    EXPECT_EQ(fixture.flow().response.value().raw_content, "ok");
}

TEST(Http1Layer, P12_b_OddTrailersPassWithTheGuardOff) {
    std::string const odd = "1\r\na\r\n0\r\na b: c\r\nContent-Length: 9\r\n\r\n";
    Http1Fixture fixture;
    fixture.settings.http.validate_inbound_headers = false;
    fixture.servers = {{{odd, "HTTP/1.1 200 OK\r\n" + chunked + odd}}};
    fixture.play({{"", post_head + chunked + odd}, leave(odd)});
    EXPECT_EQ(fixture.received, "HTTP/1.1 200 OK\r\n" + chunked + odd);
    EXPECT_THAT(fixture.asked.at(0), EndsWith("\r\n\r\n" + odd));
}

TEST(Http1Layer, P12_b_OddTrailersDoNotPassWithIt) {
    Http1Fixture fixture;
    fixture.servers = {says("HTTP/1.1 200 OK\r\n" + chunked + "1\r\na\r\n0\r\na b: c\r\n\r\n", Then::read_to_end)};
    fixture.play({{"", get}, read_to_end()});
    EXPECT_THAT(fixture.received, StartsWith("HTTP/1.1 502 "));
}

TEST(Http1Layer, P03_c_NamesTheServerThatCannotBeReached) {
    Http1Fixture fixture;
    fixture.play({{"", get}, read_to_end()});
    EXPECT_THAT(fixture.received, StartsWith("HTTP/1.1 502 Bad Gateway\r\nServer: pathop/"));
    EXPECT_THAT(fixture.received, HasSubstr("cannot connect to origin.test:80"));
    EXPECT_THAT(fixture.received, HasSubstr("Content-Type: text/html\r\n"));
    EXPECT_EQ(fixture.hooks(), "requestheaders request error");
}

TEST(Http1Layer, P13_b_EscapesWhatAnErrorPageShows) {
    Http1Fixture fixture;
    fixture.play({{"", "GET http://<script>/ HTTP/1.1\r\nHost: a\r\n\r\n"}, read_to_end()});
    EXPECT_THAT(fixture.received, HasSubstr("&lt;script&gt;"));
    EXPECT_THAT(fixture.received, testing::Not(HasSubstr("<script>")));
}

// --- connections that went stale -------------------------------------------------------------------------------------

TEST(Http1Layer, P11_c_AsksAgainOverAFreshConnection) {
    for (auto const how : {Then::fin, Then::reset}) {
        Http1Fixture fixture;
        fixture.servers = {{{"\r\n\r\n", ok}, {"\r\n\r\n", "", how}}, {{"body", ok}}};
        fixture.play({{"", get}, {"ok", put_head + "Content-Length: 4\r\n\r\nbody"}, leave("ok")});
        EXPECT_EQ(fixture.received, ok + ok);
        EXPECT_THAT(fixture.asked, SizeIs(2));
    }
}

TEST(Http1Layer, A1_RepeatsNoRequestThatMayHaveAnEffectTwice) {
    for (auto const how : {Then::fin, Then::reset}) {
        for (auto const* const method : {"POST", "PATCH", "LOCK", "get"}) {
            std::string const request = method + std::string(" http://origin.test/ HTTP/1.1\r\nHost: origin.test\r\n");
            Http1Fixture fixture;
            fixture.servers = {{{"\r\n\r\n", ok}, {"body", "", how}}, {{"body", ok}}};
            fixture.play({{"", get}, {"ok", request + "Content-Length: 4\r\n\r\nbody"}, read_to_end()});
            EXPECT_THAT(fixture.received, HasSubstr("HTTP/1.1 502 ")) << method;
            EXPECT_THAT(fixture.asked, SizeIs(1)) << method;
        }
    }
}

TEST(Http1Layer, P11_c_AsksAgainOnlyOnce) {
    Http1Fixture fixture;
    fixture.servers = {{{"\r\n\r\n", ok}, leave("\r\n\r\n")}, {leave("\r\n\r\n")}, {{"\r\n\r\n", ok}}};
    fixture.play({{"", get}, {"ok", get}, read_to_end()});
    EXPECT_THAT(fixture.received, HasSubstr("HTTP/1.1 502 "));
    EXPECT_THAT(fixture.asked, SizeIs(2));
}

TEST(Http1Layer, P11_DoesNotAskAgainAfterAByteOfAResponse) {
    Http1Fixture fixture;
    fixture.servers = {{{"\r\n\r\n", ok}, {"\r\n\r\n", "H", Then::fin}}, {{"\r\n\r\n", ok}}};
    fixture.play({{"", get}, {"ok", get}, read_to_end()});
    EXPECT_THAT(fixture.received, HasSubstr("HTTP/1.1 502 "));
    EXPECT_THAT(fixture.asked, SizeIs(1));
}

TEST(Http1Layer, P11_DoesNotAskAgainForAStreamedRequest) {
    Http1Fixture fixture;
    fixture.settings.http.stream_large_bodies = 2;
    fixture.servers = {{{"\r\n\r\n", ok}, leave("\r\n\r\n")}, {{"\r\n\r\n", ok}}};
    fixture.play({{"", get}, {"ok", post_head + "Content-Length: 4\r\n\r\nbody"}, read_to_end()});
    EXPECT_THAT(fixture.received, HasSubstr("HTTP/1.1 502 "));
    EXPECT_THAT(fixture.asked, SizeIs(1));
}

TEST(Http1Layer, TakesAResponseThatComesBeforeTheRequestIsSent) {
    std::string const early = "HTTP/1.1 413 Content Too Large\r\nConnection: close\r\nContent-Length: 3\r\n\r\nbig";
    for (auto const streamed : {false, true}) {
        Http1Fixture fixture;
        if (streamed) fixture.settings.http.stream_large_bodies = 1000;
        fixture.servers = {{{"\r\n\r\n", early, Then::fin}}};
        auto const sent = post_head + "Content-Length: 300000\r\n\r\n" + std::string(300'000, 'x');
        fixture.play({{"", sent, Then::read_to_end}});
        EXPECT_EQ(fixture.received, early);
    }
}

struct EndlessUpload {
    std::string name;
    std::chrono::milliseconds patience;
    std::string part;  ///< of the body, sent after the response; the rest never comes
};

class EndlessUploadThatGetsAResponse : public testing::TestWithParam<EndlessUpload> {};

std::string const endless = "Content-Length: 99999999\r\n\r\n";

TEST_P(EndlessUploadThatGetsAResponse, IsLetGoOf) {
    Http1Fixture fixture;
    fixture.settings.http.stream_large_bodies = 10;
    fixture.settings.times.stop = GetParam().patience;
    fixture.servers = {{{"\r\n\r\n", ok, Then::read_to_end}}};
    fixture.play({{"", post_head + endless + "begin"}, {"ok", GetParam().part, Then::read_to_end}});
    EXPECT_EQ(fixture.received, ok);
    EXPECT_EQ(fixture.hooks(), "requestheaders responseheaders response");
    EXPECT_FALSE(fixture.flow().error);
}

TEST_P(EndlessUploadThatGetsAResponse, IsLetGoOfWhereTheServerLeaves) {
    Http1Fixture fixture;
    fixture.settings.http.stream_large_bodies = 10;
    fixture.settings.times.stop = GetParam().patience;
    fixture.servers = {{{"begin", ok, Then::fin}}};
    fixture.play({{"", post_head + endless + "begin"}, {"ok", "more" + GetParam().part, Then::read_to_end}});
    EXPECT_EQ(fixture.received, ok);
    EXPECT_EQ(fixture.hooks(), "requestheaders responseheaders response");
    EXPECT_FALSE(fixture.flow().error);
}

TEST_P(EndlessUploadThatGetsAResponse, IsReleasedWhereAnAddonResponds) {
    Http1Fixture fixture;
    fixture.settings.http.stream_large_bodies = 10;
    fixture.settings.times.stop = GetParam().patience;
    fixture.recorder->on_hook["requestheaders"] = [](flow::HttpFlow& flow) {
        flow.response = flow::Response::make(200, "ok");
    };
    fixture.play({{"", post_head + endless + "begin" + GetParam().part, Then::read_to_end}});
    EXPECT_THAT(fixture.received, StartsWith("HTTP/1.1 200 "));
    EXPECT_THAT(fixture.received, EndsWith("\r\n\r\nok"));
    EXPECT_EQ(fixture.hooks(), "requestheaders request responseheaders response");
}

INSTANTIATE_TEST_SUITE_P(Limits, EndlessUploadThatGetsAResponse,
                         testing::Values(EndlessUpload{"AfterAWhile", std::chrono::milliseconds(1), ""},
                                         EndlessUpload{"AfterSomeBytes", std::chrono::hours(1),
                                                       std::string(5'000'000, 'x')}),
                         pathology::test::row_name);

TEST(Http1Layer, ContinuesAfterAServerThatRespondedAndReadsNoMore) {
    Http1Fixture fixture;
    fixture.servers = {{{"\r\n\r\n", ok, Then::stall}}, {{"\r\n\r\n", ok}}};
    fixture.play(
        {{"", post_head + "Content-Length: 300000\r\n\r\n" + std::string(300'000, 'x')}, {"ok", get}, leave("ok")});
    EXPECT_EQ(fixture.received, ok + ok);
    EXPECT_THAT(fixture.asked, SizeIs(2));
}

}  // namespace
}  // namespace pathology::proxycore::layers
