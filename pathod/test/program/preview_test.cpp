// pathod --preview over every recorded response and frame of the original: language/test/data/conformance.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <boost/beast/core/detail/base64.hpp>
#include <fstream>
#include <nlohmann/json.hpp>

#include "support/program.hpp"

namespace pathology::pathod {
namespace {

using nlohmann::json;
using test::run_program;

struct Case {
    std::string id, spec, kind;
    json line;

    /// The recorded field, or what the document promises instead.
    json field(std::string const& name) const {
        auto const documented = line.value("as_documented", json::object());
        return documented.contains(name) ? documented[name] : line.value(name, json());
    }
};

void PrintTo(Case const& c, std::ostream* out) { *out << c.id << " " << c.spec.substr(0, 200); }

std::string from_base64(std::string const& text) {
    namespace base64 = boost::beast::detail::base64;
    std::string bytes(base64::decoded_size(text.size()), '\0');
    bytes.resize(base64::decode(bytes.data(), text.data(), text.size()).first);
    return bytes;
}

/// Those whose first message has bytes that are written down.
std::vector<Case> cases() {
    std::vector<Case> all;
    std::ifstream file(CONFORMANCE_DATA "/language.jsonl");
    for (std::string text; std::getline(file, text);) {
        auto line = json::parse(text);
        Case c{line["id"], line["spec"], line["kind"], line};
        bool const fits = (c.kind == "response" || c.kind == "frame") && c.field("valid") == true &&
                          c.field("deterministic") == true && c.field("rendered_b64").is_string();
        if (fits && c.spec.find('\0') == std::string::npos) all.push_back(std::move(c));
    }
    return all;
}

class Preview : public testing::TestWithParam<Case> {};

TEST_P(Preview, WritesTheBytesOfTheOriginal) {
    auto const& c = GetParam();
    auto const ended = run_program({"-d", CONFORMANCE_DATA "/static", "--preview", c.spec});
    EXPECT_EQ(ended.status, 0) << ended.err;
    auto const expected = from_base64(c.field("rendered_b64"));
    if (c.line.value("messages", 1) == 1) {
        EXPECT_EQ(ended.out, expected);
    } else if (c.line.value("messages", 1) > 1) {
        EXPECT_EQ(ended.out.substr(0, expected.size()), expected);
    }
}

INSTANTIATE_TEST_SUITE_P(Conformance, Preview, testing::ValuesIn(cases()), [](auto const& row) {
    auto name = row.param.id;
    std::ranges::replace_if(
        name, [](char c) { return std::isalnum(static_cast<unsigned char>(c)) == 0; }, '_');
    return name;
});

TEST(PreviewProgram, HasCases) { EXPECT_GT(cases().size(), 150U); }

TEST(PreviewProgram, WritesFramesOneAfterTheOther) {
    EXPECT_EQ(run_program({"--preview", "wf:x2:b'a' wf:fin:b'b'"}).out,
              "\x01\x01"
              "a\x01\x01"
              "a\x81\x01"
              "b");
    EXPECT_EQ(run_program({"--preview", "wf:b'abc':d3 wf:b'b'"}).out,
              "\x01\x03"
              "a");
}

TEST(PreviewProgram, WaitsForNoPause) {
    EXPECT_EQ(run_program({"--preview", "200:p0,f:b'x':p3,100"}).out, "HTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\nx");
}

TEST(PreviewProgram, ExplainsOnStandardError) {
    auto const first = run_program({"-e", "--seed", "3", "--preview", "200:b@8,digits:ir,@2"});
    EXPECT_THAT(first.err, testing::MatchesRegex(">> 200:b'[0-9]+':i[0-9]+,.*\n"));
    auto const spec = first.err.substr(3, first.err.size() - 4);
    EXPECT_EQ(run_program({"--preview", spec}).out, first.out);
}

TEST(PreviewProgram, TellsTheSeedItDrew) {
    auto const first = run_program({"--preview", "200:b@20"});
    ASSERT_THAT(first.err, testing::MatchesRegex("seed [0-9]+ .replay with --seed [0-9]+.\n"));
    auto const seed = first.err.substr(5, first.err.find(' ', 5) - 5);
    auto const again = run_program({"--seed", seed, "--preview", "200:b@20"});
    EXPECT_EQ(again.out, first.out);
    EXPECT_EQ(again.err, "");
}

TEST(PreviewProgram, PointsAtWhatIsWrong) {
    auto const ended = run_program({"--preview", "200:p1,x"});
    EXPECT_EQ(ended.status, 2);
    EXPECT_EQ(ended.out, "");
    EXPECT_THAT(ended.err, testing::MatchesRegex("spec:1:8: [^\n]+\n200:p1,x\n       \\^\n"));
    EXPECT_EQ(run_program({"--preview", "200:b<x"}).status, 2);
}

}  // namespace
}  // namespace pathology::pathod
