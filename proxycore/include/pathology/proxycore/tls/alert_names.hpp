// Alerts by name.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

namespace pathology::proxycore::tls {

/// The AlertDescription of a name in the RFC (`handshake_failure`), or of its number (`40`); std::nullopt for other
/// texts. Alert::name() is the way back.
std::optional<std::uint8_t> alert_code(std::string_view name);

}  // namespace pathology::proxycore::tls
