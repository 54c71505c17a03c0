// What the files may have, and what is read from them.
#include <gtest/gtest.h>

#include <pathology/proxycore/multiupstream/configuration.hpp>
#include <string>
#include <string_view>

#include "multiupstream/summary.hpp"

namespace pathology::proxycore::multiupstream {
namespace {

struct FormCase {
    std::string_view name, file;
    std::string text;  ///< the whole file, or the fields behind the name `a` of the only proxy
    std::string summary;
};

class P80_Form : public testing::TestWithParam<FormCase> {};

TEST_P(P80_Form, IsRead) {
    auto const& row = GetParam();
    EXPECT_EQ(summary(load_texts({{std::string(row.file), row.text}})), row.summary);
}

/// A file of one proxy with the name `a`, the default rule and these fields, in YAML.
std::string one(std::string_view fields) {
    return "proxies: [{name: a, rules: [{type: default}], " + std::string(fields) + "}]\n";
}

/// The same in JSON.
std::string one_json(std::string_view fields) {
    return R"({"proxies": [{"name": "a", "rules": [{"type": "default"}], )" + std::string(fields) + "}]}\n";
}

INSTANTIATE_TEST_SUITE_P(
    Values, P80_Form,
    testing::Values(
        FormCase{"WeightIsOneUnlessGiven", "a.yaml", one("url: 'http://h'"), "a http://h:80 1; default\n"},
        FormCase{"LargestWeight", "a.yaml", one("url: 'http://h', weight: 4294967295"),
                 "a http://h:80 4294967295; default\n"},
        FormCase{"HexadecimalWeight", "a.yaml", one("url: 'http://h', weight: 0x10"), "a http://h:80 16; default\n"},
        FormCase{"LeadingZeroIsDecimal", "a.yaml", one("url: 'http://h', weight: 010"), "a http://h:80 10; default\n"},
        FormCase{"Https", "a.yaml", one("url: HTTPS://h/"), "a https://h:443 1; default\n"},
        FormCase{"Socks5h", "a.yaml", one("url: 'socks5h://[::1]'"), "a socks5://[::1]:1080 1; default\n"},
        FormCase{"ChainIsNamedAlike", "a.yaml", one("url: 'http://x:1,https://u:p@y:2,socks5://z'"),
                 "a http://x:1,https://u:***@y:2,socks5://z:1080 [u|p] 1; default\n"},
        FormCase{"ValueOfDefault", "a.yaml",
                 "proxies: [{name: a, url: 'http://h', rules: [{type: default, value: true}]}]",
                 "a http://h:80 1; default\n"},
        FormCase{
            "Ports", "a.json",
            R"({"proxies":[{"name":"a","url":"http://h","rules":[{"type":"port","port":1},{"port":65535,"type":"port"}]}]})",
            "a http://h:80 1; port 1; port 65535\n"},
        FormCase{"WordsOfYaml11AreText", "a.yaml",
                 "proxies: [{name: yes, url: 'http://h', rules: [{type: host_pattern, pattern: off}]}]",
                 "yes http://h:80 1; host_pattern off\n"},
        FormCase{"QuotedNumbersAreText", "a.yaml",
                 "proxies: [{name: '1', url: 'http://h', rules: [{type: host_pattern, pattern: \"true\"}]}]",
                 "1 http://h:80 1; host_pattern true\n"},
        FormCase{"AddressesAreText", "a.yaml",
                 "proxies: [{name: 1.2.3, url: 'http://h', rules: [{type: host_pattern, pattern: 127.0.0.1}]}]",
                 "1.2.3 http://h:80 1; host_pattern 127.0.0.1\n"},
        FormCase{"OneDocumentWithItsMarks", "a.yaml", "%YAML 1.2\n---\n" + one("url: 'http://h'") + "...\n# the end\n",
                 "a http://h:80 1; default\n"},
        FormCase{"NoLineEndAtTheEnd", "a.yaml", "proxies:\n- name: a\n  rules: [{type: default}]\n  url: http://h",
                 "a http://h:80 1; default\n"},
        FormCase{"NonAsciiNames", "a.yaml",
                 "proxies: [{name: \"Kölner Büro ☎\", url: 'http://h', rules: [{type: default}]}]",
                 "Kölner Büro ☎ http://h:80 1; default\n"},
        FormCase{"EscapesOfYaml", "a.yaml",
                 R"(proxies: [{name: "\u00e4\x41\U0001F600", url: 'http://h', rules: [{type: default}]}])",
                 "äA😀 http://h:80 1; default\n"},
        FormCase{
            "EscapesOfJson", "a.json",
            R"({"proxies": [{"name": "\u00e4\/\ud83d\ude00", "url": "http://h", "rules": [{"type": "default"}]}]})",
            "ä/😀 http://h:80 1; default\n"}),
    [](auto const& row) { return std::string(row.param.name); });

INSTANTIATE_TEST_SUITE_P(
    Aliases, P80_Form,
    testing::Values(FormCase{"OfRules", "a.yaml", R"(proxies:
  - {name: a, url: "http://h", rules: &all [{type: default}]}
  - {name: b, url: "http://i", rules: *all}
)",
                             "a http://h:80 1; default\nb http://i:80 1; default\n"},
                    FormCase{"OfAScalar", "a.yaml",
                             "proxies: [{name: &n a, url: 'http://h', rules: [{type: host_pattern, pattern: *n}]}]",
                             "a http://h:80 1; host_pattern a\n"},
                    FormCase{"AnchorAgain", "a.yaml",
                             "proxies: [{name: &n a, url: 'http://h', rules: [{type: host_pattern, pattern: &n b}, "
                             "{type: host_pattern, pattern: *n}]}]",
                             "a http://h:80 1; host_pattern b; host_pattern b\n"},
                    FormCase{"MergedMapping", "a.yaml", R"(common: &common
  weight: 4
  rules: [{type: default}]
proxies:
  - {<<: *common, name: a, url: "http://h"}
  - {name: b, url: "http://i", weight: 5, <<: *common}
)",
                             "a http://h:80 4; default\nb http://i:80 5; default\n"
                             "warning: a.yaml:1: common: unknown key, which is ignored; the only one is proxies\n"},
                    FormCase{"TheFirstMergedMappingWins", "a.yaml",
                             R"(x: [&x {weight: 2}, &y {weight: 3, url: "http://h"}]
proxies:
  - {<<: [*x, *y], name: a, rules: [{type: default}]}
)",
                             "a http://h:80 2; default\nwarning: a.yaml:1: x: unknown key, which is ignored; the only "
                             "one is proxies\n"}),
    [](auto const& row) { return std::string(row.param.name); });

constexpr std::string_view special = " [a@b|p:w/ä%] 1; default\n";

INSTANTIATE_TEST_SUITE_P(
    Credentials, P80_Form,
    testing::Values(
        FormCase{"UrlIsDecoded", "a.yaml", one("url: 'http://a%40b:p%3Aw%2F%C3%A4%25@h'"),
                 "a http://a%40b:***@h:80" + std::string(special)},
        FormCase{"FieldsAreLiteral", "a.yaml", one("url: 'http://h', username: a@b, password: 'p:w/ä%'"),
                 "a http://a%40b:***@h:80" + std::string(special)},
        FormCase{"FieldsAreLiteralInJson", "a.json",
                 one_json(R"("url": "socks5://h:1", "username": "a@b", "password": "p:w\/\u00e4%")"),
                 "a socks5://a%40b:***@h:1" + std::string(special)},
        FormCase{"FieldsAreNotDecoded", "a.yaml", one("url: 'http://h', username: '%41', password: '%42,http://x'"),
                 "a http://%2541:***@h:80 [%41|%42,http://x] 1; default\n"},
        FormCase{"UserAlone", "a.yaml", one("url: 'http://h', username: u"), "a http://u:***@h:80 [u|] 1; default\n"},
        FormCase{"EmptyPassword", "a.yaml", one("url: 'http://h', username: u, password: ''"),
                 "a http://u:***@h:80 [u|] 1; default\n"},
        FormCase{"UserAloneInTheUrl", "a.yaml", one("url: 'http://u@h'"), "a http://u:***@h:80 [u|] 1; default\n"},
        FormCase{"OfTheLastProxyOfAChain", "a.yaml", one("url: 'http://x:y@g,socks5://h', username: u, password: p"),
                 "a http://x:***@g:80,socks5://u:***@h:1080 [x|y] [u|p] 1; default\n"},
        FormCase{"UrlWins", "a.yaml", one("url: 'http://x:y@h', username: u, password: p"),
                 "a http://x:***@h:80 [x|y] 1; default\n"
                 "warning: a.yaml:1: proxies[0].username: ignored: the url of the proxy a has credentials, which are "
                 "used\n"}),
    [](auto const& row) { return std::string(row.param.name); });

TEST(LoadTexts, P80_c_ProxiesYamlIsFirstAndTheRestInByteOrder) {
    auto const file = [](std::string_view name, std::string const& file_name) {
        return SourceText{file_name,
                          "proxies: [{name: '" + std::string(name) + "', url: 'http://h', rules: [{type: default}]}]"};
    };
    auto const loaded = load_texts(
        {file("6", "proxies_socks5.yaml"),
         file("3", "a.yml"),
         file("1", "proxies.yaml"),
         file("2", "Z.yaml"),
         file("4", "proxies.yml"),
         file("7", "\xc3\xa4.yaml"),
         {"proxies_a.json", R"({"proxies": [{"name": "5", "url": "http://h", "rules": [{"type": "default"}]}]})"}});
    ASSERT_TRUE(loaded) << to_string(loaded.error());
    std::string order;
    for (auto const& upstream : loaded->configuration.upstreams) order += upstream.name;
    EXPECT_EQ(order, "1234567");
}

}  // namespace
}  // namespace pathology::proxycore::multiupstream
