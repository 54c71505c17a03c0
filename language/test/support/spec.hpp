#pragma once
// Short ways from spec text to messages, plans and bytes. A spec that is refused ends the test with its SpecError.

#include <pathology/language/failure.hpp>
#include <pathology/language/parse.hpp>
#include <pathology/language/resolve.hpp>
#include <string>

#include "support/play.hpp"

namespace pathology::language::test {

inline Message response(std::string_view spec) { return parse_response(spec).value(); }
inline Message request(std::string_view spec) { return parse_requests(spec).value().front(); }
inline Message frame(std::string_view spec) { return parse_frames(spec).value().front(); }

inline Message resolved(Message const& message, Settings const& settings = {}, std::uint64_t seed = 1) {
    Rng rng(seed);
    return resolve(message, settings, rng).value();
}

inline Plan plan(Message const& message, Settings const& settings = {}, std::uint64_t seed = 1) {
    return make_plan(resolved(message, settings, seed), settings).value();
}

/// The bytes, pauses and end of a message.
inline Played played(Message const& message, Settings const& settings = {}, std::uint64_t seed = 1) {
    return play(plan(message, settings, seed), seed);
}

}  // namespace pathology::language::test
