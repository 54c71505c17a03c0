// The request target: its form (RFC 9112 §3.2) and its components.
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

/// The components of a request target; empty if the form does not have it, or it was left out.
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

/// Classifies a request target by its structure. The reader checks the bytes of the path.
///
/// Views:  point into `target`.
/// Errors: never fails; what is none of the four forms has `TargetForm::none`.
Target parse_target(std::string_view target);

/// Splits `host`, `host:port`, `[::1]` or `[::1]:port`. User information (`user@`) makes it invalid (RFC 9110 §4.2.4).
Authority parse_authority(std::string_view text);

/// Returns true if the bytes are those of a target as browsers write it: visible ASCII, and no fragment. Besides what
/// RFC 3986 allows, they leave `"<>\^`{|}` as they are.
bool is_browser_target(std::string_view target);

/// The form's name, "origin-form" and so on.
std::string_view to_string(TargetForm form);

}  // namespace pathology::proxycore::http
