#pragma once
// What is done with a message each time it is sent: it is resolved, spelled out where that is asked for, and planned.

#include <cstdint>
#include <pathology/language/ast.hpp>
#include <pathology/language/plan.hpp>
#include <pathology/language/settings.hpp>

namespace pathology::language {

/// Whether what is left to chance is spelled out before it is sent.
enum class Freezing : std::uint8_t {
    none,
    where_it_fits,  ///< but for messages above Settings::freeze_limit
    always,         ///< those are refused
};

struct Crafting {
    Freezing freezing = Freezing::none;
    /// Leaves out the body, and what is injected into it: what a HEAD request gets (RFC 9110 §9.3.2). Of responses
    /// only.
    bool without_body = false;
};

/// One sending of a message.
struct Crafted {
    Message message;  ///< that the plan was made of: resolved, and frozen if it is
    Plan plan;
    bool is_frozen = false;
    bool is_random = false;  ///< another seed would give other bytes
};

/// Makes a message ready to be sent once. `seed` decides its random offsets, its keys and its generated data; the
/// Player of the plan gets the same one.
///
/// Errors: those of resolve(), freeze() and make_plan().
Parsed<Crafted> craft(Message const& message, Settings const& settings, std::uint64_t seed, Crafting how = {});

}  // namespace pathology::language
