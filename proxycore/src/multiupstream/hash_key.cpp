// Hashes: std::hash and Boost.ContainerHash may give other numbers with another library, and OpenSSL's digests cost more
// than the whole choice.

#include "multiupstream/hash_key.hpp"

#include <pathology/proxycore/ascii.hpp>
#include <pathology/proxycore/http/escaped.hpp>
#include <utility>

#include "multiupstream/wildcard.hpp"

namespace pathology::proxycore::multiupstream {
namespace {

std::string cookie_of(flow::Request const& request, std::string const& name) {
    auto const cookies = request.cookies();
    return cookies.get(name).value_or("");
}

std::string value_of(HashKey const& key, Question const& question) {
    auto const* const request = question.request;
    switch (key.source) {
        case HashKey::Source::host: return host_form(question.host);
        case HashKey::Source::client: return std::string(question.client_address);
        case HashKey::Source::user: return std::string(question.user);
        case HashKey::Source::parameter: return std::string(parameter_of(question.user, key.name));
        case HashKey::Source::header: return std::string(request ? request->headers.first(key.name).value_or("") : "");
        case HashKey::Source::cookie: return request ? cookie_of(*request, key.name) : "";
    }
    return "";
}

}  // namespace

std::uint64_t stable_hash(std::string_view text) {
    std::uint64_t hash = 0xcbf29ce484222325ULL;
    for (auto const c : text) hash = (hash ^ static_cast<unsigned char>(c)) * 0x100000001b3ULL;
    return mix(hash);
}

std::string_view parameter_of(std::string_view user, std::string_view name) {
    ascii::take_until(user, '-');  // the user's own name
    while (!user.empty()) {
        if (ascii::take_until(user, '-') == name) return user.substr(0, user.find('-'));
    }
    return {};
}

FoundKey find_key(Policy const& policy, Question const& question) {
    for (auto const& key : policy.keys) {
        auto value = value_of(key, question);
        if (!value.empty()) return {key, std::move(value)};
    }
    return {HashKey{}, std::string(question.client_address)};
}

std::string to_string(FoundKey const& found) {
    bool const is_secret = found.key.source == HashKey::Source::header || found.key.source == HashKey::Source::cookie;
    return to_string(found.key) + "=" + (is_secret ? "***" : http::terminal_text(found.value));
}

}  // namespace pathology::proxycore::multiupstream
