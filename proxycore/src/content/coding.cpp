#include <pathology/proxycore/content/coding.hpp>

#include <algorithm>
#include <iterator>
#include <pathology/proxycore/ascii.hpp>
#include <pathology/proxycore/http/escaped.hpp>
#include <pathology/proxycore/http/fields.hpp>
#include <stdexcept>

#include "content/stage.hpp"

namespace pathology::proxycore::content {

// Each is defined in the source file for its library.
extern CodingDefinition const gzip_coding, deflate_coding, brotli_coding, zstd_coding;

namespace {

constexpr CodingDefinition const* known_codings[] = {&gzip_coding, &deflate_coding, &brotli_coding, &zstd_coding};

/// "gzip, deflate, br, zstd"
std::string list_names() {
    std::string names;
    for (auto const* const known : known_codings) names.append(names.empty() ? "" : ", ").append(known->name);
    return names;
}

}  // namespace

CodingDefinition const* definition_of(Coding coding) {
    auto const* const known = std::find_if(std::begin(known_codings), std::end(known_codings),
                                           [&](CodingDefinition const* its) { return its->coding == coding; });
    return known == std::end(known_codings) ? nullptr : *known;
}

std::optional<Coding> parse_coding(std::string_view name) {
    if (name.empty()) return std::nullopt;
    for (auto const* const known : known_codings)
        if (http::equals_ignoring_case(known->name, name) || http::equals_ignoring_case(known->other_name, name))
            return known->coding;
    // `none` is not registered, but servers send it.
    bool const is_identity = http::equals_ignoring_case("identity", name) || http::equals_ignoring_case("none", name);
    return is_identity ? std::optional(Coding::identity) : std::nullopt;
}

std::string_view to_string(Coding coding) {
    auto const* const known = definition_of(coding);
    return known == nullptr ? "identity" : known->name;
}

Result<std::vector<Coding>> parse_content_encoding(std::string_view field) {
    std::vector<Coding> codings;
    while (!field.empty()) {
        auto const name = ascii::trimmed(ascii::take_until(field, ','));
        if (name.empty()) continue;  // RFC 9110 §5.6.1: lists may have empty elements
        auto const coding = parse_coding(name);
        if (!coding)
            return Failure{
                {Errc::unknown_coding, "unknown content coding " + http::quoted(name) + "; known are " + list_names()},
                std::string(name)};
        if (*coding != Coding::identity) codings.push_back(*coding);
        // Each coding multiplies the work for a byte of input; a long list is an attack.
        if (codings.size() > max_codings)
            return Failure{
                {Errc::too_many_codings, "more than " + std::to_string(max_codings) + " nested content codings"},
                std::string(name)};
    }
    return codings;
}

// --- failures --------------------------------------------------------------------------------------------------------

Failure corrupt(Coding coding, std::uint64_t offset, std::string_view reason) {
    std::string const name(to_string(coding));
    auto message = name + " content is corrupt at byte " + std::to_string(offset);
    if (!reason.empty()) message.append(": ").append(reason);
    return {{Errc::corrupt, std::move(message)}, name, offset};
}

Failure truncated(Coding coding, std::uint64_t offset) {
    std::string const name(to_string(coding));
    auto message = name + " content ends too early, after " + std::to_string(offset) + " bytes";
    return {{Errc::truncated, std::move(message)}, name, offset};
}

}  // namespace pathology::proxycore::content
