// Where the randomness of a run comes from: one seed, and from it one for each message of each connection.
#pragma once

#include <cstdint>
#include <optional>
#include <pathology/language/rng.hpp>
#include <pathology/proxycore/console/console.hpp>
#include <span>

#include "script.hpp"

namespace pathology::pathoc {

class Dice {
public:
    explicit Dice(std::optional<std::uint64_t> seed) : seed_(seed) {}

    std::uint64_t seed_of(std::uint64_t connection, std::uint64_t message) const {
        return seed_.of(connection, message);
    }

    /// One of several scripts, for a connection.
    std::span<Script const> pick(std::span<Script const> scripts, std::uint64_t connection) const {
        language::Rng rng(language::derive_seed(seed_.value(), connection));
        return scripts.subspan(static_cast<std::size_t>(rng.below(scripts.size())), 1);
    }

    /// Tells a seed that was drawn, the first time it mattered.
    void tell(proxycore::console::Console& console) { console.err(seed_.replay_hint()); }

private:
    language::RunSeed seed_;
};

}  // namespace pathology::pathoc
