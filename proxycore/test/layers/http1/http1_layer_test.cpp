// Messages of HTTP/1 that cross the proxy, and connections of many requests.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "layers/exchange/http1_fixture.hpp"
#include "layers/exchange/messages.hpp"
#include "support/row_name.hpp"

namespace pathology::proxycore::layers {
namespace {

using test::all_hooks;
using test::Http1Fixture;
using test::leave;
using test::ok;
using test::read_to_end;
using test::Turn;
using testing::ElementsAre;
using testing::EndsWith;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;
using testing::StartsWith;
using Then = Turn::Then;

std::string const get = "GET http://origin.test/a?b=1 HTTP/1.1\r\nHost: origin.test\r\n\r\n";
std::string const post = "POST http://origin.test/ HTTP/1.1\r\nHost: origin.test\r\nContent-Length: 4\r\n\r\nbody";

// --- messages that cross ---------------------------------------------------------------------------------------------

struct Crossing {
    std::string name, request, asked, response_text, received;
};

/// What goes in on one side comes out on the other: whole, and byte by byte.
class P12_a_Message : public testing::TestWithParam<Crossing> {
protected:
    static void expect_it_crosses(std::size_t max_per_read) {
        auto const& row = GetParam();
        Http1Fixture fixture;
        fixture.max_per_read = max_per_read;
        auto const last = row.asked.substr(row.asked.find("\r\n\r\n"));
        auto const ends_by_close = row.response_text.find("Content-Length") == std::string::npos;
        fixture.servers = {{{last, row.response_text, ends_by_close ? Then::fin : Then::go_on}}};
        fixture.play({{"", row.request}, leave(row.received.substr(row.received.find("\r\n\r\n")))});
        EXPECT_EQ(fixture.received, row.received);
        EXPECT_THAT(fixture.asked, ElementsAre(row.asked));
        EXPECT_EQ(fixture.hooks(), all_hooks);
    }
};

TEST_P(P12_a_Message, CrossesAsItIs) { expect_it_crosses(65536); }
TEST_P(P12_a_Message, P12_c_CrossesByteByByte) { expect_it_crosses(1); }

std::string const origin_get = "GET / HTTP/1.1\r\nHost: o.test\r\n\r\n";
std::string const proxy_get = "GET http://o.test/ HTTP/1.1\r\nHost: o.test\r\n\r\n";
std::string const bare = "HTTP/1.1 204 No Content\r\nContent-Length: 0\r\n\r\n";
std::string const no_content = "HTTP/1.1 204 No Content\r\n\r\n";

INSTANTIATE_TEST_SUITE_P(
    Bodies, P12_a_Message,
    testing::Values(
        Crossing{"Plain", get, "GET /a?b=1 HTTP/1.1\r\nHost: origin.test\r\n\r\n", ok, ok},
        Crossing{
            "P03_a_FieldsKeepOrderSpellingAndNumber",
            "GET http://o.test/ HTTP/1.1\r\nX-b:1\r\nhOsT: o.test\r\nx-B:  2\r\nCookie: a=1\r\ncookie: b=2\r\n\r\n",
            "GET / HTTP/1.1\r\nX-b: 1\r\nhOsT: o.test\r\nx-B: 2\r\nCookie: a=1\r\ncookie: b=2\r\n\r\n",
            "HTTP/1.1 200 OK\r\nset-COOKIE: a\r\nSet-Cookie: b\r\nContent-Length: 0\r\n\r\n",
            "HTTP/1.1 200 OK\r\nset-COOKIE: a\r\nSet-Cookie: b\r\nContent-Length: 0\r\n\r\n"},
        Crossing{"HopByHopFieldsStay",
                 "GET http://o.test/ HTTP/1.1\r\nHost: o.test\r\nProxy-Connection: keep-alive\r\nTE: trailers\r\n\r\n",
                 "GET / HTTP/1.1\r\nHost: o.test\r\nProxy-Connection: keep-alive\r\nTE: trailers\r\n\r\n", bare,
                 no_content},
        Crossing{"HostIsAddedWhereItIsMissing", "GET http://o.test:81/ HTTP/1.0\r\nA: b\r\n\r\n",
                 "GET / HTTP/1.0\r\nHost: o.test:81\r\nA: b\r\n\r\n", bare, no_content},
        Crossing{"A10_AnotherHostIsReplaced", "GET http://o.test/ HTTP/1.1\r\nHost: other\r\n\r\n",
                 "GET / HTTP/1.1\r\nHost: o.test\r\n\r\n", bare, no_content},
        Crossing{"A10_AnotherPortIsReplaced", "GET http://o.test:81/ HTTP/1.1\r\nHost: o.test\r\n\r\n",
                 "GET / HTTP/1.1\r\nHost: o.test:81\r\n\r\n", bare, no_content},
        Crossing{"A10_AnEqualHostKeepsItsSpelling", "GET http://o.test/ HTTP/1.1\r\nHost: O.test:80\r\n\r\n",
                 "GET / HTTP/1.1\r\nHost: O.test:80\r\n\r\n", bare, no_content},
        Crossing{"A14_LaterVersions", "GET http://o.test/ HTTP/1.2\r\nHost: o.test\r\n\r\n",
                 "GET / HTTP/1.1\r\nHost: o.test\r\n\r\n", "HTTP/1.9 204 No Content\r\nContent-Length: 0\r\n\r\n",
                 no_content},
        Crossing{"A17_EqualLengths",
                 "POST http://o.test/ HTTP/1.1\r\nHost: o.test\r\nContent-Length: 4\r\nContent-Length: 4\r\n\r\nbody",
                 "POST / HTTP/1.1\r\nHost: o.test\r\nContent-Length: 4\r\n\r\nbody",
                 "HTTP/1.1 200 OK\r\nContent-Length: 2, 2\r\n\r\nok", "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"},
        Crossing{"A15_SpaceBeforeTheColonOfAResponse", proxy_get, origin_get,
                 "HTTP/1.1 200 OK : yes\r\nX-A : a : b\r\nX-B\t :c\r\nContent-Length \t: 2\r\n\r\nok",
                 "HTTP/1.1 200 OK : yes\r\nX-A: a : b\r\nX-B: c\r\nContent-Length: 2\r\n\r\nok"},
        Crossing{"A15_SpaceBeforeTheColonOfATrailer", proxy_get, origin_get,
                 "HTTP/1.1 200 OK\r\nTransfer-Encoding : chunked\r\n\r\n2\r\nab\r\n0\r\nT : v\r\n\r\n",
                 "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nab\r\n0\r\nT: v\r\n\r\n"},
        Crossing{"A18_TrailersThatMustNotBeTrailers",
                 "POST http://o.test/ HTTP/1.1\r\nHost: o.test\r\nTransfer-Encoding: chunked\r\n\r\n"
                 "1\r\na\r\n0\r\nHost: evil\r\nT: v\r\nauthorization: x\r\nIf-Match: y\r\n\r\n",
                 "POST / HTTP/1.1\r\nHost: o.test\r\nTransfer-Encoding: chunked\r\n\r\n1\r\na\r\n0\r\nT: v\r\n\r\n",
                 "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1\r\na\r\n0\r\nSet-Cookie: a=b\r\n\r\n",
                 "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1\r\na\r\n0\r\n\r\n"},
        Crossing{"A18_LengthOfAnInterimResponse", proxy_get, origin_get,
                 "HTTP/1.1 103 Early Hints\r\nA: b\r\nContent-Length: 0\r\n\r\nHTTP/1.1 204 No Content\r\n\r\n",
                 "HTTP/1.1 103 Early Hints\r\nA: b\r\n\r\nHTTP/1.1 204 No Content\r\n\r\n"},
        Crossing{"A18_MaxForwardsIsCountedDown",
                 "OPTIONS http://o.test/ HTTP/1.1\r\nHost: o.test\r\nmax-forwards: 10\r\n\r\n",
                 "OPTIONS / HTTP/1.1\r\nHost: o.test\r\nmax-forwards: 9\r\n\r\n", bare, no_content},
        Crossing{"A18_MaxForwardsOfOtherMethodsStays",
                 "GET http://o.test/ HTTP/1.1\r\nHost: o.test\r\nMax-Forwards: 0\r\n\r\n",
                 "GET / HTTP/1.1\r\nHost: o.test\r\nMax-Forwards: 0\r\n\r\n", bare, no_content},
        Crossing{"A18_MaxForwardsThatIsNoNumberStays",
                 "TRACE http://o.test/ HTTP/1.1\r\nHost: o.test\r\nMax-Forwards: -1\r\n\r\n",
                 "TRACE / HTTP/1.1\r\nHost: o.test\r\nMax-Forwards: -1\r\n\r\n", bare, no_content},
        Crossing{"MethodsNobodyKnows", "BREW http://o.test/ HTTP/1.1\r\nHost: o.test\r\n\r\n",
                 "BREW / HTTP/1.1\r\nHost: o.test\r\n\r\n", bare, no_content},
        Crossing{"TargetsThatRfc3986DoesNotKnow", "GET http://o.test/{a}|b HTTP/1.1\r\nHost: o.test\r\n\r\n",
                 "GET /{a}|b HTTP/1.1\r\nHost: o.test\r\n\r\n", bare, no_content},
        Crossing{"ServerWideOptions", "OPTIONS http://o.test HTTP/1.1\r\nHost: o.test\r\n\r\n",
                 "OPTIONS * HTTP/1.1\r\nHost: o.test\r\n\r\n", bare, no_content},
        Crossing{"A9_OptionsOfARoot", "OPTIONS http://o.test/ HTTP/1.1\r\nHost: o.test\r\n\r\n",
                 "OPTIONS / HTTP/1.1\r\nHost: o.test\r\n\r\n", bare, no_content},
        Crossing{"EmptyLineBeforeTheRequest", "\r\n" + proxy_get, origin_get, bare, no_content},
        Crossing{"RequestWithLength", post, "POST / HTTP/1.1\r\nHost: origin.test\r\nContent-Length: 4\r\n\r\nbody", ok,
                 ok},
        Crossing{"RequestInChunks",
                 "POST http://o.test/ HTTP/1.1\r\nHost: o.test\r\nTransfer-Encoding: chunked\r\n\r\n"
                 "2;x=y\r\nab\r\n1\r\nc\r\n0\r\nT: v\r\n\r\n",
                 "POST / HTTP/1.1\r\nHost: o.test\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\nT: v\r\n\r\n",
                 bare, no_content},
        Crossing{"ResponseInChunks", proxy_get, origin_get,
                 "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nab\r\n1\r\nc\r\n0\r\nT: v\r\n\r\n",
                 "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\nT: v\r\n\r\n"},
        Crossing{"EmptyResponseInChunks", proxy_get, origin_get,
                 "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
                 "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n"},
        Crossing{"CodedRequest",
                 "POST http://o.test/ HTTP/1.1\r\nHost: o.test\r\nTransfer-Encoding: gzip, chunked\r\n\r\n"
                 "2\r\nzz\r\n0\r\n\r\n",
                 "POST / HTTP/1.1\r\nHost: o.test\r\nTransfer-Encoding: gzip, chunked\r\n\r\n2\r\nzz\r\n0\r\n\r\n",
                 bare, no_content},
        Crossing{"CodedResponseInChunks", proxy_get, origin_get,
                 "HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip, chunked\r\n\r\n2\r\nzz\r\n0\r\n\r\n",
                 "HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip, chunked\r\n\r\n2\r\nzz\r\n0\r\n\r\n"},
        Crossing{"CodedResponseUntilTheClose", proxy_get, origin_get,
                 "HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip\r\n\r\nzz",
                 "HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip\r\n\r\nzz"},
        Crossing{"P12_g_HeadWithLength", "HEAD http://o.test/ HTTP/1.1\r\nHost: o.test\r\n\r\n",
                 "HEAD / HTTP/1.1\r\nHost: o.test\r\n\r\n", "HTTP/1.1 200 OK\r\nContent-Length: 99\r\n\r\n",
                 "HTTP/1.1 200 OK\r\nContent-Length: 99\r\n\r\n"},
        Crossing{"NotModifiedWithLength", proxy_get, origin_get, "HTTP/1.1 304 \r\nContent-Length: 99\r\n\r\n",
                 "HTTP/1.1 304 \r\nContent-Length: 99\r\n\r\n"},
        Crossing{"P12_h_ResponseUntilTheClose", proxy_get, origin_get, "HTTP/1.1 200 OK\r\nA: b\r\n\r\nall of it",
                 "HTTP/1.1 200 OK\r\nA: b\r\n\r\nall of it"},
        Crossing{"StatusLineWithoutReason", proxy_get, origin_get, "HTTP/1.1 200\r\nContent-Length: 0\r\n\r\n",
                 "HTTP/1.1 200 \r\nContent-Length: 0\r\n\r\n"},
        Crossing{"OlderVersion", "GET http://o.test/ HTTP/1.0\r\n\r\n", "GET / HTTP/1.0\r\nHost: o.test\r\n\r\n",
                 "HTTP/1.0 200 OK\r\nContent-Length: 0\r\n\r\n", "HTTP/1.0 200 OK\r\nContent-Length: 0\r\n\r\n"}),
    pathology::test::row_name);

TEST(Http1Layer, GivesChunksToNoClientOfHttp10) {
    Http1Fixture fixture;
    fixture.servers = {{{"\r\n\r\n", "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nab\r\n0\r\n\r\n"}}};
    fixture.play({{"", "GET http://o.test/ HTTP/1.0\r\n\r\n"}, read_to_end()});
    EXPECT_EQ(fixture.received, "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nab");
}

struct ResponseToHttp10 {
    std::string name, method, response_text, received;
};
void PrintTo(ResponseToHttp10 const& row, std::ostream* out) { *out << row.name; }

class P12_ResponseToHttp10 : public testing::TestWithParam<ResponseToHttp10> {};

TEST_P(P12_ResponseToHttp10, IsNotGivenWithoutItsCoding) {
    auto const& row = GetParam();
    Http1Fixture fixture;
    fixture.servers = {{{"\r\n\r\n", row.response_text, Then::fin}}};
    fixture.play({{"", row.method + " http://o.test/ HTTP/1.0\r\n\r\n"}, read_to_end()});
    if (!row.received.empty()) {
        EXPECT_EQ(fixture.received, row.received);
        return;
    }
    EXPECT_THAT(fixture.received, StartsWith("HTTP/1.1 502 "));
    EXPECT_THAT(fixture.flow().error.value().message, HasSubstr("Transfer-Encoding \"gzip"));
}
INSTANTIATE_TEST_SUITE_P(
    Rows, P12_ResponseToHttp10,
    testing::Values(
        ResponseToHttp10{"InChunks", "GET",
                         "HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip, chunked\r\n\r\n2\r\nab\r\n0\r\n\r\n", ""},
        ResponseToHttp10{"UntilTheClose", "GET", "HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip\r\n\r\nab", ""},
        ResponseToHttp10{"AsItIs", "GET", "HTTP/1.1 200 OK\r\nTransfer-Encoding: identity\r\n\r\nab",
                         "HTTP/1.1 200 OK\r\n\r\nab"},
        ResponseToHttp10{"OfNoBody", "HEAD", "HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip, chunked\r\n\r\n",
                         "HTTP/1.1 200 OK\r\n\r\n"}),
    pathology::test::row_name);

TEST(Http1Layer, P33_b_DuplicateFieldsCrossUnfolded) {
    Http1Fixture fixture;
    fixture.servers = {{{"\r\n\r\n", ok}}};
    fixture.play({{"", "GET http://o.test/ HTTP/1.1\r\nHost: o.test\r\nA: 1\r\nB: 2\r\na: 3\r\n\r\n"}, leave("ok")});
    EXPECT_THAT(fixture.asked.at(0), HasSubstr("\r\nA: 1\r\nB: 2\r\na: 3\r\n"));
}

TEST(Http1Layer, P12_e_SendsContinueToAClient) {
    Http1Fixture fixture;
    fixture.servers = {{{"body", ok}}};
    fixture.play(
        {{"", "POST http://o.test/ HTTP/1.1\r\nHost: o.test\r\nExpect: 100-continue\r\nContent-Length: 4\r\n\r\n"},
         {"HTTP/1.1 100 Continue\r\n\r\n", "body"},
         leave("ok")});
    EXPECT_THAT(fixture.received, EndsWith(ok));
    EXPECT_THAT(fixture.asked, ElementsAre("POST / HTTP/1.1\r\nHost: o.test\r\nContent-Length: 4\r\n\r\nbody"));
}

TEST(Http1Layer, PassesInterimResponsesOn) {
    Http1Fixture fixture;
    std::string const hints = "HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n";
    fixture.servers = {{{"\r\n\r\n", "HTTP/1.1 102 Processing\r\n\r\n" + hints + ok}}};
    fixture.play({{"", get}, leave("ok")});
    EXPECT_EQ(fixture.received, "HTTP/1.1 102 Processing\r\n\r\n" + hints + ok);
    EXPECT_EQ(fixture.hooks(), all_hooks);
}

TEST(Http1Layer, KeepsInterimResponsesFromClientsOfHttp10) {
    Http1Fixture fixture;
    fixture.servers = {{{"\r\n\r\n", "HTTP/1.1 102 Processing\r\n\r\n" + ok}}};
    fixture.play({{"", "GET http://o.test/ HTTP/1.0\r\n\r\n"}, read_to_end()});
    EXPECT_EQ(fixture.received, ok);
}

struct LastForward {
    std::string name, request, received;
};
class A18_MaxForwards : public testing::TestWithParam<LastForward> {};

TEST_P(A18_MaxForwards, OfZeroIsAnsweredHere) {
    Http1Fixture fixture;
    fixture.play({{"", GetParam().request}, leave("\r\n\r\n")});
    EXPECT_EQ(fixture.received, GetParam().received);
    EXPECT_THAT(fixture.asked, IsEmpty());
    EXPECT_EQ(fixture.hooks(), all_hooks);
}

INSTANTIATE_TEST_SUITE_P(
    Methods, A18_MaxForwards,
    testing::Values(
        LastForward{"Options", "OPTIONS http://o.test/ HTTP/1.1\r\nHost: o.test\r\nMax-Forwards: 0\r\n\r\n",
                    "HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n"},
        LastForward{"Trace", "TRACE http://o.test/a HTTP/1.1\r\nHost: o.test\r\nCookie: a=b\r\nMax-Forwards: 0\r\n\r\n",
                    "HTTP/1.1 200 OK\r\nContent-Type: message/http\r\ncontent-length: 52\r\n\r\n"
                    "TRACE /a HTTP/1.1\r\nHost: o.test\r\nMax-Forwards: 0\r\n\r\n"}),
    pathology::test::row_name);

// --- one connection, many requests -----------------------------------------------------------------------------------

TEST(Http1Layer, P03_b_RespondsToRequestsInOrder) {
    Http1Fixture fixture;
    fixture.servers = {{{"\r\n\r\n", ok}, {"\r\n\r\n", "HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\ntwo"}}};
    fixture.play({{"", get}, {"ok", get}, leave("two")});
    EXPECT_THAT(fixture.received, EndsWith("two"));
    EXPECT_THAT(fixture.asked, SizeIs(1));
    EXPECT_EQ(fixture.hooks(), all_hooks + " " + all_hooks);
}

TEST(Http1Layer, LetsPipelinedRequestsWait) {
    Http1Fixture fixture;
    fixture.servers = {{{"\r\n\r\n", ok}, {"\r\n\r\n", "HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\ntwo"}}};
    fixture.play({{"", get + get}, leave("two")});
    EXPECT_EQ(fixture.received, ok + "HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\ntwo");
}

struct Ending {
    std::string name, request, response_text;
    bool stays_open;
};

class ConnectionAfter : public testing::TestWithParam<Ending> {};

TEST_P(ConnectionAfter, StaysOpenOrCloses) {
    Http1Fixture fixture;
    fixture.servers = {{{"\r\n\r\n", GetParam().response_text, Then::fin}}, {{"\r\n\r\n", ok}}};
    fixture.play({{"", GetParam().request + get}, GetParam().stays_open ? leave("ok") : read_to_end()});
    EXPECT_EQ(fixture.received, GetParam().response_text + (GetParam().stays_open ? ok : ""));
}

INSTANTIATE_TEST_SUITE_P(
    Http1Layer, ConnectionAfter,
    testing::Values(Ending{"AnOrdinaryResponse", proxy_get, no_content, true},
                    Ending{"AClientThatCloses", "GET http://o.test/ HTTP/1.1\r\nHost: o\r\nConnection: close\r\n\r\n",
                           no_content, false},
                    Ending{"AServerThatCloses", proxy_get,
                           "HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 0\r\n\r\n", false},
                    Ending{"AClientOfHttp10", "GET http://o.test/ HTTP/1.0\r\n\r\n", no_content, false},
                    Ending{"AClientOfHttp10ThatStays", "GET http://o.test/ HTTP/1.0\r\nConnection: keep-alive\r\n\r\n",
                           no_content, true},
                    Ending{"AServerOfHttp10", proxy_get, "HTTP/1.0 200 OK\r\nContent-Length: 0\r\n\r\n", false},
                    Ending{"AResponseUntilTheClose", proxy_get, "HTTP/1.1 200 OK\r\n\r\nx", false}),
    pathology::test::row_name);

}  // namespace
}  // namespace pathology::proxycore::layers
