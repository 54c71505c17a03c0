// The settings from environment and file (P85).
#include <pathology/proxycore/forwarder/settings.hpp>

#include <gmock/gmock.h>

#include <algorithm>
#include <cstdlib>
#include <functional>
#include <ostream>
#include <pathology/proxycore/errors.hpp>

#include "support/folder.hpp"
#include "support/row_name.hpp"

namespace pathology::proxycore::forwarder {
namespace {

using namespace std::chrono_literals;
using pathology::test::Folder;
using pathology::test::row_name;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;

Variable const token{"SYSTEM_TOKEN", "s3cret"};

/// A folder without a `.env` file.
EnvFile no_file(Folder const& folder) { return {folder.path() / ".env"}; }

EnvFile write_file(Folder const& folder, std::string const& text) { return {folder.write(".env", text)}; }

Settings read_one(Variable const& variable) {
    Folder const folder;
    return read_settings({token, variable}, no_file(folder)).settings;
}

/// The message of the OptionsError, empty if there is none.
std::string error_of(std::vector<Variable> const& environment, EnvFile const& file) {
    try {
        read_settings(environment, file);
    } catch (OptionsError const& error) {
        return error.what();
    }
    return {};
}

TEST(ForwarderSettings, P85_a_HaveTheirDefaults) {
    Folder const folder;
    auto const loaded = read_settings({token}, no_file(folder));
    auto const& settings = loaded.settings;
    EXPECT_EQ(settings.system_token, "s3cret");
    EXPECT_EQ(settings.base_url, "http://127.0.0.1:8000");
    EXPECT_EQ(settings.proxy_endpoint, "/proxy");
    EXPECT_EQ(settings.blacklist_endpoint, "/blacklist");
    EXPECT_EQ(settings.activity_endpoint, "/activity");
    EXPECT_EQ(settings.blacklist_refresh, 60s);
    EXPECT_EQ(settings.timeout, 30s);
    EXPECT_EQ(settings.listen_port, std::nullopt);
    EXPECT_EQ(settings.max_requests, 100U);
    EXPECT_TRUE(settings.requires_token);
    EXPECT_EQ(settings.default_token, "");
    EXPECT_FALSE(settings.forwards_token);
    EXPECT_TRUE(loaded.warnings.empty());
}

struct ValueCase {
    char const* name;
    Variable variable;
    std::function<bool(Settings const&)> is_set;
};
void PrintTo(ValueCase const& row, std::ostream* out) { *out << row.name; }
class P85_a_Variable : public testing::TestWithParam<ValueCase> {};

TEST_P(P85_a_Variable, SetsItsValue) { EXPECT_TRUE(GetParam().is_set(read_one(GetParam().variable))); }

#define SETS(expression) [](Settings const& settings) { return settings.expression; }
INSTANTIATE_TEST_SUITE_P(
    Forwarder, P85_a_Variable,
    testing::Values(
        ValueCase{"BaseUrl", {"FASTAPI_BASE_URL", "https://api.test:1/x//"}, SETS(base_url == "https://api.test:1/x")},
        ValueCase{"Proxy", {"FASTAPI_PROXY_ENDPOINT", "/a/b"}, SETS(proxy_endpoint == "/a/b")},
        ValueCase{"Blacklist", {"FASTAPI_BLACKLIST_ENDPOINT", "/c"}, SETS(blacklist_endpoint == "/c")},
        ValueCase{"Activity", {"FASTAPI_ACTIVITY_ENDPOINT", "/d"}, SETS(activity_endpoint == "/d")},
        ValueCase{"Refresh", {"BLACKLIST_REFRESH_SECONDS", "5"}, SETS(blacklist_refresh == 5s)},
        ValueCase{"Timeout", {"HTTPX_TIMEOUT", "2.5"}, SETS(timeout == 2500ms)},
        ValueCase{"TinyTimeout", {"HTTPX_TIMEOUT", "0.00001"}, SETS(timeout == 1ms)},
        ValueCase{"HugeTimeout", {"HTTPX_TIMEOUT", "1e300"}, SETS(timeout == 365 * 24h)},
        ValueCase{"Port", {"MITM_LISTEN_PORT", "65535"}, SETS(listen_port == 65535)},
        ValueCase{"Requests", {"MAX_CONCURRENT_REQUESTS", "2"}, SETS(max_requests == 2)},
        ValueCase{"Blanks", {"MAX_CONCURRENT_REQUESTS", " 2 "}, SETS(max_requests == 2)},
        ValueCase{"False", {"REQUIRE_USER_JWT", "False"}, SETS(requires_token == false)},
        ValueCase{"No", {"REQUIRE_USER_JWT", "no"}, SETS(requires_token == false)},
        ValueCase{"Zero", {"REQUIRE_USER_JWT", "0"}, SETS(requires_token == false)},
        ValueCase{"Off", {"REQUIRE_USER_JWT", "OFF"}, SETS(requires_token == false)},
        ValueCase{"Yes", {"FORWARD_USER_JWT", "yes"}, SETS(forwards_token)},
        ValueCase{"One", {"FORWARD_USER_JWT", "1"}, SETS(forwards_token)},
        ValueCase{"On", {"FORWARD_USER_JWT", "on"}, SETS(forwards_token)},
        ValueCase{"DefaultToken", {"DEFAULT_USER_JWT", "Bearer a.b.c"}, SETS(default_token == "Bearer a.b.c")},
        ValueCase{"DefaultTokenAlone", {"DEFAULT_USER_JWT", "a.b.c"}, SETS(default_token == "Bearer a.b.c")},
        ValueCase{"NoDefaultToken", {"DEFAULT_USER_JWT", ""}, SETS(default_token.empty())},
        ValueCase{"AnyCase", {"httpx_Timeout", "2"}, SETS(timeout == 2s)}),
    row_name);
#undef SETS

TEST(ForwarderSettings, P85_b_TheEnvironmentBeatsTheFile) {
    Folder const folder;
    auto const file = write_file(folder,
                                 "SYSTEM_TOKEN=of-file\nhttpx_timeout=1\nHTTPX_TIMEOUT=2\n"
                                 "BLACKLIST_REFRESH_SECONDS=7\nOTHER=x\n");
    auto const settings = read_settings({{"system_token", "of-environment"}, {"httpx_timeout", "9"}}, file).settings;
    EXPECT_EQ(settings.system_token, "of-environment");
    EXPECT_EQ(settings.timeout, 9s);
    EXPECT_EQ(settings.blacklist_refresh, 7s);
}

TEST(ForwarderSettings, P85_b_LaterLinesAndCapitalLettersWin) {
    Folder const folder;
    auto const file = write_file(folder, "BLACKLIST_REFRESH_SECONDS=1\nblacklist_refresh_seconds=2");
    EXPECT_EQ(read_settings({token}, file).settings.blacklist_refresh, 2s);
    auto const both = read_settings({{"Httpx_timeout", "1"}, {"HTTPX_TIMEOUT", "2"}, token}, file).settings;
    EXPECT_EQ(both.timeout, 2s);
}

TEST(ForwarderSettings, P85_b_BadLinesAreWarnings) {
    Folder const folder;
    auto const file = write_file(folder, "SYSTEM_TOKEN=a\nsecret words\n");
    auto const warnings = read_settings({}, file).warnings;
    EXPECT_THAT(warnings, ElementsAre(HasSubstr(".env:2: the line is ignored")));
    EXPECT_THAT(warnings.at(0), Not(HasSubstr("secret")));
}

struct InvalidCase {
    char const* name;
    Variable variable;
    std::string_view expected;
};
void PrintTo(InvalidCase const& row, std::ostream* out) { *out << row.name; }
class P85_c_InvalidValue : public testing::TestWithParam<InvalidCase> {};

TEST_P(P85_c_InvalidValue, IsNamedWithoutItsValue) {
    Folder const folder;
    auto const& [name, value] = GetParam().variable;
    auto const of_environment = error_of({token, {name, value}}, no_file(folder));
    EXPECT_THAT(of_environment, HasSubstr(name + " (environment): expected " + std::string(GetParam().expected)));
    if (value.size() > 3) {
        EXPECT_THAT(of_environment, Not(HasSubstr(value)));
    }
    auto const of_file = error_of({token}, write_file(folder, "\n" + name + "='" + value + "'"));
    EXPECT_THAT(of_file, HasSubstr(".env, line 2): expected " + std::string(GetParam().expected)));
}

INSTANTIATE_TEST_SUITE_P(
    Forwarder, P85_c_InvalidValue,
    testing::Values(InvalidCase{"Scheme", {"FASTAPI_BASE_URL", "ftp://host"}, "a URL"},
                    InvalidCase{"NoUrl", {"FASTAPI_BASE_URL", ""}, "a URL"},
                    InvalidCase{"Query", {"FASTAPI_BASE_URL", "http://host/?a"}, "a URL"},
                    InvalidCase{"User", {"FASTAPI_BASE_URL", "http://user:pass@host"}, "a URL"},
                    InvalidCase{"NoSlash", {"FASTAPI_PROXY_ENDPOINT", "proxy"}, "a path"},
                    InvalidCase{"BlankInPath", {"FASTAPI_BLACKLIST_ENDPOINT", "/a b"}, "a path"},
                    InvalidCase{"EmptyPath", {"FASTAPI_ACTIVITY_ENDPOINT", ""}, "a path"},
                    InvalidCase{"ZeroRefresh", {"BLACKLIST_REFRESH_SECONDS", "0"}, "a whole number from 1"},
                    InvalidCase{"Fraction", {"BLACKLIST_REFRESH_SECONDS", "1.5"}, "a whole number from 1"},
                    InvalidCase{"ZeroTimeout", {"HTTPX_TIMEOUT", "0"}, "a number of seconds"},
                    InvalidCase{"NegativeTimeout", {"HTTPX_TIMEOUT", "-1"}, "a number of seconds"},
                    InvalidCase{"NotANumber", {"HTTPX_TIMEOUT", "nan"}, "a number of seconds"},
                    InvalidCase{"Infinite", {"HTTPX_TIMEOUT", "inf"}, "a number of seconds"},
                    InvalidCase{"WithUnit", {"HTTPX_TIMEOUT", "30s"}, "a number of seconds"},
                    InvalidCase{"PortZero", {"MITM_LISTEN_PORT", "0"}, "a whole number from 1 to 65535"},
                    InvalidCase{"PortTooLarge", {"MITM_LISTEN_PORT", "65536"}, "a whole number from 1 to 65535"},
                    InvalidCase{"NoRequests", {"MAX_CONCURRENT_REQUESTS", "0"}, "a whole number from 1"},
                    InvalidCase{"Overflow", {"MAX_CONCURRENT_REQUESTS", "99999999999"}, "a whole number from 1"},
                    InvalidCase{"Maybe", {"REQUIRE_USER_JWT", "maybe"}, "true, false"},
                    InvalidCase{"EmptyFlag", {"FORWARD_USER_JWT", ""}, "true, false"},
                    InvalidCase{"ControlCharacter",
                                {"DEFAULT_USER_JWT",
                                 "Bearer a\x01"
                                 "b"},
                                "printable"}),
    row_name);

TEST(ForwarderSettings, P85_d_TheTokenIsRequired) {
    Folder const folder;
    EXPECT_THAT(error_of({}, no_file(folder)), HasSubstr("SYSTEM_TOKEN is not set"));
    EXPECT_THAT(error_of({{"SYSTEM_TOKEN", " "}}, no_file(folder)),
                HasSubstr("SYSTEM_TOKEN (environment): expected a token"));
    auto const control = error_of({{"SYSTEM_TOKEN", "abc\ndef"}}, no_file(folder));
    EXPECT_THAT(control, HasSubstr("SYSTEM_TOKEN (environment): expected printable"));
    EXPECT_THAT(control, Not(HasSubstr("abc")));
}

TEST(ForwarderSettings, P85_d_AFileThatIsGivenHasToBeReadable) {
    Folder const folder;
    EXPECT_THAT(error_of({token}, {folder.path() / "none", true}), HasSubstr("none does not exist"));
    EXPECT_THAT(error_of({token}, {folder.path(), true}), HasSubstr("is a directory"));
    EXPECT_EQ(error_of({token}, {folder.path() / "none", false}), "");
    auto const large = folder.write("large", std::string((1 << 20) + 1, '#'));
    EXPECT_THAT(error_of({token}, {large, true}), HasSubstr("larger than 1 MiB"));
}

TEST(ForwarderSettings, P85_b_TheEnvironmentOfTheProcessIsRead) {
    ::setenv("PATHOLOGY_FORWARDER_TEST", "a=b", 1);
    auto const all = process_environment();
    auto const is_it = [](Variable const& one) { return one.name == "PATHOLOGY_FORWARDER_TEST" && one.value == "a=b"; };
    EXPECT_EQ(std::count_if(all.begin(), all.end(), is_it), 1);
}

}  // namespace
}  // namespace pathology::proxycore::forwarder
