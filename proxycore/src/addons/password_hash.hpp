// Password hashes of htpasswd files.
#pragma once

#include <string_view>

namespace pathology::proxycore::addons {

/// Returns true if the hash can be verified: `{SHA}`, `$apr1$`, bcrypt (`$2a$`, `$2b$`, `$2y$`), SHA-crypt
/// (`$5$`, `$6$`). Plain text and DES are not accepted: they protect nothing.
bool is_known_hash(std::string_view hash);

/// Returns true if `password` has this hash. The cost of the hash decides the time; the comparison takes the same time
/// for every wrong password.
bool matches_hash(std::string_view password, std::string_view hash);

/// Returns true if two secrets are equal. The time does not depend on where they differ.
bool equal_secrets(std::string_view a, std::string_view b);

}  // namespace pathology::proxycore::addons
