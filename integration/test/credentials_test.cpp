// Credentials of the programs, which no output has.
#include <gmock/gmock.h>

#include "pathop.hpp"
#include "support/row_name.hpp"

namespace pathology::integration {
namespace {

using testing::HasSubstr;
using testing::Not;

std::string const secret = "open sesame";
std::string const encoded = "dTpvcGVuIHNlc2FtZQ==";  // u:open sesame

struct CredentialsCase {
    std::string name;
    std::vector<std::string> arguments;
};
void PrintTo(CredentialsCase const& row, std::ostream* out) { *out << row.name; }
class B8_Pathop : public testing::TestWithParam<CredentialsCase> {
protected:
    static void expect_masked(Ended const& ended) {
        for (auto const& text : {ended.out, ended.err}) {
            EXPECT_THAT(text, Not(HasSubstr(secret)));
            EXPECT_THAT(text, Not(HasSubstr(encoded)));
        }
    }
};

TEST_P(B8_Pathop, MasksThoseForAServer) {
    Pathod origin({"-q"});
    auto arguments = GetParam().arguments;
    arguments.insert(arguments.end(),
                     {"--mode", "reverse:http://127.0.0.1:" + origin.port(), "--upstream-auth", "u:" + secret});
    Pathop pathop(arguments);
    EXPECT_EQ(curl({pathop.url("/p/200:b'hi'")}).out, "hi");
    auto const ended = pathop.stop();
    EXPECT_THAT(ended.out, HasSubstr("Basic ***"));
    expect_masked(ended);
    EXPECT_THAT(origin.stop().out, HasSubstr(encoded));
}

TEST_P(B8_Pathop, MasksThoseForAProxyAndOfClients) {
    Pathod const origin;
    auto with = [&](std::vector<std::string> more) {
        auto all = GetParam().arguments;
        all.insert(all.end(), more.begin(), more.end());
        return all;
    };
    Pathop outer(with({"--proxyauth", "u:" + secret}));
    Pathop inner(with({"--mode", "upstream:" + outer.url(), "--upstream-auth", "u:" + secret}));
    EXPECT_EQ(curl({"--noproxy", "", "--proxy", inner.url(), origin.url("/p/200:b'hi'")}).out, "hi");
    curl({"--noproxy", "", "--proxy", outer.url(), "--proxy-user", "v:" + secret, origin.url("/p/200:b'hi'")});
    curl(
        {"--noproxy", "", "--proxy", outer.url(), "--proxy-user", "v:" + secret, "--insecure", "https://127.0.0.1:1/"});
    auto const inside = inner.stop();
    EXPECT_THAT(inside.out, HasSubstr("Basic ***"));
    expect_masked(inside);
    auto const outside = outer.stop();
    EXPECT_THAT(outside.out, HasSubstr("Basic ***"));
    expect_masked(outside);
    EXPECT_THAT(outside.out, Not(HasSubstr("djpvcGVuIHNlc2FtZQ==")));  // v:open sesame
}

INSTANTIATE_TEST_SUITE_P(Forms, B8_Pathop,
                         testing::Values(CredentialsCase{"Fields", {"-d"}}, CredentialsCase{"All", {"-ddd", "-v"}},
                                         CredentialsCase{"Json", {"--json", "-v"}}),
                         test::row_name);

TEST(B8_Errors, DoNotQuotePasswords) {
    for (auto const& ended : {test::run(PATHOP_PROGRAM, {"--mode", "upstream:http://u:" + secret + "@proxy:3128"}),
                              test::run(PATHOP_PROGRAM, {"--mode", "reverse:https://u:" + secret + "@proxy"}),
                              test::run(PATHOP_PROGRAM, {"-U", "http://u:" + secret + "@proxy:3128"}),
                              test::run(PATHOP_PROGRAM, {"-R", "http://u:" + secret + "@proxy:3128"}),
                              test::run(PATHOC_PROGRAM, {"u:" + secret + "@proxy", "get:/"}),
                              test::run(PATHOC_PROGRAM, {"--socks", "u:" + secret + "@proxy", "localhost", "get:/"}),
                              test::run(PATHOC_PROGRAM, {"-c", "u:" + secret + "@proxy:1", "localhost", "get:/"})}) {
        EXPECT_NE(ended.status, 0);
        EXPECT_THAT(ended.err, Not(HasSubstr(secret)));
    }
}

}  // namespace
}  // namespace pathology::integration
