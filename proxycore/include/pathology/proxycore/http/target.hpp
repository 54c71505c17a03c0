// The request target, taken apart: which of the four forms of RFC 9112 §3.2 it has, and its pieces.
#pragma once
#include <string_view>

namespace pathology::proxycore::http {

enum class TargetForm {
    none,       ///< none of the four: `foo.com/x`, an empty target, a bad port
    origin,     ///< `/path?query`
    absolute,   ///< `http://host:port/path?query`
    authority,  ///< `host:port`, the form of CONNECT
    asterisk,   ///< `*`
};

/// A request target in pieces. A piece that the form does not have, or that was left out, is empty.
struct Target {
    TargetForm form = TargetForm::none;
    std::string_view scheme;
    std::string_view host;  ///< without the brackets of an IPv6 address
    std::string_view port;  ///< digits, 1 to 65535
    std::string_view path;  ///< path and query; "/" where an absolute-form has neither
    bool operator==(Target const&) const = default;
};

/// A host with an optional port, as in a Host field (RFC 9110 §7.2) or an authority.
struct Authority {
    bool valid = false;
    std::string_view host;  ///< without the brackets of an IPv6 address; may be empty
    std::string_view port;  ///< digits, 1 to 65535, or empty
};

/// Classifies a request target. Only the structure decides; which bytes a path may hold is the reader's business.
///
/// Views:  point into `target`.
/// Errors: never fails; what is none of the four forms has `TargetForm::none`.
Target parse_target(std::string_view target);

/// Splits `host`, `host:port`, `[::1]` or `[::1]:port`. User information (`user@`) makes it invalid (RFC 9110 §4.2.4).
Authority parse_authority(std::string_view text);

/// The form's name, "origin-form" and so on.
std::string_view to_string(TargetForm form);

}  // namespace pathology::proxycore::http
