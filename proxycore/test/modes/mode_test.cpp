#include <gmock/gmock.h>

#include <ostream>
#include <pathology/proxycore/errors.hpp>
#include <pathology/proxycore/modes/mode.hpp>

#include "support/row_name.hpp"

namespace pathology::proxycore::modes {
namespace {

using flow::ServerSpec;
using testing::HasSubstr;

Listen at(std::uint16_t port) { return {std::nullopt, port}; }
Listen at(std::string host, std::uint16_t port) { return {std::move(host), port}; }

constexpr auto http = tunnel::Hop::Protocol::http;
constexpr auto socks5 = tunnel::Hop::Protocol::socks5;
tunnel::Hop plain(std::string host, std::uint16_t port, std::optional<tunnel::Credentials> credentials = {}) {
    return {http, false, {std::move(host), port}, std::move(credentials)};
}

struct GoodCase {
    std::string_view name, text;
    Mode mode;
    std::string_view printed, describes;
};
void PrintTo(GoodCase const& row, std::ostream* out) { *out << row.name; }
class P02_a_GoodMode : public testing::TestWithParam<GoodCase> {};

TEST_P(P02_a_GoodMode, IsRead) {
    auto const mode = parse_mode(GetParam().text);
    ASSERT_TRUE(mode.has_value()) << describe(mode.error(), GetParam().text);
    EXPECT_EQ(*mode, GetParam().mode);
}
TEST_P(P02_a_GoodMode, IsPrinted) { EXPECT_EQ(to_string(GetParam().mode), GetParam().printed); }
TEST_P(P02_a_GoodMode, ComesBackFromPrint) {
    EXPECT_EQ(*parse_mode(to_specification(GetParam().mode)), GetParam().mode);
}
TEST_P(P02_a_GoodMode, IsDescribed) { EXPECT_EQ(describe(GetParam().mode), GetParam().describes); }

GoodCase const good[] = {
    {"Regular", "regular", {Regular{}, {}}, "regular", "HTTP(S) proxy"},
    {"RegularWithPort", "regular@1234", {Regular{}, at(1234)}, "regular@1234", "HTTP(S) proxy"},
    {"RegularAtName",
     "regular@localhost:3128",
     {Regular{}, at("localhost", 3128)},
     "regular@localhost:3128",
     "HTTP(S) proxy"},
    {"AnyPort", "regular@0", {Regular{}, at(0)}, "regular@0", "HTTP(S) proxy"},
    {"EmptyData", "regular:", {Regular{}, {}}, "regular", "HTTP(S) proxy"},
    {"Transparent", "transparent", {Transparent{}, {}}, "transparent", "transparent proxy"},
    {"TransparentAtIpv6",
     "transparent@[::1]:8080",
     {Transparent{}, at("::1", 8080)},
     "transparent@[::1]:8080",
     "transparent proxy"},
    {"Socks", "socks5", {Socks5{}, {}}, "socks5", "SOCKS5 proxy"},
    {"SocksWithHost", "socks5@127.0.0.1:9", {Socks5{}, at("127.0.0.1", 9)}, "socks5@127.0.0.1:9", "SOCKS5 proxy"},
    {"NameInAnyCase",
     "REVERSE:http://h",
     {Reverse{{"http", {"h", 80}}}, {}},
     "reverse:http://h:80",
     "reverse proxy to http://h:80"},
    {"ReverseIsHttps",
     "reverse:h",
     {Reverse{{"https", {"h", 443}}}, {}},
     "reverse:https://h:443",
     "reverse proxy to https://h:443"},
    {"ReverseWithPort",
     "reverse:h:8443",
     {Reverse{{"https", {"h", 8443}}}, {}},
     "reverse:https://h:8443",
     "reverse proxy to https://h:8443"},
    {"ReverseWithSlash",
     "reverse:https://h:443/",
     {Reverse{{"https", {"h", 443}}}, {}},
     "reverse:https://h:443",
     "reverse proxy to https://h:443"},
    {"ReverseOnPort",
     "reverse:http://localhost:8000@80",
     {Reverse{{"http", {"localhost", 8000}}}, at(80)},
     "reverse:http://localhost:8000@80",
     "reverse proxy to http://localhost:8000"},
    {"ReverseOfIpv6",
     "reverse:[::1]:80@[::1]:0",
     {Reverse{{"https", {"::1", 80}}}, at("::1", 0)},
     "reverse:https://[::1]:80@[::1]:0",
     "reverse proxy to https://[::1]:80"},
    {"ReverseOfIpv6WithoutPort",
     "reverse:http://[::1]",
     {Reverse{{"http", {"::1", 80}}}, {}},
     "reverse:http://[::1]:80",
     "reverse proxy to http://[::1]:80"},
    {"ReverseTcp",
     "reverse:tcp://db.test:5432",
     {Reverse{{"tcp", {"db.test", 5432}}}, {}},
     "reverse:tcp://db.test:5432",
     "reverse proxy to tcp://db.test:5432"},
    {"ReverseTls",
     "reverse:TLS://h:853",
     {Reverse{{"tls", {"h", 853}}}, {}},
     "reverse:tls://h:853",
     "reverse proxy to tls://h:853"},
    {"UpstreamIsHttp",
     "upstream:proxy.test",
     {Upstream{{plain("proxy.test", 80)}}, {}},
     "upstream:http://proxy.test:80",
     "HTTP(S) proxy (upstream: http://proxy.test:80)"},
    {"UpstreamOverTls",
     "upstream:https://proxy.test:3128@127.0.0.1:8081",
     {Upstream{{{http, true, {"proxy.test", 3128}}}}, at("127.0.0.1", 8081)},
     "upstream:https://proxy.test:3128@127.0.0.1:8081",
     "HTTP(S) proxy (upstream: https://proxy.test:3128)"},
    {"Folder",
     "multiupstream:/etc/a:b@81",
     {MultiUpstream{"/etc/a:b"}, at(81)},
     "multiupstream:/etc/a:b@81",
     "HTTP(S) proxy (multi-upstream: /etc/a:b)"},
    {"UpstreamSocks",
     "upstream:socks5://[::1]",
     {Upstream{{{socks5, false, {"::1", 1080}}}}, {}},
     "upstream:socks5://[::1]:1080",
     "HTTP(S) proxy (upstream: socks5://[::1]:1080)"},
    {"Chain",
     "upstream:http://a,socks5://b:9@81",
     {Upstream{{plain("a", 80), {socks5, false, {"b", 9}}}}, at(81)},
     "upstream:http://a:80,socks5://b:9@81",
     "HTTP(S) proxy (upstream: http://a:80,socks5://b:9)"},
    {"Credentials",
     "upstream:http://me:secret@h:3128",
     {Upstream{{plain("h", 3128, tunnel::Credentials{"me", "secret"})}}, {}},
     "upstream:http://me:***@h:3128",
     "HTTP(S) proxy (upstream: http://me:***@h:3128)"},
    {"CredentialsAndListener",
     "upstream:http://me:secret@h:3128@127.0.0.1:81",
     {Upstream{{plain("h", 3128, tunnel::Credentials{"me", "secret"})}}, at("127.0.0.1", 81)},
     "upstream:http://me:***@h:3128@127.0.0.1:81",
     "HTTP(S) proxy (upstream: http://me:***@h:3128)"},
    {"UserAndListener",
     "upstream:me@h@81",
     {Upstream{{plain("h", 80, tunnel::Credentials{"me", ""})}}, at(81)},
     "upstream:http://me:***@h:80@81",
     "HTTP(S) proxy (upstream: http://me:***@h:80)"},
    {"HostAndPortAndListener",
     "upstream:http://me:1234@proxy.test:3128",
     {Upstream{{plain("me", 1234)}}, at("proxy.test", 3128)},
     "upstream:http://me:1234@proxy.test:3128",
     "HTTP(S) proxy (upstream: http://me:1234)"},
    {"PasswordOfDigitsBeforeASlash",
     "upstream:http://me:1234@proxy.test:3128/",
     {Upstream{{plain("proxy.test", 3128, tunnel::Credentials{"me", "1234"})}}, {}},
     "upstream:http://me:***@proxy.test:3128",
     "HTTP(S) proxy (upstream: http://me:***@proxy.test:3128)"},
    {"PasswordOfDigitsInAChain",
     "upstream:http://me:1234@a,b@81",
     {Upstream{{plain("a", 80, tunnel::Credentials{"me", "1234"}), plain("b", 80)}}, at(81)},
     "upstream:http://me:***@a:80,http://b:80@81",
     "HTTP(S) proxy (upstream: http://me:***@a:80,http://b:80)"},
    {"CredentialsOfTheLast",
     "upstream:a,socks5://me:s%40%2C@b",
     {Upstream{{plain("a", 80), {socks5, false, {"b", 1080}, tunnel::Credentials{"me", "s@,"}}}}, {}},
     "upstream:http://a:80,socks5://me:***@b:1080",
     "HTTP(S) proxy (upstream: http://a:80,socks5://me:***@b:1080)"},
};
INSTANTIATE_TEST_SUITE_P(Row, P02_a_GoodMode, testing::ValuesIn(good), test::row_name);

struct BadCase {
    std::string_view name, text;
    Errc code;
    std::string_view marks;  ///< the caret line
    std::string_view message;
};
void PrintTo(BadCase const& row, std::ostream* out) { *out << row.name; }
class P02_a_BadMode : public testing::TestWithParam<BadCase> {};

TEST_P(P02_a_BadMode, IsRefusedAtItsPlace) {
    auto const& row = GetParam();
    auto const mode = parse_mode(row.text);
    ASSERT_TRUE(mode.has_error()) << to_string(*mode);
    EXPECT_EQ(mode.error().code, row.code);
    EXPECT_THAT(mode.error().message, HasSubstr(row.message));
    auto const described = describe(mode.error(), row.text);
    EXPECT_EQ(described.substr(described.rfind('\n') + 1), row.marks);
}

BadCase const bad[] = {
    {"Unknown", "foo", Errc::unknown_mode, "^^^", "unknown mode \"foo\"; known are regular,"},
    {"Empty", "", Errc::unknown_mode, "^", "unknown mode \"\""},
    {"Of12", "wireguard:x", Errc::unknown_mode, "^^^^^^^^^", "unknown mode"},
    {"DataForRegular", "regular:x", Errc::unexpected_data, "        ^", "regular takes nothing after a colon"},
    {"DataForSocks", "socks5:127.0.0.1", Errc::unexpected_data, "       ^^^^^^^^^", "takes nothing"},
    {"ReverseAlone", "reverse", Errc::missing_data, "       ^", "reverse needs a server after a colon"},
    {"ReverseOfNothing", "reverse:@80", Errc::missing_data, "        ^", "needs a server"},
    {"OfManyUpstreams", "multiupstream", Errc::missing_data, "             ^", "multiupstream needs a folder"},
    {"UpstreamAlone", "upstream", Errc::missing_data, "        ^", "upstream needs a proxy after a colon"},
    {"UpstreamOfNothing", "upstream:@80", Errc::missing_data, "         ^", "needs a proxy"},
    {"ServerWithCredentials", "reverse:a@b@81", Errc::bad_host, "        ^^^", "credentials have an option"},
    {"NoUser", "upstream:http://:x@h:1", Errc::bad_credentials, "                ^", "expected a user"},
    {"PortOfAProxy", "upstream:http://h:x@80", Errc::bad_port, "                  ^", "a number from 1 to 65535"},
    {"EmptyProxy", "upstream:a,,b", Errc::bad_host, "           ^", "expected a host"},
    {"TcpWithoutPort", "reverse:tcp://h", Errc::missing_port, "               ^", "tcp has none of its own"},
    {"ListenPortWord", "reverse:h@x", Errc::bad_port, "          ^", "a number from 0 to 65535"},
    {"ListenPortTooLarge", "regular@65536", Errc::bad_port, "        ^^^^^", "a number from 0 to 65535"},
    {"ListenPortEmpty", "regular@", Errc::bad_port, "        ^", "a number from 0 to 65535"},
    {"ListenPortNegative", "regular@-1", Errc::bad_port, "        ^^", "a number from 0 to 65535"},
    {"ListenHostEmpty", "regular@:80", Errc::bad_host, "        ^", "expected a host"},
    {"ListenHostWithoutBrackets", "regular@::1:80", Errc::bad_host, "        ^^^", "is written in brackets"},
    {"ServerPortWord", "reverse:http://h:x", Errc::bad_port, "                 ^", "a number from 1 to 65535"},
    {"ServerPortZero", "reverse:http://h:0", Errc::bad_port, "                 ^", "a number from 1 to 65535"},
    {"ServerPortEmpty", "reverse:http://h:", Errc::bad_port, "                 ^", "a number from 1 to 65535"},
    {"UpstreamFtp", "upstream:ftp://h:1", Errc::bad_scheme, "         ^^^", "one of the schemes http, https, socks5"},
    {"UpstreamTcp", "upstream:tcp://h:1", Errc::bad_scheme, "         ^^^", "one of the schemes http, https, socks5"},
    {"Path", "reverse:http://h/p", Errc::unexpected_path, "                ^^", "without a path"},
    {"Query", "reverse:http://h?p", Errc::unexpected_path, "                ^^", "without a path"},
    {"NoHost", "reverse:http://", Errc::bad_host, "               ^", "expected a host"},
    {"HostWithBlank", "reverse:http://a b", Errc::bad_host, "               ^^^", "not \"a b\""},
    {"ServerWithoutBrackets", "reverse:http://::1", Errc::bad_host, "               ^", "expected a host"},
};
INSTANTIATE_TEST_SUITE_P(Row, P02_a_BadMode, testing::ValuesIn(bad), test::row_name);

TEST(ModeFailure, ReportsWhereForATerminal) {
    auto const mode = parse_mode("reverse:http://h:x");
    EXPECT_EQ(describe(mode.error(), "reverse:http://h:x"),
              "mode:18: expected a port, a number from 1 to 65535\n"
              "reverse:http://h:x\n"
              "                 ^");
    EXPECT_THROW(mode.value(), OptionsError);
}

TEST(ModeFailure, StaysOneLineWhateverTheInput) {
    auto const mode = parse_mode("a\nb");
    EXPECT_EQ(
        describe(mode.error(), "a\nb"),
        "mode:1: unknown mode \"a\\nb\"; known are regular, transparent, socks5, reverse, upstream, multiupstream\n"
        "a b\n"
        "^^^");
}

// --- what layers ask -------------------------------------------------------------------------------------------------

struct TraitsCase {
    std::string_view text;
    FirstLayer first_layer;
    Protocol protocol = Protocol::any;
    bool is_explicit = true, is_redirected = false;
    std::string_view fixed_server{}, upstream_proxies{};
};
void PrintTo(TraitsCase const& row, std::ostream* out) { *out << row.text; }
class ModeTraits : public testing::TestWithParam<TraitsCase> {};

std::string text_of(flow::ServerSpec const* server) { return server == nullptr ? "" : to_string(*server); }

TEST_P(ModeTraits, MatchWhatLayersAsk) {
    auto const& row = GetParam();
    auto const mode = *parse_mode(row.text);
    auto const traits = traits_of(mode);
    EXPECT_EQ(traits.first_layer, row.first_layer);
    EXPECT_EQ(traits.protocol, row.protocol);
    EXPECT_EQ(traits.is_explicit, row.is_explicit);
    EXPECT_EQ(traits.is_redirected, row.is_redirected);
    EXPECT_EQ(text_of(traits.fixed_server), row.fixed_server);
    EXPECT_EQ(tunnel::to_string(traits.upstream_proxies), row.upstream_proxies);
}
INSTANTIATE_TEST_SUITE_P(
    Row, ModeTraits,
    testing::Values(TraitsCase{"regular", FirstLayer::http_proxy}, TraitsCase{"socks5", FirstLayer::socks5},
                    TraitsCase{"transparent", FirstLayer::transparent, Protocol::any, false, true},
                    TraitsCase{"reverse:http://h", FirstLayer::reverse, Protocol::http, false, false, "http://h:80"},
                    TraitsCase{"reverse:h", FirstLayer::reverse, Protocol::http, false, false, "https://h:443"},
                    TraitsCase{"reverse:tcp://h:1", FirstLayer::reverse, Protocol::tcp, false, false, "tcp://h:1"},
                    TraitsCase{"reverse:tls://h:1", FirstLayer::reverse, Protocol::tcp, false, false, "tls://h:1"},
                    TraitsCase{"multiupstream:x", FirstLayer::http_proxy},
                    TraitsCase{"upstream:p:3128", FirstLayer::http_proxy, Protocol::any, true, false, "",
                               "http://p:3128"}));

// --- listening -------------------------------------------------------------------------------------------------------

struct ListenCase {
    std::string_view name, text;
    Listen options;
    Endpoint endpoint;
};
void PrintTo(ListenCase const& row, std::ostream* out) { *out << row.name; }
class P02_ListenAddress : public testing::TestWithParam<ListenCase> {};
TEST_P(P02_ListenAddress, TakesTheNearestSetting) {
    EXPECT_EQ(listen_endpoint(*parse_mode(GetParam().text), GetParam().options), GetParam().endpoint);
}
INSTANTIATE_TEST_SUITE_P(
    Row, P02_ListenAddress,
    testing::Values(ListenCase{"Default", "regular", {}, {"", 8080}}, ListenCase{"Socks", "socks5", {}, {"", 1080}},
                    ListenCase{"Reverse", "reverse:h", {}, {"", 8080}},
                    ListenCase{"OptionForRegular", "regular", at(81), {"", 81}},
                    ListenCase{"OptionForSocks", "socks5", at(81), {"", 81}},
                    ListenCase{"OptionHost", "regular", {"127.0.0.1", {}}, {"127.0.0.1", 8080}},
                    ListenCase{"AtOverOption", "regular@82", at("127.0.0.1", 81), {"127.0.0.1", 82}},
                    ListenCase{"AtHostOverOption", "socks5@[::1]:82", at("127.0.0.1", 81), {"::1", 82}}),
    test::row_name);

TEST(Listeners, P02_TwoOnOneAddressAreRefused) {
    auto const check = [](std::string_view one, std::string_view other, Listen const& options = {}) {
        return check_listeners({*parse_mode(one), *parse_mode(other)}, options);
    };
    EXPECT_TRUE(check("regular", "socks5").has_value());
    EXPECT_TRUE(check("regular@0", "socks5@0").has_value());
    EXPECT_TRUE(check("regular@127.0.0.1:80", "regular@127.0.0.2:80").has_value());
    EXPECT_TRUE(check("regular@1", "regular@2").has_value());
    auto const same = check("regular", "reverse:h");
    ASSERT_TRUE(same.has_error());
    EXPECT_EQ(same.error().code, Errc::duplicate);
    EXPECT_EQ(same.error().message, "the modes regular and reverse:https://h:443 would both listen at *:8080");
    EXPECT_TRUE(check("regular", "socks5", at(81)).has_error());
}

// --- flags -----------------------------------------------------------------------------------------------------------

TEST(ModeFlags, AreModes) {
    EXPECT_EQ(*choose_modes({}, {}), std::vector{Mode{}});
    EXPECT_EQ(choose_modes({}, {.reverse = "http://h"})->front().is,
              (decltype(Mode::is)(Reverse{{"http", {"h", 80}}})));
    EXPECT_EQ(choose_modes({}, {.upstream = "h:3128"})->front().is, (decltype(Mode::is)(Upstream{{plain("h", 3128)}})));
    EXPECT_EQ(choose_modes({}, {.transparent = true})->front().is, decltype(Mode::is)(Transparent{}));
}

TEST(ModeFlags, SocksListensOnTheUsualPort) {
    auto const modes = *choose_modes({}, {.socks = true});
    EXPECT_EQ(listen_endpoint(modes.front()).port, 8080);
    EXPECT_EQ(listen_endpoint(modes.front(), at(81)).port, 81);
}

TEST(ModeFlags, P02_StandBesideModes) {
    auto const modes = *choose_modes({"regular@1", "socks5@2"}, {});
    ASSERT_EQ(modes.size(), 2U);
    EXPECT_EQ(to_string(modes[0]), "regular@1");
    EXPECT_EQ(to_string(modes[1]), "socks5@2");
    EXPECT_TRUE(check_listeners(modes).has_value());
}

TEST(ModeFlags, P02_c_ExcludeEachOther) {
    auto const chosen = choose_modes({}, {.reverse = "http://x", .transparent = true});
    ASSERT_TRUE(chosen.has_error());
    EXPECT_EQ(chosen.error().code, Errc::exclusive);
    EXPECT_EQ(chosen.error().message, "only one of -R, -U, -T and --socks can be given");
}

TEST(ModeFlags, PassFailuresOn) {
    EXPECT_EQ(choose_modes({}, {.reverse = "ftp://x"}).error().code, Errc::bad_scheme);
    EXPECT_EQ(choose_modes({"foo"}, {}).error().code, Errc::unknown_mode);
}

}  // namespace
}  // namespace pathology::proxycore::modes
