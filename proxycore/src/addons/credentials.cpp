#include "addons/credentials.hpp"

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <memory>
#include <pathology/proxycore/ascii.hpp>
#include <pathology/proxycore/errors.hpp>
#include <pathology/proxycore/http/escaped.hpp>
#include <pathology/proxycore/http/fields.hpp>

#include "addons/password_hash.hpp"
#include "base64.hpp"

namespace pathology::proxycore::addons {
namespace {

std::optional<Credentials> split(std::string_view text) {
    auto const colon = text.find(':');  // RFC 7617 §2: a user has no colon, a password may
    if (colon == std::string_view::npos) return std::nullopt;
    return Credentials{std::string(text.substr(0, colon)), std::string(text.substr(colon + 1))};
}

}  // namespace

std::optional<Credentials> parse_basic(std::string_view field) {
    auto rest = ascii::trimmed(field);
    if (!http::equals_ignoring_case(ascii::take_until(rest, ' '), "basic")) return std::nullopt;
    auto const decoded = decode_base64(ascii::trimmed(rest));
    return decoded ? split(*decoded) : std::nullopt;
}

Htpasswd Htpasswd::parse(std::string_view text, std::string_view origin) {
    Htpasswd users;
    for (std::size_t number = 1; !text.empty(); ++number) {
        auto const line = ascii::trimmed(ascii::take_until(text, '\n'));
        if (line.empty() || line.starts_with('#')) continue;
        auto const entry = split(line);
        auto const place = std::string(origin) + ":" + std::to_string(number) + ": ";
        if (!entry || entry->user.empty()) throw OptionsError(place + "expected USER:HASH");
        // At the start rather than at the first request of that user.
        if (!is_known_hash(entry->password))
            throw OptionsError(
                place + "the password of user " + http::quoted(entry->user) +
                " is hashed in a way that cannot be checked; known are bcrypt, SHA-crypt, $apr1$ and {SHA}");
        // The last entry of a user counts.
        users.hashes_.insert_or_assign(entry->user, entry->password);
    }
    return users;
}

Htpasswd Htpasswd::load(std::string const& path) {
    auto const refuse = [&path](std::string const& reason) {
        throw OptionsError("proxyauth: cannot read the htpasswd file '" + path + "': " + reason);
    };
    // ifstream opens a directory and fails at the first read, without a useful errno.
    std::error_code ignored;
    if (std::filesystem::is_directory(path, ignored)) refuse("it is a folder");
    std::ifstream file(path, std::ios::binary);
    if (!file) refuse(std::strerror(errno));
    std::string const text((std::istreambuf_iterator<char>(file)), {});
    return parse(text, path);
}

bool Htpasswd::accepts(Credentials const& credentials) const {
    auto const known = hashes_.find(credentials.user);
    return known != hashes_.end() && matches_hash(credentials.password, known->second);
}

CredentialRule parse_credential_rule(std::string_view text) {
    // Clients identify themselves; nothing is verified.
    if (text == "any") return [](Credentials const&) { return true; };
    if (text.starts_with('@')) {
        auto const users = std::make_shared<Htpasswd const>(Htpasswd::load(std::string(text.substr(1))));
        return [users](Credentials const& credentials) { return users->accepts(credentials); };
    }
    auto const only = split(text);
    if (!only) throw OptionsError("expected any, USER:PASSWORD or @FILE for proxy authentication");
    return [only = *only](Credentials const& credentials) {
        bool const is_user = equal_secrets(credentials.user, only.user);  // both are always compared, for constant time
        bool const is_password = equal_secrets(credentials.password, only.password);
        return is_user && is_password;
    };
}

}  // namespace pathology::proxycore::addons
