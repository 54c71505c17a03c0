// What no message shows, and what is too large.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstddef>
#include <string>
#include <string_view>

#include "multiupstream/summary.hpp"

namespace pathology::proxycore::multiupstream {
namespace {

struct SecretCase {
    std::string_view name, file, text;
};

class Secret : public testing::TestWithParam<SecretCase> {};

TEST_P(Secret, IsInNoMessage) {
    auto const loaded = load_texts({{std::string(GetParam().file), std::string(GetParam().text)}});
    EXPECT_THAT(summary(loaded), testing::Not(testing::HasSubstr("s3cret"))) << "it was shown";
    EXPECT_FALSE(loaded);
}

INSTANTIATE_TEST_SUITE_P(
    Files, Secret,
    testing::Values(
        SecretCase{"NoBlankBehindTheColon", "a.yaml", "proxies: [{name: a, password:s3cret, url:http://u:s3cret@h}]"},
        SecretCase{"JsonWithoutQuote", "a.json", "{\"password\": \"s3cret\n"},
        SecretCase{"JsonLiteral", "a.json", "{\"password\": s3cret}"},
        SecretCase{"YamlWithoutQuote", "a.yaml", "proxies: [{password: 's3cret}]"},
        SecretCase{"SlashInUrl", "a.yaml", "proxies: [{url: 'http://u:s3cret/s3cret@h'}]"},
        SecretCase{"CommaInUrl", "a.yaml", "proxies: [{url: 'http://u:s3cret,s3cret@h'}]"},
        SecretCase{"NoHost", "a.yaml", "proxies: [{url: 'http://u:s3cret@'}]"},
        SecretCase{"NoScheme", "a.yaml", "proxies: [{url: 'u:s3cret@h'}]"},
        SecretCase{"ColonInUser", "a.yaml", "proxies: [{url: 'http://h', username: 'a:b', password: s3cret}]"},
        SecretCase{"ListAsPassword", "a.yaml", "proxies: [{url: 'http://h', username: a, password: [s3cret]}]"}),
    [](auto const& row) { return std::string(row.param.name); });

struct LimitCase {
    std::string_view name;
    std::string text;
    std::string_view mistake;
};

class P80_Limit : public testing::TestWithParam<LimitCase> {};

TEST_P(P80_Limit, IsReported) {
    auto const loaded = load_texts({{"a.yaml", GetParam().text}});
    ASSERT_FALSE(loaded);
    EXPECT_EQ(to_string(loaded.error().list.front()), GetParam().mistake);
    EXPECT_LE(loaded.error().list.size(), 1000U);
}

std::string repeated(std::string_view text, std::size_t count) {
    std::string out;
    for (std::size_t i = 0; i < count; ++i) out += text;
    return out;
}

/// Each level has the one before it ten times.
std::string alias_bomb(std::string_view first, std::string_view prefix) {
    auto text = "a0: &a0 " + std::string(first) + "\n";
    for (int i = 1; i < 12; ++i) {
        auto const alias = "*a" + std::to_string(i - 1) + ", ";
        text += "a" + std::to_string(i) + ": &a" + std::to_string(i) + " " + std::string(prefix) + "[" +
                repeated(alias, 9) + alias + "]\n";
    }
    return text;
}

std::string chained_aliases() {
    std::string text = "a0: &a0 [x]\n";
    for (int i = 1; i < 40; ++i)
        text += "a" + std::to_string(i) + ": &a" + std::to_string(i) + " [*a" + std::to_string(i - 1) + "]\n";
    return text;
}

INSTANTIATE_TEST_SUITE_P(
    Files, P80_Limit,
    testing::Values(
        LimitCase{"Size", std::string((std::size_t{4} << 20) + 1, ' '), "a.yaml: larger than 4 MiB"},
        LimitCase{"Depth", repeated("[", 40) + repeated("]", 40),
                  "a.yaml:1: column 33: lists and mappings are nested more than 32 levels deep"},
        LimitCase{"DepthOfALargeFile", repeated("- ", 1'000'000),
                  "a.yaml:1: column 65: lists and mappings are nested more than 32 levels deep"},
        LimitCase{"DepthOfAliases", chained_aliases(),
                  "a.yaml:31: column 12: lists and mappings are nested more than 32 levels deep"},
        LimitCase{"AliasBomb", alias_bomb("[x, x, x, x, x, x, x, x, x, x]", ""),
                  "a.yaml:6: column 20: more than 500000 values; an alias counts as all values that it stands for"},
        LimitCase{
            "Values", "proxies: [" + repeated("1,", 600'000) + "]",
            "a.yaml:1: column 1000005: more than 500000 values; an alias counts as all values that it stands for"},
        LimitCase{"Proxies", "proxies: [" + repeated("1,", 10'001) + "]", "a.yaml:1: proxies: more than 10000 proxies"},
        LimitCase{"Rules",
                  "proxies:\n- name: a\n  url: http://h\n  rules: [" + repeated("{type: default},", 1001) + "]",
                  "a.yaml:4: proxies[0].rules: more than 1000 rules"},
        LimitCase{"Mistakes", "proxies: [" + repeated("1,", 2000) + "]",
                  "a.yaml:1: proxies[0]: expected a mapping with the fields name, url and rules, not an integer"}),
    [](auto const& row) { return std::string(row.param.name); });

TEST(Mistakes, AreCutAtAThousand) {
    auto const loaded = load_texts({{"a.yaml", "proxies: [" + repeated("1,", 2000) + "]"}});
    ASSERT_FALSE(loaded);
    EXPECT_EQ(loaded.error().list.size(), 1000U);
    EXPECT_EQ(to_string(loaded.error().list.back()),
              "a.yaml: more mistakes than are listed here; correct those above first");
}

TEST(Mistakes, CountProxiesOfAllFiles) {
    auto const file = [](char prefix) {
        auto text = std::string("proxies:\n");
        for (int i = 0; i < 6000; ++i)
            text += std::string("- {name: ") + prefix + std::to_string(i) +
                    ", url: 'http://h', rules: [{type: default}]}\n";
        return text;
    };
    EXPECT_TRUE(load_texts({{"a.yaml", file('a')}}));
    EXPECT_EQ(summary(load_texts({{"a.yaml", file('a')}, {"b.yaml", file('b')}})),
              "b.yaml:4002: proxies[4000]: more than 10000 proxies in all files\n");
}

}  // namespace
}  // namespace pathology::proxycore::multiupstream
