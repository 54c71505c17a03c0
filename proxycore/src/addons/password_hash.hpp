// Hashed passwords as htpasswd files hold them.
#pragma once

#include <string_view>

namespace pathology::proxycore::addons {

/// Whether the hash is of a kind that can be checked: `{SHA}`, `$apr1$`, bcrypt (`$2a$`, `$2b$`, `$2y$`), SHA-crypt
/// (`$5$`, `$6$`). Plain text and DES cannot: neither is any protection.
bool is_known_hash(std::string_view hash);

/// Whether `password` has that hash. Takes as long as the hash demands; the comparison takes the same time for every
/// wrong password.
bool matches_hash(std::string_view password, std::string_view hash);

/// Whether two secrets are equal, in a time that tells nothing about where they differ.
bool equal_secrets(std::string_view a, std::string_view b);

}  // namespace pathology::proxycore::addons
