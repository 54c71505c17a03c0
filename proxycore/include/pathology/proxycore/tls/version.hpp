// Versions of TLS and their names in options.
#pragma once

#include <pathology/proxycore/tls/failure.hpp>
#include <string>
#include <string_view>

namespace pathology::proxycore::tls {

enum class Version { tls1_0, tls1_1, tls1_2, tls1_3 };

/// Includes both ends. Below TLS 1.2 OpenSSL's security level is lowered to 0: the default level forbids SHA-1, which
/// these versions need.
struct VersionRange {
    Version min = Version::tls1_2;
    Version max = Version::tls1_3;
    friend bool operator==(VersionRange const&, VersionRange const&) = default;
};

/// "TLSv1", "TLSv1.1", "TLSv1.2", "TLSv1.3"
std::string_view to_string(Version version) noexcept;

/// Parses one of `TLSv1 TLSv1_1 TLSv1_2 TLSv1_3` (only this version; a point may replace the underscore), `secure`
/// (1.2 and later) and `all` (1.0 and later). Case does not matter.
/// Errors: Errc::bad_settings; SSLv2 and SSLv3 are refused with the reason.
Result<VersionRange> parse_versions(std::string_view text);

}  // namespace pathology::proxycore::tls
