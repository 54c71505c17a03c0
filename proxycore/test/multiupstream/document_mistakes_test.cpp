// Files that are no documents, and documents without proxies.
#include <gtest/gtest.h>

#include <string>
#include <string_view>

#include "multiupstream/mistake_case.hpp"

namespace pathology::proxycore::multiupstream {
namespace {

class P80_Document : public testing::TestWithParam<MistakeCase> {};

TEST_P(P80_Document, P80_d_HasItsMessage) { expect_mistakes(GetParam()); }

INSTANTIATE_TEST_SUITE_P(
    Documents, P80_Document,
    testing::Values(
        MistakeCase{"EmptyFile", "f.yaml", "", "f.yaml: the file is empty; expected a mapping with the key proxies"},
        MistakeCase{"CommentsAlone", "f.yaml", "# none\n",
                    "f.yaml: the file is empty; expected a mapping with the key proxies"},
        MistakeCase{"EmptyJson", "f.json", "\xef\xbb\xbf \n",
                    "f.json: the file is empty; expected a mapping with the key proxies"},
        MistakeCase{"NullInJson", "f.json", "null",
                    "f.json: the file is empty; expected a mapping with the key proxies"},
        MistakeCase{"List", "f.yaml", "# a\n- name: a\n",
                    "f.yaml:2: expected a mapping with the key proxies, not a list"},
        MistakeCase{"Text", "f.yaml", "proxies", "f.yaml:1: expected a mapping with the key proxies, not text"},
        MistakeCase{"NoProxies", "f.yaml", "proxy: 1\n", "f.yaml:1: proxies: the field is missing"},
        MistakeCase{"EmptyList", "f.yaml", "x: 1\nproxies: []\n",
                    "f.yaml:2: proxies: expected at least one item in the list"},
        MistakeCase{"NoList", "f.yaml", "proxies:\n", "f.yaml:1: proxies: expected a list, not nothing"},
        MistakeCase{"MappingOfProxies", "f.yaml", "proxies:\n  a: {url: x}\n",
                    "f.yaml:1: proxies: expected a list, not a mapping"},
        MistakeCase{"ProxiesTwice", "f.json",
                    "{\"proxies\": [{\"name\": \"a\", \"url\": \"http://h\", \"rules\": [{\"type\": "
                    "\"default\"}]}],\n\"proxies\": 1}",
                    "f.json:2: proxies: the same key is on line 1; remove one of them"},
        MistakeCase{"Binary", "f.yaml", std::string("a: 1\n\0b", 7),
                    "f.yaml: a zero byte: the file is binary, or in an encoding other than UTF-8"},
        MistakeCase{"Utf16", "f.yaml",
                    std::string("\xff\xfe"
                                "a\0:\0",
                                6),
                    "f.yaml: a zero byte: the file is binary, or in an encoding other than UTF-8"},
        MistakeCase{"Latin1", "f.yaml", "a: 1\n\nb: \xe4\n",
                    "f.yaml:3: bytes that are not UTF-8; the files are in UTF-8"},
        MistakeCase{"CutCharacter", "f.json", "{}\n\xc3", "f.json:2: bytes that are not UTF-8; the files are in UTF-8"},
        MistakeCase{"TwoDocuments", "f.yaml", file_with("url: http://h") + "---\nproxies: []\n",
                    "f.yaml:5: column 1: a second document begins here, and a file has one"}),
    name_of);

INSTANTIATE_TEST_SUITE_P(
    Syntax, P80_Document,
    testing::Values(
        MistakeCase{"FlowWithoutEnd", "f.yaml", "proxies: [\n  {name: a}\n",
                    "f.yaml:2: end of sequence flow not found"},
        MistakeCase{"BadIndentation", "f.yaml", "proxies:\n  - name: a\n   url: b\n",
                    "f.yaml:3: column 4: end of sequence not found"},
        MistakeCase{"Tab", "f.yaml", "proxies:\n\t- name: a\n\t  url: b\n", "f.yaml:2: column 2: illegal block entry"},
        MistakeCase{"QuoteWithoutEnd", "f.yaml", "proxies:\n- name: \"a\n  url: http://h\n",
                    "f.yaml:3: the file ends within a quoted text; its closing quote is missing"},
        MistakeCase{"SingleQuoteWithoutEnd", "f.yaml", "proxies: [{name: 'a",
                    "f.yaml:1: the file ends within a quoted text; its closing quote is missing"},
        MistakeCase{"PatternWithoutQuotes", "f.yaml",
                    "proxies:\n- rules:\n  - type: host_pattern\n    pattern: *.a.test\n",
                    "f.yaml:4: column 14: the referenced anchor is not defined; a text that begins with * is written "
                    "in quotes"},
        MistakeCase{"AsteriskWithoutQuotes", "f.yaml", "pattern: *\n",
                    "f.yaml:1: column 11: alias not found after *; a text that begins with * is written in quotes"},
        MistakeCase{"TagOfScalar", "f.yaml", file_with("url: !!str http://h"),
                    "f.yaml:3: column 8: tags are not supported; leave it out"},
        MistakeCase{"TagOfMapping", "f.yaml", "a: 1\nproxies: !x {}\n",
                    "f.yaml:2: column 10: tags are not supported; leave it out"},
        MistakeCase{"TagOfList", "f.yaml", "proxies: !<tag:x> []\n",
                    "f.yaml:1: column 10: tags are not supported; leave it out"},
        MistakeCase{"AliasOfItself", "f.yaml", "proxies: &p [*p]\n",
                    "f.yaml:1: column 14: an alias within the value that it stands for"},
        MistakeCase{"KeyIsAList", "f.yaml", "? [a]\n: b\n",
                    "f.yaml:1: expected a text as the key of a mapping, not a list"},
        MistakeCase{"MergeOfText", "f.yaml", "proxies:\n- <<: a\n", "f.yaml:2: << merges mappings, not text"},
        MistakeCase{"MergeOfAListOfText", "f.yaml", "proxies:\n- <<: [{a: 1}, b]\n",
                    "f.yaml:2: << merges mappings, not text"},
        MistakeCase{"Trailing", "f.json", "{\"proxies\": []}\n}",
                    "f.json:2: column 1: syntax error while parsing value - unexpected '}'; expected end of input"},
        MistakeCase{"NotJson", "f.json", "proxies: []\n",
                    "f.json:1: column 1: syntax error while parsing value - invalid literal"},
        MistakeCase{"CommentInJson", "f.json", "{\n// x\n}",
                    "f.json:2: column 1: syntax error while parsing object key - invalid literal"},
        MistakeCase{
            "CommaBehindTheLast", "f.json", "{\"proxies\": [\n1,\n]}",
            "f.json:3: column 1: syntax error while parsing value - unexpected ']'; expected '[', '{', or a literal"},
        MistakeCase{"JsonWithoutEnd", "f.json", "{\"proxies\": [\n",
                    "f.json:1: column 14: syntax error while parsing value - unexpected end of input; expected '[', "
                    "'{', or a literal"},
        MistakeCase{"LoneSurrogate", "f.json", "[\"\\ud83d\"]",
                    "f.json:1: column 9: syntax error while parsing value - invalid string: surrogate U+D800..U+DBFF "
                    "must be followed by U+DC00..U+DFFF"},
        MistakeCase{"NumberBeyondDoubles", "f.json", "[1e999]", "f.json:1: column 7: a number that no double can hold"},
        MistakeCase{"MergeIsNoKeyOfJson", "f.json",
                    "{\"proxies\": [{\"<<\": {\"name\": \"a\"},\n\"name\": \"a\", \"url\": \"http://h\", \"rules\": "
                    "[{\"type\": \"default\"}]}]}",
                    "f.json:1: proxies[0]: unknown field; known are name, url, weight, username, password, rules"}),
    name_of);

TEST(Mistakes, P80_d_OfAllFilesAreReportedAtOnce) {
    auto const loaded = load_texts({{"c.yaml", "proxies: [{name: x, url: 'http://h', rules: [{type: default}]}]\n"},
                                    {"b.json", "{\n\"proxies\": [{\"name\": \"x\"}]}"},
                                    {"a.yaml", "proxies: [\n"},
                                    {"proxies.yaml", file_with("url: h")}});
    EXPECT_EQ(summary(loaded),
              "proxies.yaml:3: proxies[0].url: expected http://host:port, with http, https or socks5 as the "
              "scheme; between "
              "proxies of a chain is a comma, which is %2C within a password\n"
              "a.yaml:1: end of sequence flow not found\n"
              "b.json:2: proxies[0].url: the field is missing\n"
              "b.json:2: proxies[0].rules: the field is missing\n"
              "c.yaml:1: proxies[0].name: the name x is used twice, first by proxies[0].name in b.json:2\n");
}

TEST(Mistakes, P80_d_ANameUsedTwiceNamesBothFiles) {
    auto const loaded = load_texts(
        {{"proxies.yaml", "# a\n" + file_with("url: http://h")}, {"z.yml", "\n\n" + file_with("url: http://h")}});
    EXPECT_EQ(summary(loaded),
              "z.yml:4: proxies[0].name: the name a is used twice, first by proxies[0].name in proxies.yaml:3\n");
}

TEST(Mistakes, P80_d_OtherKeysOfAFileAreWarnings) {
    auto const loaded = load_texts({{"b.yaml", "version: 2\n" + file_with("url: http://h")}});
    ASSERT_TRUE(loaded) << to_string(loaded.error());
    EXPECT_EQ(summary(loaded),
              "a http://h:80 1; default\nwarning: b.yaml:1: version: unknown key, which is ignored; the only one is "
              "proxies\n");
}

}  // namespace
}  // namespace pathology::proxycore::multiupstream
