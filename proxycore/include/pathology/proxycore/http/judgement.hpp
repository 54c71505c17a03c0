// Rules for requests that servers apply over every version of HTTP.
#pragma once
#include <optional>
#include <pathology/proxycore/http/fields.hpp>
#include <string_view>

namespace pathology::proxycore::http {

/// Returns true if a target, or a part of it, has only bytes of a URI (RFC 3986 §2) and no fragment.
bool is_uri_text(std::string_view text);

/// Returns true if the target has one of the forms of RFC 9112 §3.2, and one that the method allows: authority-form for
/// CONNECT and for nothing else, asterisk-form for OPTIONS unless `any_asterisk`.
bool fits_method(std::string_view target, std::string_view method, bool any_asterisk = false);

/// The first Transfer-Encoding value with a coding besides `chunked`; std::nullopt if there is none. "identity", which RFC
/// 9112 removed and old peers send, and empty list elements change nothing.
std::optional<std::string_view> find_coding_beyond_chunked(Fields const& fields);

}  // namespace pathology::proxycore::http
