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
using test::Script;
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

// --- where requests go -----------------------------------------------------------------------------------------------

struct Direction {
    std::string name, request, scheme, host;
    std::uint16_t port;
    bool is_secure = false;
};

class P03_RequestTarget : public testing::TestWithParam<Direction> {};

TEST_P(P03_RequestTarget, LeadsThere) {
    Http1Fixture fixture;
    fixture.is_secure = GetParam().is_secure;
    fixture.servers = {{{"\r\n\r\n", ok}}};
    fixture.play({{"", GetParam().request}, leave("ok")});
    auto const& request = fixture.flow().request;
    EXPECT_EQ(request.scheme(), GetParam().scheme);
    EXPECT_EQ(request.host(), GetParam().host);
    EXPECT_EQ(request.port(), GetParam().port);
}

INSTANTIATE_TEST_SUITE_P(
    Regular, P03_RequestTarget,
    testing::Values(
        Direction{"AbsoluteForm", "GET http://a.test/ HTTP/1.1\r\nHost: b\r\n\r\n", "http", "a.test", 80},
        Direction{"AbsoluteFormWithPort", "GET http://a.test:81/ HTTP/1.1\r\nHost: b\r\n\r\n", "http", "a.test", 81},
        Direction{"SchemeInAnyCase", "GET HTTP://a.test/ HTTP/1.1\r\nHost: b\r\n\r\n", "http", "a.test", 80},
        Direction{"Https", "GET https://a.test/ HTTP/1.1\r\nHost: b\r\n\r\n", "https", "a.test", 443},
        Direction{"AddressOfVersion6", "GET http://[::1]:9/ HTTP/1.1\r\nHost: b\r\n\r\n", "http", "::1", 9},
        Direction{"P03_d_OriginForm", "GET / HTTP/1.1\r\nHost: b.test\r\n\r\n", "http", "b.test", 80},
        Direction{"P03_d_OriginFormWithPort", "GET / HTTP/1.1\r\nHost: b.test:81\r\n\r\n", "http", "b.test", 81},
        Direction{"P03_e_OriginFormInsideTls", "GET / HTTP/1.1\r\nHost: b.test\r\n\r\n", "https", "b.test", 443, true}),
    pathology::test::row_name);

struct Nowhere {
    std::string name, request;
};

class P03_d_BadTarget : public testing::TestWithParam<Nowhere> {};

TEST_P(P03_d_BadTarget, Is400) {
    Http1Fixture fixture;
    fixture.play({{"", GetParam().request}, read_to_end()});
    EXPECT_THAT(fixture.received, StartsWith("HTTP/1.1 400 Bad Request\r\n"));
    EXPECT_THAT(fixture.asked, IsEmpty());
    EXPECT_EQ(fixture.hooks(), "error");
}

INSTANTIATE_TEST_SUITE_P(
    Regular, P03_d_BadTarget,
    testing::Values(Nowhere{"NoHost", "GET / HTTP/1.1\r\n\r\n"},
                    Nowhere{"EmptyHost", "GET / HTTP/1.1\r\nHost:\r\n\r\n"},
                    Nowhere{"BadHost", "GET / HTTP/1.1\r\nHost: a b\r\n\r\n"},
                    Nowhere{"BadPort", "GET / HTTP/1.1\r\nHost: a:99999\r\n\r\n"},
                    Nowhere{"UnknownScheme", "GET ftp://a/ HTTP/1.1\r\nHost: a\r\n\r\n"},
                    Nowhere{"A6_UnknownSchemeWithPort", "GET foo://a:80/ HTTP/1.1\r\nHost: a\r\n\r\n"},
                    Nowhere{"A6_SchemeWithoutHost", "GET javascript:x HTTP/1.1\r\nHost: a\r\n\r\n"},
                    Nowhere{"A9_AsteriskOfGet", "GET * HTTP/1.1\r\nHost: a\r\n\r\n"},
                    Nowhere{"A9_Fragment", "GET http://a/b#c HTTP/1.1\r\nHost: a\r\n\r\n"},
                    Nowhere{"A9_BytesBeyondAscii", "GET http://a/\xc3\xa9 HTTP/1.1\r\nHost: a\r\n\r\n"},
                    Nowhere{"A10_NoHost", "GET http://a/ HTTP/1.1\r\nA: b\r\n\r\n"},
                    Nowhere{"A10_TwoHosts", "GET http://a/ HTTP/1.1\r\nHost: a\r\nHost: a\r\n\r\n"},
                    Nowhere{"A10_BadHost", "GET http://a/ HTTP/1.1\r\nHost: a b\r\n\r\n"},
                    Nowhere{"A10_HostWithUser", "GET http://a/ HTTP/1.1\r\nHost: u@a\r\n\r\n"},
                    Nowhere{"NoForm", "GET a/b HTTP/1.1\r\nHost: a\r\n\r\n"},
                    Nowhere{"P04_d_ConnectWithoutPort", "CONNECT origin.test HTTP/1.1\r\nHost: a\r\n\r\n"}),
    pathology::test::row_name);

TEST(Http1Layer, A9_OddTargetsAndHostsPassWithTheGuardOff) {
    std::string const odd = "GET /\xc3\xa9#c HTTP/1.1\r\nHost: a b\r\nHost: a\r\n\r\n";
    Http1Fixture fixture;
    fixture.http_mode = HttpMode::transparent;
    fixture.target = Endpoint{"10.0.0.1", 8080};
    fixture.settings.http.validate_inbound_headers = false;
    fixture.servers = {{{"\r\n\r\n", ok}}};
    fixture.play({{"", odd}, leave("ok")});
    EXPECT_EQ(fixture.asked.at(0), odd);
}

TEST(Http1Layer, A6_WebSocketSchemesAreThoseOfHttp) {
    for (auto const& [sent, url] :
         {std::pair("ws://o.test/s?q", "http://o.test/s?q"), {"WSS://o.test/s", "https://o.test/s"}}) {
        Http1Fixture fixture;
        fixture.servers = {{{"\r\n\r\n", ok}}};
        fixture.play({{"", "GET " + std::string(sent) + " HTTP/1.1\r\nHost: o.test\r\n\r\n"}, leave("ok")});
        EXPECT_EQ(fixture.flow().request.url(), url);
    }
}

TEST(Http1Layer, P05_LeadsToWhereTheConnectionDoes) {
    Http1Fixture fixture;
    fixture.http_mode = HttpMode::transparent;
    fixture.target = Endpoint{"10.0.0.1", 8080};
    fixture.servers = {{{"\r\n\r\n", ok}}};
    fixture.play({{"", "GET / HTTP/1.1\r\nHost: pretty.test\r\n\r\n"}, leave("ok")});
    EXPECT_EQ(fixture.flow().request.url(), "http://10.0.0.1:8080/");
    EXPECT_EQ(fixture.flow().request.pretty_host(), "pretty.test");
    EXPECT_EQ(fixture.asked.at(0), "GET / HTTP/1.1\r\nHost: pretty.test\r\n\r\n");
}

TEST(Http1Layer, P06_e_RewritesTheHostOfAReverseProxy) {
    for (bool const keep : {false, true}) {
        Http1Fixture fixture;
        fixture.http_mode = HttpMode::transparent;
        fixture.mode.is = modes::Reverse{{"http", {"origin.test", 8080}}};
        fixture.target = Endpoint{"origin.test", 8080};
        fixture.settings.http.keep_host_header = keep;
        fixture.servers = {{{"\r\n\r\n", ok}}};
        fixture.play({{"", "GET / HTTP/1.1\r\nHost: front.test\r\n\r\n"}, leave("ok")});
        auto const host = keep ? "front.test" : "origin.test:8080";
        EXPECT_EQ(fixture.asked.at(0), "GET / HTTP/1.1\r\nHost: " + std::string(host) + "\r\n\r\n");
    }
}

TEST(Http1Layer, P06_KeepsTheFormOfAReverseProxy) {
    Http1Fixture fixture;
    fixture.http_mode = HttpMode::transparent;
    fixture.form = RequestForm::as_it_is;
    fixture.target = Endpoint{"origin.test", 80};
    fixture.servers = {{{"\r\n\r\n", ok}}};
    fixture.play({{"", "GET http://front.test/x HTTP/1.1\r\nHost: front.test\r\n\r\n"}, leave("ok")});
    EXPECT_THAT(fixture.asked.at(0), StartsWith("GET http://front.test/x HTTP/1.1\r\n"));
    EXPECT_EQ(fixture.flow().request.host(), "origin.test");
}

TEST(Http1Layer, P07_a_SendsAnUpstreamProxyTheWholeTarget) {
    for (std::string const target : {"http://origin.test:81/x", "/x"}) {
        Http1Fixture fixture;
        fixture.http_mode = HttpMode::regular;
        fixture.form = RequestForm::absolute;
        fixture.servers = {{{"\r\n\r\n", ok}}};
        fixture.play({{"", "GET " + target + " HTTP/1.1\r\nHost: origin.test:81\r\n\r\n"}, leave("ok")});
        EXPECT_THAT(fixture.asked.at(0), StartsWith("GET http://origin.test:81/x HTTP/1.1\r\n"));
    }
}

// --- CONNECT ---------------------------------------------------------------------------------------------------------

struct Tunnel {
    std::string name, request, established, inside;
};

class P04_Connect : public testing::TestWithParam<Tunnel> {};

TEST_P(P04_Connect, OpensATunnel) {
    Http1Fixture fixture;
    fixture.play({{"", GetParam().request}, {GetParam().established, "more", Then::fin}});
    EXPECT_EQ(fixture.received, GetParam().established);
    EXPECT_EQ(fixture.tunnel, GetParam().inside);
    EXPECT_EQ(fixture.hooks(), "http_connect http_connected");
}

INSTANTIATE_TEST_SUITE_P(
    Http1Layer, P04_Connect,
    testing::Values(Tunnel{"P04_c_WithoutAField", "CONNECT o.test:443 HTTP/1.1\r\nHost: o.test:443\r\n\r\n",
                           "HTTP/1.1 200 Connection established\r\n\r\n", "more"},
                    Tunnel{"InTheClientsVersion", "CONNECT o.test:443 HTTP/1.0\r\n\r\n",
                           "HTTP/1.0 200 Connection established\r\n\r\n", "more"},
                    Tunnel{"P04_f_WithBytesBehindIt", "CONNECT [::1]:443 HTTP/1.1\r\nHost: a\r\n\r\nhello ",
                           "HTTP/1.1 200 Connection established\r\n\r\n", "hello more"},
                    Tunnel{"WithStrayLineEnds", "CONNECT o.test:443 HTTP/1.1\r\nHost: a\r\n\r\n\r\n\nhello ",
                           "HTTP/1.1 200 Connection established\r\n\r\n", "hello more"}),
    pathology::test::row_name);

TEST(Http1Layer, P04_e_AnAddonRefusesATunnel) {
    Http1Fixture fixture;
    fixture.recorder->on_hook["http_connect"] = [](flow::HttpFlow& flow) {
        flow.response = flow::Response::make(403, "no");
    };
    fixture.play({{"", "CONNECT o.test:443 HTTP/1.1\r\nHost: a\r\n\r\n"}, leave("no")});
    EXPECT_THAT(fixture.received, StartsWith("HTTP/1.1 403 Forbidden\r\n"));
    EXPECT_THAT(fixture.asked, IsEmpty());
    EXPECT_EQ(fixture.hooks(), "http_connect http_connect_error");
}

TEST(Http1Layer, P62_b_AClientMayAskAgainForATunnel) {
    Http1Fixture fixture;
    fixture.recorder->on_hook["http_connect"] = [](flow::HttpFlow& flow) {
        if (!flow.request.headers.contains("Proxy-Authorization")) flow.response = flow::Response::make(407, "who?");
    };
    fixture.play({{"", "CONNECT o.test:443 HTTP/1.1\r\nHost: a\r\n\r\n"},
                  {"who?", "CONNECT o.test:443 HTTP/1.1\r\nHost: a\r\nProxy-Authorization: Basic YTpi\r\n\r\n"},
                  leave("established\r\n\r\n")});
    EXPECT_EQ(fixture.hooks(), "http_connect http_connect_error http_connect http_connected");
}

TEST(Http1Layer, P06_g_RefusesTunnelsWhereClientsDoNotKnowOfTheProxy) {
    Http1Fixture fixture;
    fixture.http_mode = HttpMode::transparent;
    fixture.play({{"", "CONNECT o.test:443 HTTP/1.1\r\nHost: a\r\n\r\n"}, read_to_end()});
    EXPECT_THAT(fixture.received, StartsWith("HTTP/1.1 400 Bad Request\r\n"));
    EXPECT_THAT(fixture.received, HasSubstr("another mode"));
}

TEST(Http1Layer, P04_EagerTunnelsReportTheirServer) {
    Http1Fixture fixture;
    fixture.settings.strategy = ConnectionStrategy::eager;
    fixture.play({{"", "CONNECT o.test:443 HTTP/1.1\r\nHost: a\r\n\r\n"}, read_to_end()});
    EXPECT_THAT(fixture.received, StartsWith("HTTP/1.1 502 Bad Gateway\r\n"));
    EXPECT_THAT(fixture.received, HasSubstr("cannot connect to o.test:443"));
    EXPECT_EQ(fixture.hooks(), "http_connect http_connect_error");
}

TEST(Http1Layer, P31_c_AKilledTunnelIsJustClosed) {
    Http1Fixture fixture;
    fixture.recorder->on_hook["http_connect"] = [](flow::HttpFlow& flow) { flow.kill({}); };
    fixture.play({{"", "CONNECT o.test:443 HTTP/1.1\r\nHost: a\r\n\r\n"}, read_to_end()});
    EXPECT_EQ(fixture.received, "");
    EXPECT_EQ(fixture.hooks(), "http_connect http_connect_error");
}

TEST(Http1Layer, LeavesHttp2ToItsLayer) {
    Http1Fixture fixture;
    std::string const preface = "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n";
    fixture.play({{"", preface + "frames", Then::fin}});
    EXPECT_EQ(fixture.tunnel, preface + "frames");
    fixture.settings.http.http2 = false;
    fixture.play({{"", preface}, read_to_end()});
    EXPECT_THAT(fixture.received, StartsWith("HTTP/1.1 "));
}

TEST(Http1Layer, LeavesAllToHttp2WhereAlpnSaysSo) {  // RFC 9113 §3.2: a broken preface is broken HTTP/2
    Http1Fixture fixture;
    fixture.is_secure = true;
    fixture.alpn = "h2";
    std::string const no_preface = "INVALID CONNECTION PREFACE\r\n\r\n";
    fixture.play({{"", no_preface, Then::fin}});
    EXPECT_EQ(fixture.tunnel, no_preface);
    fixture.alpn = "http/1.1";
    fixture.play({{"", no_preface}, read_to_end()});
    EXPECT_THAT(fixture.received, StartsWith("HTTP/1.1 400 "));
}

}  // namespace
}  // namespace pathology::proxycore::layers
