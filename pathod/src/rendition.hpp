// One answer as it is going to be sent: the plan, and what logs and people get to know of it.
#pragma once

#include <cstdint>
#include <pathology/language/plan.hpp>
#include <pathology/language/settings.hpp>
#include <pathology/proxycore/record/exchange.hpp>
#include <string>

namespace pathology::pathod {

struct Rendition {
    language::Plan plan;
    proxycore::record::RecordedResponse record;  ///< as far as it is known before it is sent
    std::string explained;                       ///< the frozen spelling, when asked for
    bool is_random = false;                      ///< another seed would give other bytes
};

struct RenderOptions {
    bool explain = false;       ///< spell out what is random; what is too large for that stays as it is
    bool without_body = false;  ///< what a HEAD request gets: nothing after the empty line (RFC 9110 §9.3.2)
};

/// Resolves a message and plans it. `seed` decides what is random; the Player of the plan gets the same one.
/// Errors: those of language::resolve and language::make_plan.
language::Parsed<Rendition> render(language::Message const& message, language::Settings const& settings,
                                   RenderOptions options, std::uint64_t seed);

}  // namespace pathology::pathod
