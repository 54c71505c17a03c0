#pragma once
// From a message to a plan, each time the message is sent: resolve, freeze if the options request it, plan.

#include <cstdint>
#include <optional>
#include <pathology/language/ast.hpp>
#include <pathology/language/http2.hpp>
#include <pathology/language/plan.hpp>
#include <pathology/language/settings.hpp>
#include <string_view>

namespace pathology::language {

/// Whether random parts are spelled out before the message is sent.
enum class Freezing : std::uint8_t {
    none,
    where_it_fits,  ///< not for messages above Settings::freeze_limit
    always,         ///< such messages are refused
};

/// Is printed behind the spec of a message that was to be frozen and was not, since it is above Settings::freeze_limit.
inline constexpr std::string_view too_large_note = "  (too large to spell out; the seed replays it)";

struct CraftOptions {
    Freezing freezing = Freezing::none;
    /// Leaves out the body of a response, as for a HEAD request (RFC 9110 §9.3.2). Actions inside the body happen at the
    /// end of the header section, in the same order: what is injected is sent.
    bool without_body = false;
};

/// A message that is ready to be sent once.
struct Crafted {
    Message message;  ///< resolved, and frozen if is_frozen
    Plan plan{};
    /// Of a response or request over HTTP/2 that flow control may cut; see make_http2_parts().
    std::optional<Http2Parts> http2_parts{};
    bool is_frozen = false;
    bool is_random = false;  ///< another seed would give other bytes
};

/// Prepares one sending of a message. `seed` decides random offsets, keys and generated data; the Player of the plan
/// needs the same one. The message is laid out once, or twice if it is frozen or loses its body.
///
/// Errors: those of resolve(), freeze() and make_plan().
Parsed<Crafted> craft(Message const& message, Settings const& settings, std::uint64_t seed, CraftOptions options = {});

}  // namespace pathology::language
