// The recorded behaviour of the original client, asked of the built program by --preview.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <openssl/evp.h>

#include <boost/beast/core/detail/base64.hpp>
#include <fstream>
#include <nlohmann/json.hpp>
#include <sstream>

#include "support/program.hpp"

namespace pathology::pathoc::test {
namespace {

using nlohmann::json;

std::string const data = CONFORMANCE_DATA;

/// One recorded case; what the document promises goes before what the original did.
class Case {
public:
    explicit Case(json line) : line_(std::move(line)) {}

    bool has(char const* name) const { return find(name) != nullptr; }
    json const& operator[](char const* name) const { return *find(name); }
    std::string text(char const* name) const { return find(name)->get<std::string>(); }

private:
    json const* find(char const* name) const {
        if (line_.contains("as_documented") && line_["as_documented"].contains(name)) {
            return &line_["as_documented"][name];
        }
        return line_.contains(name) ? &line_[name] : nullptr;
    }

    json line_;
};

/// The cases of what a client sends that `wanted` says yes to.
template <class Wanted> std::vector<Case> cases(Wanted const& wanted) {
    std::vector<Case> all;
    std::ifstream file(data + "/language.jsonl");
    for (std::string text; std::getline(file, text);) {
        Case one(json::parse(text));
        auto const kind = one.text("kind");
        if ((kind == "request" || kind == "client_frame") && wanted(one)) all.push_back(std::move(one));
    }
    return all;
}

/// Whether a later message names what cannot be loaded: the original noticed when it came to sending it, we before
/// anything is sent.
bool has_late_failure(Case const& one, Ended const& ended) {
    return one["messages"] > 1 && ended.status == 2 && ended.err.find("cannot load file") != std::string::npos;
}

bool is(Case const& one, char const* name, bool value) {
    return one.has(name) && one[name].is_boolean() && one[name].get<bool>() == value;
}

std::string decoded(std::string const& base64) {
    namespace codec = boost::beast::detail::base64;
    std::string bytes(codec::decoded_size(base64.size()), '\0');
    bytes.resize(codec::decode(bytes.data(), base64.data(), base64.size()).first);
    return bytes;
}

std::string sha256(std::string const& bytes) {
    std::array<unsigned char, 32> digest{};
    EVP_Digest(bytes.data(), bytes.size(), digest.data(), nullptr, EVP_sha256(), nullptr);
    std::ostringstream hex;
    for (auto const byte : digest) hex << std::hex << (byte >> 4) << (byte & 15);
    return hex.str();
}

Ended preview(std::vector<std::string> arguments) {
    arguments.insert(arguments.begin(), "--preview");
    return run_program(PATHOC_PROGRAM, arguments, data + "/static");
}

TEST(Conformance, PreviewWritesTheRecordedBytes) {
    auto const deterministic =
        cases([](Case const& one) { return is(one, "valid", true) && is(one, "deterministic", true); });
    ASSERT_GT(deterministic.size(), 100U);
    for (auto const& one : deterministic) {
        SCOPED_TRACE(one.text("id") + " " + one.text("spec").substr(0, 200));
        auto const ended = preview({"example.com", one.text("spec")});
        if (has_late_failure(one, ended)) continue;
        EXPECT_EQ(ended.status, 0) << ended.err;
        if (one["messages"] == 0) {
            EXPECT_EQ(ended.out, "");
        } else if (one.has("rendered_b64")) {
            auto const wanted = decoded(one.text("rendered_b64"));
            EXPECT_EQ(one["messages"] == 1 ? ended.out : ended.out.substr(0, wanted.size()), wanted);
        } else if (one.has("rendered_sha256")) {
            auto const length = one["length"].get<std::size_t>();
            EXPECT_EQ(sha256(ended.out.substr(0, length)), one.text("rendered_sha256"));
        }
    }
}

TEST(Conformance, ExplainedSpecsReplay) {
    auto const small = cases([](Case const& one) {
        return is(one, "valid", true) && one.has("length") && one["length"].get<std::uint64_t>() < 20000 &&
               one["messages"].get<std::uint64_t>() < 100;
    });
    ASSERT_GT(small.size(), 150U);
    for (auto const& one : small) {
        SCOPED_TRACE(one.text("id") + " " + one.text("spec").substr(0, 200));
        auto const first = preview({"--seed", "1", "-e", "example.com", one.text("spec")});
        if (has_late_failure(one, first)) continue;
        ASSERT_EQ(first.status, 0) << first.err;
        std::vector<std::string> again{"example.com"};
        std::istringstream lines(first.err);
        for (std::string line; std::getline(lines, line);) again.push_back(line.substr(3));
        if (again.size() == 1) continue;  // x0
        EXPECT_EQ(preview(again).out, first.out) << first.err;
    }
}

TEST(Conformance, RefusesWhatTheOriginalRefused) {
    // The cases were recorded with file access confined to one folder; a client may read what its user may.
    auto const invalid =
        cases([](Case const& one) { return is(one, "valid", false) && one["error"]["type"] != "FileAccessDenied"; });
    ASSERT_GE(invalid.size(), 80U);
    for (auto const& one : invalid) {
        SCOPED_TRACE(one.text("id") + " " + one.text("spec").substr(0, 200));
        auto const ended = preview({"example.com", one.text("spec")});
        EXPECT_EQ(ended.status, 2);
        EXPECT_EQ(ended.out, "");
        EXPECT_THAT(ended.err, testing::MatchesRegex("spec:[0-9]+:[0-9]+: (.|\n)+\n *\\^\n"));
    }
}

TEST(Conformance, SurvivesWhatCrashedTheOriginal) {
    auto const crashing = cases([](Case const& one) { return one["valid"].is_null(); });
    ASSERT_FALSE(crashing.empty());
    for (auto const& one : crashing) {
        SCOPED_TRACE(one.text("id") + " " + one.text("spec").substr(0, 200));
        auto const ended = preview({"example.com", one.text("spec")});
        EXPECT_THAT(ended.status, testing::AnyOf(0, 2)) << ended.err;
    }
}

}  // namespace
}  // namespace pathology::pathoc::test
