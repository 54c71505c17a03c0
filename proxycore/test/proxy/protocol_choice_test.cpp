// By which version of HTTP a server is asked where ALPN does not tell, or where it told too much.
#include <gmock/gmock.h>

#include "proxy/origin.hpp"
#include "proxy/proxy_fixture.hpp"
#include "proxy/secure_origin.hpp"
#include "proxy/test_client.hpp"
#include "support/row_name.hpp"
#include "tls/engine_pair.hpp"

namespace pathology::proxycore::proxy {
namespace {

using test::Origin;
using test::ProxyFixture;
using test::SecureOrigin;
using test::TestClient;
using testing::HasSubstr;
using tls::test::identity_for;

/// A server that speaks HTTP/2 only, without TLS.
SecureOrigin::Options http2_without_tls() {
    SecureOrigin::Options options;
    options.times = 0;
    options.http2 = true;
    return options;
}

std::string where(SecureOrigin const& origin) { return "127.0.0.1:" + std::to_string(origin.port()); }

/// How clients get to it.
struct Way {
    std::string name;
    std::string mode;  ///< ORIGIN stands for its address
    bool is_tunnel;
    bool is_http2;              ///< spoken by the client
    std::string fields;         ///< of its requests, `name: value`
    std::uint64_t connections;  ///< that it takes until the server has been asked twice
};

class A3_PriorKnowledge : public testing::TestWithParam<Way> {};

TEST_P(A3_PriorKnowledge, AsksAServerOfHttp2) {
    auto const& way = GetParam();
    SecureOrigin const origin(identity_for({"origin.test"}), http2_without_tls());
    auto mode = way.mode;
    if (auto const at = mode.find("ORIGIN"); at != mode.npos) mode.replace(at, 6, where(origin));
    ProxyFixture fixture({mode});
    fixture.start();
    TestClient client(fixture.port());
    auto const url = "http://" + where(origin) + "/";
    auto const connect = "CONNECT " + where(origin) + " HTTP/1.1\r\n\r\n";
    EXPECT_EQ(way.is_tunnel ? client.request(connect, "CONNECT").status : 200, 200U);
    for (int i = 0; i < 2; ++i) {
        if (way.is_http2) {
            http::Fields fields;
            if (!way.fields.empty()) fields.add("content-type", way.fields);
            EXPECT_EQ(client.get_on_new_stream(url, fields), 200U);
        } else {
            auto const request =
                "POST " + url + " HTTP/1.1\r\nHost: " + where(origin) + "\r\nContent-Length: 2\r\n\r\nhi";
            EXPECT_EQ(client.request(request).status, 200U);
        }
    }
    EXPECT_EQ(origin.accepted(), way.connections);
    EXPECT_EQ(fixture.recorder->violations(), "");
    EXPECT_EQ(fixture.recorder->http_flows().back()->server_conn->alpn, "h2c");
}

INSTANTIATE_TEST_SUITE_P(
    Ways, A3_PriorKnowledge,
    testing::Values(Way{"Tunnel", "regular", true, true, "", 1}, Way{"TunnelOfHttp1", "regular", true, false, "", 2},
                    Way{"Regular", "regular", false, true, "", 2},
                    Way{"RegularByHttp1", "regular", false, false, "", 2},
                    Way{"Reverse", "reverse:http://ORIGIN", false, true, "", 2},
                    Way{"ReverseByHttp1", "reverse:http://ORIGIN", false, false, "", 2},
                    Way{"ReverseGrpc", "reverse:http://ORIGIN", false, true, "application/grpc+proto", 1},
                    Way{"RegularGrpc", "regular", false, true, "application/grpc", 1}),
    pathology::test::row_name);

/// The client knows better, or does not.
TEST(ProtocolChoice, A3_AServerOfHttp1InATunnelIsAskedOverHttp1) {
    Origin const origin("origin");
    ProxyFixture fixture;
    fixture.start();
    TestClient client(fixture.port());
    EXPECT_EQ(client.request("CONNECT " + origin.where() + " HTTP/1.1\r\n\r\n", "CONNECT").status, 200U);
    for (int i = 0; i < 2; ++i) EXPECT_EQ(client.get_on_new_stream(origin.url() + "/x"), 200U);
    EXPECT_EQ(origin.accepted(), 2U);
    EXPECT_THAT(origin.asked().back(), HasSubstr("GET /x HTTP/1.1\r\n"));
}

TEST(ProtocolChoice, A12_AServerThatRequiresHttp1IsAskedAgainOverIt) {
    SecureOrigin::Options options;
    options.http2 = options.requires_http1 = true;
    SecureOrigin const origin(identity_for({"origin.test"}), options);
    ProxyFixture fixture({"reverse:" + origin.url()});
    fixture.set("ssl_insecure").start();
    TestClient client(fixture.port());
    for (int i = 0; i < 2; ++i) EXPECT_EQ(client.get_on_new_stream("https://origin.test/"), 200U);
    for (auto const& flow : fixture.recorder->http_flows())
        EXPECT_EQ(flow->response->http_version, (http::Version{1, 1}));
    EXPECT_EQ(fixture.recorder->violations(), "");
}

/// Its body is gone, so the client may send it again.
TEST(ProtocolChoice, A12_AStreamedRequestIsResetByTheSameCode) {
    SecureOrigin::Options options;
    options.http2 = options.requires_http1 = true;
    SecureOrigin const origin(identity_for({"origin.test"}), options);
    ProxyFixture fixture({"reverse:" + origin.url()});
    fixture.recorder->on_hook["requestheaders"] = [](flow::HttpFlow& flow) { flow.request.stream = true; };
    fixture.set("ssl_insecure").start();
    TestClient client(fixture.port());
    auto const response = client.read_stream(client.begin_on_new_stream("https://origin.test/"));
    EXPECT_EQ(response.status, 0U);
    EXPECT_THAT(response.head, HasSubstr("HTTP_1_1_REQUIRED"));
}

}  // namespace
}  // namespace pathology::proxycore::proxy
