// Why an upstream could not be used.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace pathology::proxycore::multiupstream {

enum class Cause : std::uint8_t {
    refused,      ///< no connection: refused, reset or unreachable
    timed_out,    ///< no connection in time
    unresolved,   ///< its name has no address
    tls,          ///< the TLS handshake with the upstream itself failed
    protocol,     ///< its bytes are not valid in its protocol
    no_response,  ///< connected, but no response for this target in time
    rejected,     ///< it refused this target: 403, 502, a reply of RFC 1928
    credentials,  ///< it rejected the credentials, or requires some: 407, RFC 1929
    other,
};
inline constexpr std::size_t cause_count = static_cast<std::size_t>(Cause::other) + 1;

/// "timed out", "no response", …
std::string_view to_string(Cause cause);

/// After how many of these in a row an available upstream rests; 0 = never. One missing response may be the fault of the
/// target, so a client that asks for a target that is down does not disable an upstream that others use. Attempts that
/// run side by side count once.
constexpr std::uint32_t failures_before_rest(Cause cause) {
    if (cause < Cause::no_response) return 1;
    return cause == Cause::no_response ? 3 : 0;
}

/// Whether the upstream responded, which ends its rest.
constexpr bool is_response(Cause cause) { return cause == Cause::rejected || cause == Cause::credentials; }

}  // namespace pathology::proxycore::multiupstream
