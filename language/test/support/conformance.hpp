// The recorded behaviour of the original programs, one case a line: test/data/conformance/language.jsonl. The test that
// includes this defines CONFORMANCE_DATA, the folder.
#pragma once

#include <openssl/evp.h>

#include <algorithm>
#include <array>
#include <cctype>
#include <fstream>
#include <nlohmann/json.hpp>
#include <ostream>
#include <string>
#include <vector>

#include "support/base64.hpp"

namespace pathology::test {

/// One case. The behaviour that the documentation describes takes precedence over what the original did.
class ConformanceCase {
public:
    explicit ConformanceCase(nlohmann::json line) : line_(std::move(line)) {}

    std::string id() const { return text("id"); }
    std::string kind() const { return text("kind"); }
    std::string spec() const { return text("spec"); }

    /// The recorded field, or nullptr.
    nlohmann::json const* find(char const* name) const {
        auto const documented = line_.find("as_documented");
        if (documented != line_.end() && documented->contains(name)) return &(*documented)[name];
        return line_.contains(name) ? &line_[name] : nullptr;
    }
    bool has(char const* name) const { return find(name) != nullptr; }
    nlohmann::json const& operator[](char const* name) const { return *find(name); }
    std::string text(char const* name) const { return find(name)->get<std::string>(); }
    std::uint64_t number(char const* name) const { return find(name)->get<std::uint64_t>(); }
    /// Returns true if the field exists and has this value.
    bool is(char const* name, bool value) const {
        auto const* found = find(name);
        return found != nullptr && found->is_boolean() && found->get<bool>() == value;
    }

    /// Whether the bytes of the first message are recorded, and whether these are equal to them.
    bool records_bytes() const { return has("rendered_b64") || has("rendered_sha256"); }
    bool renders(std::string_view bytes) const {
        return has("rendered_b64") ? bytes == decode_base64(text("rendered_b64"))
                                   : sha256(bytes) == text("rendered_sha256");
    }

private:
    static std::string sha256(std::string_view bytes) {
        std::array<unsigned char, 32> digest{};
        EVP_Digest(bytes.data(), bytes.size(), digest.data(), nullptr, EVP_sha256(), nullptr);
        std::string hex;
        for (unsigned const byte : digest) hex += {"0123456789abcdef"[byte >> 4U], "0123456789abcdef"[byte & 15U]};
        return hex;
    }

    nlohmann::json line_;
};

/// For messages of tests.
inline void PrintTo(ConformanceCase const& c, std::ostream* out) { *out << c.id() << " " << c.spec().substr(0, 200); }

/// The cases for which `wanted` returns true.
template <class Wanted> std::vector<ConformanceCase> conformance_cases(Wanted const& wanted) {
    std::vector<ConformanceCase> all;
    std::ifstream file(CONFORMANCE_DATA "/language.jsonl");
    for (std::string line; std::getline(file, line);) {
        ConformanceCase one(nlohmann::json::parse(line));
        if (wanted(one)) all.push_back(std::move(one));
    }
    return all;
}

/// Names a test after the id of its case.
inline constexpr auto case_name = [](auto const& row) {
    auto name = row.param.id();
    std::ranges::replace_if(
        name, [](char c) { return std::isalnum(static_cast<unsigned char>(c)) == 0; }, '_');
    return name;
};

}  // namespace pathology::test
