#include <pathology/proxycore/content/coding.hpp>

#include <pathology/proxycore/http/escaped.hpp>
#include <pathology/proxycore/http/fields.hpp>

#include "ascii.hpp"

namespace pathology::proxycore::content {
namespace {

struct Name {
    std::string_view name;
    Coding coding;
};

// A coding's own name comes before its others.
constexpr Name names[] = {
    {"identity", Coding::identity}, {"gzip", Coding::gzip},   {"deflate", Coding::deflate}, {"br", Coding::br},
    {"zstd", Coding::zstd},         {"x-gzip", Coding::gzip}, {"none", Coding::identity}};

}  // namespace

std::optional<Coding> parse_coding(std::string_view name) {
    for (auto const& known : names)
        if (http::equals_ignoring_case(known.name, name)) return known.coding;
    return std::nullopt;
}

std::string_view to_string(Coding coding) {
    for (auto const& known : names)
        if (known.coding == coding) return known.name;
    return {};
}

Result<std::vector<Coding>> parse_content_encoding(std::string_view field) {
    std::vector<Coding> codings;
    while (!field.empty()) {
        auto const name = ascii::trimmed(ascii::take_until(field, ','));
        if (name.empty()) continue;  // RFC 9110 §5.6.1: lists may have empty elements
        auto const coding = parse_coding(name);
        if (!coding)
            return Failure{Errc::unknown_coding, std::string(name), 0,
                           "unknown content coding " + http::quoted(name) + "; known are gzip, deflate, br, zstd"};
        if (*coding != Coding::identity) codings.push_back(*coding);
        if (codings.size() > most_codings)
            return Failure{Errc::too_many_codings, std::string(name), 0,
                           "more than " + std::to_string(most_codings) + " content codings upon one another"};
    }
    return codings;
}

}  // namespace pathology::proxycore::content
