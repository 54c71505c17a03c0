#include <gmock/gmock.h>

#include <cstdint>
#include <functional>
#include <optional>
#include <pathology/proxycore/errors.hpp>

#include "proxy/options.hpp"
#include "support/row_name.hpp"

namespace pathology::proxycore::proxy {
namespace {

using addons::Options;
using layers::Settings;
using testing::HasSubstr;
using namespace std::chrono_literals;

Settings settings_of(std::vector<std::string> const& given) {
    Options options;
    declare_options(options);
    std::vector<addons::Setting> settings;
    settings.reserve(given.size());
    for (auto const& text : given) settings.push_back(addons::parse_setting(text));
    options.apply(settings);
    options.expect_nothing_deferred();
    return make_settings(options);
}

TEST(ProxyOptions, HaveTheDefaultsOfTheLayers) {
    auto const settings = settings_of({});
    Settings const plain;
    EXPECT_EQ(settings.modes, std::vector<modes::Mode>(1));
    EXPECT_EQ(settings.listen, plain.listen);
    EXPECT_EQ(settings.strategy, plain.strategy);
    EXPECT_EQ(settings.http.http2, plain.http.http2);
    EXPECT_EQ(settings.http.rawtcp, plain.http.rawtcp);
    EXPECT_EQ(settings.http.validate_inbound_headers, plain.http.validate_inbound_headers);
    EXPECT_EQ(settings.times.idle, plain.times.idle);
    EXPECT_EQ(settings.times.connect, plain.times.connect);
    EXPECT_EQ(settings.times.tunnel_probe, plain.times.tunnel_probe);
    EXPECT_EQ(settings.tls.client_versions, plain.tls.client_versions);
    EXPECT_EQ(settings.tls.upstream_cert, plain.tls.upstream_cert);
    EXPECT_FALSE(settings.asks_socks_users);
}

struct Row {
    std::string name;
    std::vector<std::string> given;
    std::function<bool(Settings const&)> holds;
};
class P41_ProxyOption : public testing::TestWithParam<Row> {};
TEST_P(P41_ProxyOption, BecomesASetting) { EXPECT_TRUE(GetParam().holds(settings_of(GetParam().given))); }
INSTANTIATE_TEST_SUITE_P(
    Names, P41_ProxyOption,
    testing::Values(
        Row{"Modes",
            {"mode=socks5", "mode=reverse:http://h@99"},
            [](Settings const& s) { return s.modes.size() == 2 && modes::name_of(s.modes[1]) == "reverse"; }},
        Row{"Host", {"listen_host=::1"}, [](Settings const& s) { return s.listen.host == "::1"; }},
        Row{"Port", {"listen_port=0"}, [](Settings const& s) { return s.listen.port == 0; }},
        Row{"Strategy",
            {"connection_strategy=eager"},
            [](Settings const& s) { return s.strategy == layers::ConnectionStrategy::eager; }},
        Row{"Idle", {"tcp_timeout=7"}, [](Settings const& s) { return s.times.idle == 7s; }},
        Row{"Probe", {"tunnel_probe_timeout=20"}, [](Settings const& s) { return s.times.tunnel_probe == 20ms; }},
        Row{"Streaming",
            {"stream_large_bodies=3m"},
            [](Settings const& s) { return s.http.stream_large_bodies == 3U << 20; }},
        Row{"Limit", {"body_size_limit=10"}, [](Settings const& s) { return s.http.body_size_limit == 10U; }},
        Row{"Flags",
            {"http2=false", "websocket=false", "rawtcp=false", "keep_host_header"},
            [](Settings const& s) {
                return !s.http.http2 && !s.http.websocket && !s.http.rawtcp && s.http.keep_host_header;
            }},
        Row{"Hosts",
            {"ignore_hosts=a", "ignore_hosts=b", "allow_hosts=c", "tcp_hosts=d"},
            [](Settings const& s) {
                return s.hosts.ignore.size() == 2 && s.hosts.allow.size() == 1 && s.hosts.tcp[0].matches("D");
            }},
        Row{"OneVersion",
            {"tls_version_client_min=TLS1_3", "tls_version_client_max=TLS1_3"},
            [](Settings const& s) {
                return s.tls.client_versions == tls::VersionRange{tls::Version::tls1_3, tls::Version::tls1_3};
            }},
        Row{"AnyVersion",
            {"tls_version_server_min=UNBOUNDED"},
            [](Settings const& s) { return s.tls.server_versions.min == tls::Version::tls1_0; }},
        Row{"Trust",
            {"ssl_verify_upstream_trusted_ca=/ca.pem", "ssl_insecure"},
            [](Settings const& s) { return s.tls.trust.file == "/ca.pem" && s.tls.insecure; }},
        Row{"Home",
            {"confdir=~/x"},
            [](Settings const& s) { return s.tls.confdir.ends_with("/x") && s.tls.confdir.front() == '/'; }},
        Row{"UpstreamAuth",
            {"upstream_auth=user:pass:word"},
            [](Settings const& s) {
                return s.upstream_auth == tunnel::Credentials{"user", "pass:word"};
            }}),
    pathology::test::row_name);

struct BadRow {
    std::string name, given, failure;
};
class P41_BadProxyOption : public testing::TestWithParam<BadRow> {};
TEST_P(P41_BadProxyOption, IsRefusedByName) {
    try {
        settings_of({GetParam().given});
        FAIL() << GetParam().given << " was taken";
    } catch (OptionsError const& error) {
        EXPECT_THAT(error.what(), HasSubstr(GetParam().failure));
    }
}
INSTANTIATE_TEST_SUITE_P(
    Values, P41_BadProxyOption,
    testing::Values(BadRow{"Mode", "mode=foo", "foo"}, BadRow{"Port", "listen_port=65536", "listen_port"},
                    BadRow{"NegativePort", "listen_port=-1", "0 to 65535"},
                    BadRow{"Strategy", "connection_strategy=soon", "connection_strategy"},
                    BadRow{"Size", "stream_large_bodies=much", "stream_large_bodies: Invalid size"},
                    BadRow{"Pattern", "ignore_hosts=(", "ignore_hosts: \"(\" is not a regular expression"},
                    BadRow{"Idle", "tcp_timeout=0", "tcp_timeout"},
                    BadRow{"Version", "tls_version_client_min=SSL3", "tls_version_client_min"},
                    BadRow{"Versions", "tls_version_client_max=TLS1_1", "is below"},
                    BadRow{"UpstreamAuthWithoutColon", "upstream_auth=user", "USER:PASSWORD"},
                    BadRow{"UpstreamAuthWithoutUser", "upstream_auth=:pass", "USER:PASSWORD"},
                    BadRow{"KeySize", "key_size=1", "key_size"}, BadRow{"Unknown", "nonsense=1", "nonsense"}),
    pathology::test::row_name);

struct SizeRow {
    std::string name, text;
    std::optional<std::uint64_t> bytes;  // nothing = refused
};
class P60_g_Size : public testing::TestWithParam<SizeRow> {};
TEST_P(P60_g_Size, IsReadOrRefused) {
    auto const& row = GetParam();
    auto const given = "stream_large_bodies=" + row.text;
    if (row.bytes) {
        EXPECT_EQ(settings_of({given}).http.stream_large_bodies, row.bytes);
    } else {
        EXPECT_THROW(settings_of({given}), OptionsError);
    }
}
INSTANTIATE_TEST_SUITE_P(
    Texts, P60_g_Size,
    testing::Values(SizeRow{"Plain", "10", 10}, SizeRow{"Zero", "0", 0}, SizeRow{"Bytes", "10b", 10},
                    SizeRow{"Kibibytes", "2k", 2U << 10}, SizeRow{"Mebibytes", "3m", 3U << 20},
                    SizeRow{"Gibibytes", "1g", 1U << 30}, SizeRow{"Tebibytes", "1t", std::uint64_t{1} << 40},
                    SizeRow{"Fraction", "1.5k", std::nullopt}, SizeRow{"UpperCase", "3M", std::nullopt},
                    SizeRow{"TwoUnits", "1kb", std::nullopt}, SizeRow{"Empty", "", std::nullopt},
                    SizeRow{"Negative", "-1", std::nullopt}, SizeRow{"UnitAlone", "k", std::nullopt},
                    SizeRow{"Blank", "1 k", std::nullopt}, SizeRow{"TooLarge", "99999999999t", std::nullopt}),
    pathology::test::row_name);

TEST(ProxyOptions, ChainExtrasNeedTheServersCertificate) {
    EXPECT_THROW(settings_of({"add_upstream_certs_to_client_chain", "upstream_cert=false"}), OptionsError);
}

TEST(ProxyOptions, TwoListenersDoNotShareAnAddress) {
    EXPECT_THROW(settings_of({"mode=regular", "mode=transparent"}), OptionsError);
}

TEST(ProxyOptions, KnowWhichOnesAreAboutTls) {
    for (auto const* name : {"certs", "confdir", "ssl_insecure", "ciphers_client"}) EXPECT_TRUE(concerns_tls(name));
    for (auto const* name : {"mode", "http2", "nonsense"}) EXPECT_FALSE(concerns_tls(name));
}

}  // namespace
}  // namespace pathology::proxycore::proxy
