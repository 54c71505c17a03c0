// Where requests of HTTP/1 go: targets, Host fields, and what the mode makes of them.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "layers/exchange/http1_fixture.hpp"
#include "layers/exchange/messages.hpp"
#include "support/row_name.hpp"

namespace pathology::proxycore::layers {
namespace {

using test::Http1Fixture;
using test::leave;
using test::ok;
using test::read_to_end;
using testing::IsEmpty;
using testing::StartsWith;

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

}  // namespace
}  // namespace pathology::proxycore::layers
