// Whether an upstream is used at present.
//
//               failed                       the rest is over, and a request chose it
//     available ──────▶ resting ─▶ due ─────────────────────────────────────────────▶ probing
//         ▲              │  ▲  1 s, 2 s, 4 s … 60 s                                     │ │ │
//         │              │  └───────────────────────── failed ──────────────────────────┘ │ │
//         └──────────────┴─────────────────────────── connected ──────────────────────────┘ │
//                              due ◀── released without a result, or took too long ─────────┘
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <pathology/proxycore/multiupstream/cause.hpp>
#include <string>
#include <string_view>

namespace pathology::proxycore::multiupstream {

enum class HealthState : std::uint8_t {
    available,
    resting,  ///< it failed, and gets no request
    due,      ///< the rest is over: the next request that chooses it is the probe
    probing,  ///< a request tries it; others use it only if nothing else is left
};

/// "available", "resting", …
std::string_view to_string(HealthState state);

/// How long failures count.
struct HealthSettings {
    std::chrono::nanoseconds first_rest = std::chrono::seconds(1);  ///< doubled by each failure after a rest
    std::chrono::nanoseconds max_rest = std::chrono::seconds(60);
    /// A probe without a result counts no longer after this time, and another request may try.
    std::chrono::nanoseconds max_probe = std::chrono::seconds(30);
};

/// The health of an upstream at one time.
struct HealthReport {
    HealthState state = HealthState::available;
    std::chrono::nanoseconds remaining{};  ///< of the rest; 0 in the other states
    std::uint32_t failures = 0;            ///< rests in a row
    std::optional<Cause> cause{};          ///< of the last failure; none if it is available
    std::string detail{};                  ///< what was reported with the cause
};

/// `resting for 1.5s after 2 failures: timed out (no SYN-ACK)`, or the state alone.
std::string to_string(HealthReport const& report);

}  // namespace pathology::proxycore::multiupstream
