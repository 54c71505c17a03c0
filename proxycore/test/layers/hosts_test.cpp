#include <gmock/gmock.h>

#include "layers/hosts.hpp"
#include "support/row_name.hpp"

namespace pathology::proxycore::layers {
namespace {

std::vector<pattern::Pattern> compiled(std::vector<std::string> const& texts) {
    std::vector<pattern::Pattern> patterns;
    patterns.reserve(texts.size());
    for (auto const& text : texts) patterns.push_back(pattern::Pattern::compile(text, {pattern::Case::any}).value());
    return patterns;
}

struct Row {
    std::string_view name;
    std::vector<std::string> ignore{}, allow{}, hosts{};
    bool is_ignored = false;
};
class P15_Hosts : public testing::TestWithParam<Row> {};
TEST_P(P15_Hosts, AreIgnoredByTheirPatterns) {
    HostSettings settings;
    settings.ignore = compiled(GetParam().ignore);
    settings.allow = compiled(GetParam().allow);
    EXPECT_EQ(is_ignored(settings, GetParam().hosts), GetParam().is_ignored);
}

std::string const all_but_two = "^(?!example\\.com)(?!mitmproxy\\.org)";
INSTANTIATE_TEST_SUITE_P(
    Patterns, P15_Hosts,
    testing::Values(Row{"NoPatterns", {}, {}, {"origin.test:443"}, false},
                    Row{"TheWholeName", {"^origin\\.test:443$"}, {}, {"origin.test:443"}, true},
                    Row{"AnotherPort", {"^origin\\.test:443$"}, {}, {"origin.test:8443"}, false},
                    Row{"AnyCase", {"ORIGIN"}, {}, {"origin.test:443"}, true},
                    Row{"OneOfSeveralNames", {"origin"}, {}, {"10.0.0.1:443", "origin.test:443"}, true},
                    Row{"LookAheadSpares", {all_but_two}, {}, {"example.com:443"}, false},
                    Row{"LookAheadExemptsOthers", {all_but_two}, {}, {"other.test:443"}, true},
                    Row{"OnTheAllowList", {}, {"origin"}, {"origin.test:443"}, false},
                    Row{"NotOnTheAllowList", {}, {"origin"}, {"other.test:443"}, true},
                    Row{"AllowedAndIgnored", {"origin"}, {"test"}, {"origin.test:443"}, true},
                    Row{"OneNameIsAllowed", {}, {"origin"}, {"10.0.0.1:443", "origin.test:443"}, false},
                    Row{"NobodyKnowsWhere", {"."}, {"x"}, {}, false}),
    pathology::test::row_name);

TEST(P14_Hosts, AreTcpWithAndWithoutTheirPort) {
    HostSettings settings;
    settings.tcp = compiled({"^mail\\.test$", "db\\.test:5432"});
    EXPECT_TRUE(is_tcp(settings, {"mail.test:25"}));
    EXPECT_TRUE(is_tcp(settings, {"10.0.0.1:25", "Mail.test:443"}));
    EXPECT_TRUE(is_tcp(settings, {"db.test:5432"}));
    EXPECT_FALSE(is_tcp(settings, {"db.test:80"}));
    EXPECT_FALSE(is_tcp(settings, {}));
}

/// A pattern that is given up is neither a match nor none, for each of the options.
TEST(Hosts, TellWhichOptionHasAPatternThatIsGivenUp) {
    using testing::HasSubstr;
    using testing::ThrowsMessage;
    std::vector<std::string> const endless{std::string(60, 'a') + "!:443"};
    HostSettings ignoring, allowing, tcp;
    ignoring.ignore = allowing.allow = tcp.tcp = compiled({"^(a+)+$"});
    EXPECT_THAT([&] { is_ignored(ignoring, endless); },
                ThrowsMessage<HostPatternError>(HasSubstr("ignore_hosts: the regular expression '^(a+)+$'")));
    EXPECT_THAT([&] { is_ignored(allowing, endless); }, ThrowsMessage<HostPatternError>(HasSubstr("allow_hosts: ")));
    EXPECT_THAT([&] { is_tcp(tcp, endless); }, ThrowsMessage<HostPatternError>(HasSubstr("tcp_hosts: ")));
}

}  // namespace
}  // namespace pathology::proxycore::layers
