// Mistakes in the fields of proxies and rules.
#include <gtest/gtest.h>

#include <string>
#include <string_view>

#include "multiupstream/mistake_case.hpp"

namespace pathology::proxycore::multiupstream {
namespace {

class P80_Field : public testing::TestWithParam<MistakeCase> {};

TEST_P(P80_Field, P80_d_HasItsMessage) { expect_mistakes(GetParam()); }

MistakeCase field(std::string_view name, std::string_view text, std::string_view mistake) {
    return {name, "f.yaml", file_with(text), "f.yaml:3: proxies[0]." + std::string(mistake)};
}

/// A rule on the fourth line.
MistakeCase rule(std::string_view name, std::string_view text, std::string_view mistake) {
    return {name, "f.yaml", "proxies:\n- name: a\n  url: http://h\n  rules: [" + std::string(text) + "]\n",
            "f.yaml:4: proxies[0].rules" + std::string(mistake)};
}

constexpr std::string_view whole_weight = "expected an integer from 1 to 4294967295, not ";
constexpr std::string_view whole_port = "expected an integer from 1 to 65535, not ";

MistakeCase weight(std::string_view name, std::string_view value, std::string_view not_this) {
    return field(name, "weight: " + std::string(value) + "\n  url: http://h",
                 "weight: " + std::string(whole_weight) + std::string(not_this));
}

MistakeCase port(std::string_view name, std::string_view value, std::string_view not_this) {
    return rule(name, "{type: port, port: " + std::string(value) + "}",
                "[0].port: " + std::string(whole_port) + std::string(not_this));
}

INSTANTIATE_TEST_SUITE_P(
    Fields, P80_Field,
    testing::Values(
        field("Unknown", "wieght: 3\n  url: http://h",
              "wieght: unknown field; known are name, url, weight, username, password, rules"),
        MistakeCase{"NoMapping", "f.yaml", "proxies:\n- http://h\n",
                    "f.yaml:2: proxies[0]: expected a mapping with the fields name, url and rules, not text"},
        MistakeCase{"AllMissing", "f.yaml", "proxies:\n- weight: 1\n",
                    "f.yaml:2: proxies[0].name: the field is missing\nf.yaml:2: proxies[0].url: the field is missing\n"
                    "f.yaml:2: proxies[0].rules: the field is missing"},
        MistakeCase{"KeyTwice", "f.yaml",
                    "proxies:\n- name: a\n  url: http://h\n  rules: [{type: default}]\n  name: b\n",
                    "f.yaml:5: proxies[0].name: the same key is on line 2; remove one of them"},
        MistakeCase{"NumberAsName", "f.yaml", "proxies:\n- name: 7\n  url: http://h\n  rules: [{type: default}]\n",
                    "f.yaml:2: proxies[0].name: expected text, which is written in quotes here, not an integer"},
        MistakeCase{"EmptyName", "f.json",
                    "{\"proxies\": [{\n\"name\": \"\", \"url\": \"http://h\", \"rules\": [{\"type\": \"default\"}]}]}",
                    "f.json:2: proxies[0].name: expected text, not an empty one"},
        MistakeCase{"NullName", "f.json",
                    "{\"proxies\": [{\n\"name\": null, \"url\": \"http://h\", \"rules\": [{\"type\": \"default\"}]}]}",
                    "f.json:2: proxies[0].name: expected text, not nothing"},
        MistakeCase{"ControlCharacter", "f.yaml",
                    "proxies:\n- name: \"a\\tb\"\n  url: http://h\n  rules: [{type: default}]\n",
                    "f.yaml:2: proxies[0].name: a control character, such as a tab or the end of a line"},
        MistakeCase{"LongName", "f.yaml",
                    "proxies:\n- name: " + std::string(256, 'a') + "\n  url: http://h\n  rules: [{type: default}]\n",
                    "f.yaml:2: proxies[0].name: longer than 255 bytes"},
        field("ListAsUrl", "url: [http://h]", "url: expected text, not a list"),
        field("EmptyUrl", "url: ''", "url: expected text, not an empty one"),
        field("NoScheme", "url: h:80",
              "url: expected http://host:port, with http, https or socks5 as the scheme; between proxies of a "
              "chain is "
              "a comma, which is %2C within a password"),
        field("CommaInPassword", "url: http://u:pass,word@h",
              "url: expected http://host:port, with http, https or socks5 as the scheme; between proxies of a "
              "chain is "
              "a comma, which is %2C within a password"),
        field("CommaAtTheEnd", "url: 'http://h,'",
              "url: expected http://host:port, with http, https or socks5 as the scheme; between proxies of a "
              "chain is "
              "a comma, which is %2C within a password"),
        field("OtherScheme", "url: ftp://h", "url: expected one of the schemes http, https, socks5"),
        field("NoHost", "url: http://:80", "url: expected a host"),
        field("Path", "url: http://h/x", "url: a proxy is host and port alone, without a path"),
        field("Query", "url: http://h?x", "url: a proxy is host and port alone, without a path"),
        field("PortOfUrl", "url: http://h:0", "url: expected a port, a number from 1 to 65535"),
        field("SecondOfTheChain", "url: 'http://h,http://i:0'",
              "url: proxy 2 of the chain: expected a port, a number from 1 to 65535"),
        field("PasswordAlone", "password: secret\n  url: http://h",
              "password: a password without a username; add the field username"),
        field("NumberAsPassword", "password: 123456\n  username: u\n  url: http://h",
              "password: expected text, which is written in quotes here, not an integer"),
        field("EmptyUser", "username: ''\n  url: http://h", "username: expected text, not an empty one"),
        field("ColonInUser", "username: 'a:b'\n  url: http://h",
              "username: an HTTP proxy cannot be sent a user with a colon (RFC 7617)"),
        field("LongPassword", "username: u\n  url: socks5://h\n  password: " + std::string(256, 'a'),
              "username: a SOCKS5 server takes user and password of up to 255 bytes (RFC 1929)"),
        weight("WeightZero", "0", "\"0\""), weight("NegativeWeight", "-1", "\"-1\""),
        weight("BrokenWeight", "1.5", "a number"), weight("ExponentWeight", "1e1", "a number"),
        weight("TextWeight", "\"3\"", "text"), weight("BooleanWeight", "true", "true or false"),
        weight("NoWeight", "", "nothing"), weight("LargeWeight", "4294967296", "\"4294967296\""),
        weight("HugeWeight", "99999999999999999999", "\"99999999999999999999\""),
        weight("InfiniteWeight", ".inf", "a number"), weight("ListAsWeight", "[1]", "a list"),
        MistakeCase{
            "HugeWeightInJson", "f.json",
            "{\"proxies\": [{\"name\": \"a\", \"url\": \"http://h\", \"rules\": [{\"type\": "
            "\"default\"}],\n\"weight\": 99999999999999999999\n}]}",
            "f.json:2: proxies[0].weight: expected an integer from 1 to 4294967295, not \"99999999999999999999\""},
        MistakeCase{"IntegralDoubleInJson", "f.json",
                    "{\"proxies\": [{\"name\": \"a\", \"url\": \"http://h\", \"rules\": [{\"type\": "
                    "\"default\"}],\n\"weight\": 2.0\n}]}",
                    "f.json:2: proxies[0].weight: expected an integer from 1 to 4294967295, not a number"}),
    name_of);

INSTANTIATE_TEST_SUITE_P(
    Rules, P80_Field,
    testing::Values(
        rule("NoRule", "", ": expected at least one item in the list"),
        rule("TextAsRule", "default", "[0]: expected a mapping with the fields type and pattern or port, not text"),
        rule("NoType", "{pattern: a}", "[0].type: the field is missing"),
        rule("UnknownType", "{type: hosts}", "[0].type: unknown type \"hosts\"; known are host_pattern, port, default"),
        rule("UpperCaseType", "{type: Default}",
             "[0].type: unknown type \"Default\"; known are host_pattern, port, default"),
        rule("SecondRule", "{type: default}, {type: 1}",
             "[1].type: expected text, which is written in quotes here, not an integer"),
        rule("NoPattern", "{type: host_pattern}", "[0].pattern: the field is missing"),
        rule("EmptyPattern", "{type: host_pattern, pattern: ''}", "[0].pattern: expected text, not an empty one"),
        rule("NumberAsPattern", "{type: host_pattern, pattern: 1}",
             "[0].pattern: expected text, which is written in quotes here, not an integer"),
        rule("LongPattern", "{type: host_pattern, pattern: '" + std::string(1025, '*') + "'}",
             "[0].pattern: longer than 1024 bytes, which no host is"),
        MistakeCase{"MisspeltField", "f.yaml",
                    "proxies:\n- name: a\n  url: http://h\n  rules:\n  - type: default\n    patern: a\n",
                    "f.yaml:6: proxies[0].rules[0].patern: unknown field; known are type, pattern, port, value"},
        rule("PatternOfPort", "{type: port, port: 1, pattern: a}",
             "[0].pattern: a field of rules of type host_pattern; this one has type port"),
        rule("PortOfPattern", "{type: host_pattern, pattern: a, port: 1}",
             "[0].port: a field of rules of type port; this one has type host_pattern"),
        rule("PortOfDefault", "{type: default, port: 1}",
             "[0].port: a field of rules of type port; this one has type default"),
        rule("ValueOfPort", "{type: port, port: 1, value: true}",
             "[0].value: a field of rules of type default; this one has type port"),
        rule("ValueIsFalse", "{type: default, value: false}",
             "[0].value: expected true, or no value: a rule of type default has no other"),
        rule("ValueIsText", "{type: default, value: 'true'}",
             "[0].value: expected true, or no value: a rule of type default has no other"),
        rule("NoPort", "{type: port}", "[0].port: the field is missing"), port("PortZero", "0", "\"0\""),
        port("LargePort", "65536", "\"65536\""), port("NegativePort", "-1", "\"-1\""),
        port("TextPort", "'443'", "text"), port("BrokenPort", "443.0", "a number"), port("PortRange", "80-90", "text")),
    name_of);

}  // namespace
}  // namespace pathology::proxycore::multiupstream
