// Handshakes that fail: servers and clients that stop, lie or leave in the middle of one (P22, P26).
#include <gmock/gmock.h>

#include <tuple>

#include "faults/fault_fixture.hpp"
#include "faults/scripted_server.hpp"
#include "proxy/secure_origin.hpp"
#include "support/free_port.hpp"
#include "support/row_name.hpp"
#include "tls/engine_pair.hpp"

namespace pathology::integration {
namespace {

using namespace std::string_literals;
using proxycore::proxy::test::SecureOrigin;
using proxycore::test::leave;
using proxycore::test::Script;
using proxycore::test::Turn;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::StartsWith;
using Then = Turn::Then;

namespace tls = proxycore::tls;

// --- servers ---------------------------------------------------------------------------------------------------------

struct ServerFault {
    char const* name;
    Script script;
    char const* says = "";
};
void PrintTo(ServerFault const& row, std::ostream* out) { *out << row.name; }

class P22_c_TlsServerFault : public testing::TestWithParam<std::tuple<Topology, ServerFault>> {};

/// The client's own handshake is good, and inside of it it learns why there is no server.
void expect_page_inside(FaultFixture& fixture, Topology topology, std::string const& says) {
    auto const result = fixture.request("get:TARGET");
    fixture.proxy.set("ssl_insecure=true");  // what comes next may have anybody's certificate
    fixture.expect_good_end();
    EXPECT_EQ(result.status, 502U) << result.failure;
    EXPECT_THAT(result.body, HasSubstr("<h1>502 Bad Gateway</h1>"));
    EXPECT_EQ(fixture.hooks->flow_hooks().at(topology == Topology::tunnel ? 1 : 0), "requestheaders request error");
    EXPECT_THAT(fixture.proxy.flows().at(0).error, HasSubstr(says));
}

TEST_P(P22_c_TlsServerFault, IsReportedInsideOfTls) {
    auto const& [topology, row] = GetParam();
    ScriptedServer const server(row.script);
    FaultFixture fixture({.topology = topology, .tls = true, .server = server.port()});
    expect_page_inside(fixture, topology, row.says);
    EXPECT_TRUE(server.wait_until_idle());
}

std::string name_of(testing::TestParamInfo<P22_c_TlsServerFault::ParamType> const& info) {
    auto const& [topology, row] = info.param;
    return std::string(row.name) + "_" + to_string(topology);
}

/// Says this when the ClientHello is there.
Script responses(std::string bytes, Then then = Then::fin) { return {{"\x16\x03", std::move(bytes), then}}; }

INSTANTIATE_TEST_SUITE_P(
    Handshake, P22_c_TlsServerFault,
    testing::Combine(
        testing::Values(Topology::tunnel, Topology::socks5),
        testing::Values(ServerFault{"EndsAtOnce", {leave()}}, ServerFault{"EndsBehindTheHello", responses("")},
                        ServerFault{"ResetsBehindTheHello", responses("", Then::reset)},
                        ServerFault{"SpeaksPlainText", responses("HTTP/1.1 400 Bad Request\r\n\r\n")},
                        ServerFault{"SpeaksGarbage", responses("garbage without end")},
                        ServerFault{"AlertsThatTheHandshakeFailed", responses("\x15\x03\x03\x00\x02\x02\x28"s)},
                        ServerFault{"AlertsThatTheNameIsUnknown", responses("\x15\x03\x03\x00\x02\x02\x70"s)},
                        ServerFault{"StopsInARecordHeader", responses("\x16\x03"s)},
                        ServerFault{"StopsInARecord", responses("\x16\x03\x03\x00\x40\x02\x00"s)},
                        ServerFault{"HasARecordThatIsTooLarge",
                                    responses("\x16\x03\x03\xff\xff"s + std::string(70'000, 'x'))},
                        ServerFault{"BeginsAsAClient", responses("\x16\x03\x03\x00\x04\x01\x00\x00\x00"s)},
                        ServerFault{"BeginsWithData", responses("\x17\x03\x03\x00\x05hello"s)},
                        ServerFault{"FloodsEmptyRecords", responses(repeated("\x16\x03\x03\x00\x00"s, 10'000))},
                        ServerFault{"FloodsWarnings", responses(repeated("\x15\x03\x03\x00\x02\x01\x5a"s, 10'000))})),
    name_of);

class P26_BadCertificate : public testing::TestWithParam<Topology> {};

ProxySetup verifying(Topology topology, std::uint16_t server, std::string const& trusted) {
    return {.topology = topology,
            .settings = {"ssl_verify_upstream_trusted_ca=" + trusted},
            .tls = true,
            .sni = "origin.test",
            .server = server};
}

TEST_P(P26_BadCertificate, OfAnotherNameIsReportedInsideOfTls) {
    testkit::Daemon const other({.tls = testkit::DaemonTls{.names = {"somebody.else"}}});
    FaultFixture fixture(verifying(GetParam(), other.port(), other.authority_file()));
    expect_page_inside(fixture, GetParam(), "mismatch");
    EXPECT_TRUE(other.wait_until_idle(std::chrono::seconds(20)));
    EXPECT_THAT(other.requests(), IsEmpty());
}

TEST_P(P26_BadCertificate, OfAnUnknownAuthorityIsReportedInsideOfTls) {
    testkit::Daemon const other({.tls = testkit::DaemonTls{}});
    FaultFixture fixture({.topology = GetParam(), .tls = true, .server = other.port()});
    expect_page_inside(fixture, GetParam(), "certificate");
    EXPECT_THAT(other.requests(), IsEmpty());
}

TEST_P(P26_BadCertificate, ThatHasExpiredIsReportedInsideOfTls) {
    SecureOrigin const other(tls::test::expired_identity("origin.test"));
    FaultFixture fixture(verifying(GetParam(), other.port(), tls::test::trusted_file()));
    expect_page_inside(fixture, GetParam(), "expired");
}

TEST_P(P26_BadCertificate, OfItsOwnIsReportedInsideOfTls) {
    SecureOrigin const other(tls::test::self_signed_identity("origin.test"));
    FaultFixture fixture(verifying(GetParam(), other.port(), tls::test::trusted_file()));
    expect_page_inside(fixture, GetParam(), "self-signed");
}

INSTANTIATE_TEST_SUITE_P(Tls, P26_BadCertificate, testing::Values(Topology::tunnel, Topology::socks5),
                         [](auto const& row) { return to_string(row.param); });

TEST(TlsServer, P22_c_OneThatCannotBeReachedIsReportedInsideOfTls) {
    FaultFixture fixture({.topology = Topology::tunnel, .tls = true, .server = pathology::test::free_port()});
    expect_page_inside(fixture, Topology::tunnel, "connection refused");
}

// --- clients ---------------------------------------------------------------------------------------------------------

struct ClientFault {
    char const* name;
    std::string sends;
    Then then = Then::half_close;
    std::string received{};
};
void PrintTo(ClientFault const& row, std::ostream* out) { *out << row.name; }

class P22_TlsClientFault : public testing::TestWithParam<ClientFault> {};

TEST_P(P22_TlsClientFault, IsAFailedHandshakeAndNoFlow) {
    auto const& row = GetParam();
    FaultFixture fixture({.topology = Topology::reverse, .tls = true});
    auto const received = fixture.play({{"", row.sends, row.then}});
    ASSERT_TRUE(fixture.hooks->wait_for("client_disconnected"));
    EXPECT_EQ(fixture.hooks->count("tls_failed_client"), 1U);
    EXPECT_THAT(fixture.hooks->flow_hooks(), IsEmpty());
    EXPECT_THAT(received, StartsWith(row.received));
    fixture.expect_good_end();
}

/// The first message of a client that means well.
std::string const& hello() {
    static std::string const bytes = [] {
        tls::test::EnginePair pair;
        pair.client.handshake();
        std::string first;
        pair.client.take_outgoing(first);
        return first;
    }();
    return bytes;
}

INSTANTIATE_TEST_SUITE_P(
    Handshake, P22_TlsClientFault,
    testing::Values(
        ClientFault{"StopsInARecordHeader", "\x16\x03\x01"},
        ClientFault{"StopsBehindARecordHeader", "\x16\x03\x01\x02\x00"s},
        ClientFault{"StopsInItsHello", hello().substr(0, 100)},
        ClientFault{"StopsBeforeTheLastByteOfItsHello", hello().substr(0, hello().size() - 1)},
        ClientFault{"ResetsInItsHello", hello().substr(0, 100), Then::reset},
        ClientFault{"StopsBehindItsHello", hello()},
        ClientFault{"SpeaksGarbage", "\x16\x03\x01\x00\x05hello"s, Then::read_to_end},
        ClientFault{"BeginsAsAServer", "\x16\x03\x01\x00\x04\x02\x00\x00\x00"s, Then::read_to_end},
        ClientFault{"HasAnEmptyRecord", "\x16\x03\x01\x00\x00"s},
        ClientFault{"HasARecordThatIsTooLarge", "\x16\x03\x01\xff\xff"s + std::string(70'000, 'x'), Then::read_to_end},
        ClientFault{"HasAHelloWithoutEnd",
                    repeated("\x16\x03\x01\x40\x00\x01\xff\xff\xff"s + std::string(16'380, 'x'), 20),
                    Then::read_to_end},
        ClientFault{"FloodsEmptyRecords", repeated("\x16\x03\x01\x00\x00"s, 50'000), Then::read_to_end},
        ClientFault{"SpeaksGarbageBehindItsHello", hello() + "garbage without end", Then::read_to_end, "\x16\x03\x03"},
        ClientFault{"AlertsBehindItsHello", hello() + "\x15\x03\x03\x00\x02\x02\x2a"s, Then::read_to_end,
                    "\x16\x03\x03"}),
    pathology::test::row_name);

}  // namespace
}  // namespace pathology::integration
