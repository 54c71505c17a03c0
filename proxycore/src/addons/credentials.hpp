// Users of the proxy, and the credentials that clients send.
#pragma once

#include <functional>
#include <map>
#include <optional>
#include <pathology/proxycore/tunnel/credentials.hpp>
#include <string>
#include <string_view>

namespace pathology::proxycore::addons {

using tunnel::Credentials;

/// Parses an Authorization or Proxy-Authorization field, `Basic …` (RFC 7617): user and password, split at the first
/// colon. std::nullopt for another scheme, invalid base64, or no colon.
std::optional<Credentials> parse_basic(std::string_view field);

/// Returns true if the credentials are accepted.
using CredentialRule = std::function<bool(Credentials const&)>;

/// The users of an htpasswd file. Empty lines and comments, which begin with `#`, are ignored.
class Htpasswd {
public:
    /// Errors: throws OptionsError naming `origin`, line and user: no colon, no user, a hash that cannot be checked.
    static Htpasswd parse(std::string_view text, std::string_view origin);
    /// Errors: throws OptionsError, also for a file that cannot be read.
    static Htpasswd load(std::string const& path);

    bool accepts(Credentials const& credentials) const;

private:
    std::map<std::string, std::string, std::less<>> hashes_;
};

/// Parses the value of `--proxyauth`: `any`, `USER:PASSWORD`, `@FILE`.
/// Errors: throws OptionsError for an empty text, one without a colon, and as Htpasswd::load().
CredentialRule parse_credential_rule(std::string_view text);

}  // namespace pathology::proxycore::addons
