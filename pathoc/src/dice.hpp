// Where the randomness of a run comes from: one seed, and from it one for each message of each connection.
#pragma once

#include <cstdint>
#include <optional>
#include <pathology/language/rng.hpp>
#include <pathology/proxycore/console/console.hpp>
#include <span>
#include <string>

#include "script.hpp"

namespace pathology::pathoc {

class Dice {
public:
    explicit Dice(std::optional<std::uint64_t> seed)
        : seed_(seed ? *seed : language::draw_seed()), must_tell_(!seed.has_value()) {}

    std::uint64_t seed_of(std::uint64_t connection, std::uint64_t message) const {
        return language::derive_seed(language::derive_seed(seed_, connection), message);
    }

    /// One of several scripts, for a connection.
    std::span<Script const> pick(std::span<Script const> scripts, std::uint64_t connection) const {
        language::Rng rng(language::derive_seed(seed_, connection));
        return scripts.subspan(static_cast<std::size_t>(rng.below(scripts.size())), 1);
    }

    /// Tells a seed that was drawn, the first time it mattered.
    void tell(proxycore::console::Console& console) {
        if (!must_tell_) return;
        must_tell_ = false;
        auto const number = std::to_string(seed_);
        console.err("seed " + number + " (replay with --seed " + number + ")\n");
    }

private:
    std::uint64_t seed_;
    bool must_tell_;
};

}  // namespace pathology::pathoc
