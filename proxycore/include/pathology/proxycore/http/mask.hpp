// Credentials in text that is shown: the user stays, the password does not.
#pragma once
#include <string>
#include <string_view>

namespace pathology::proxycore::http {

/// A URL, or a host and port, with a `*` for each byte of the password of its user information (RFC 3986 §3.2.1), as an
/// argument may have it that is quoted in an error: `http://user:******@host`. Positions in the text stay valid.
std::string mask_password(std::string_view text);

/// Whether a field of that name has credentials: Authorization and Proxy-Authorization, in any case (RFC 9110 §11.6, §11.7).
bool has_credentials(std::string_view name);

/// The value of an Authorization or Proxy-Authorization field (RFC 9110 §11.4) with `***` in place of what follows the
/// scheme: `Basic ***`.
std::string mask_credentials(std::string_view value);

}  // namespace pathology::proxycore::http
