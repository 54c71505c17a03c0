// Which messages a run sends: their seeds, a random choice of specs, and no duplicates.
#pragma once

#include <cstdint>
#include <optional>
#include <pathology/language/rng.hpp>
#include <pathology/proxycore/console/console.hpp>
#include <span>
#include <string>
#include <unordered_set>

#include "script.hpp"

namespace pathology::pathoc {

/// Derives the seed of each message of each connection from the seed of the run.
class SeedSource {
public:
    explicit SeedSource(std::optional<std::uint64_t> seed) : seed_(seed) {}

    std::uint64_t seed_of(std::uint64_t connection, std::uint64_t message) const {
        return seed_.of(connection, message);
    }

    /// The script that -r chooses for a connection.
    std::span<Script const> pick(std::span<Script const> scripts, std::uint64_t connection) const {
        language::Rng rng(language::derive_seed(seed_.value(), connection));
        return scripts.subspan(static_cast<std::size_t>(rng.below(scripts.size())), 1);
    }

    /// Prints the seed to standard error, the first time that it is used, unless it was given by an option.
    void report(proxycore::console::Console& console) { console.err(seed_.replay_hint()); }

private:
    language::RunSeed seed_;
};

/// Remembers the specs that were sent, for --memo.
class DuplicateFilter {
public:
    /// Exhausted after more than `limit` duplicates in a row.
    explicit DuplicateFilter(std::uint64_t limit) : limit_(limit) {}

    /// True the first time it is called with a spec.
    bool is_new(std::string const& spec) {
        bool const is_new = seen_.insert(spec).second;
        repeated_ = is_new ? 0 : repeated_ + 1;
        return is_new;
    }

    bool is_exhausted() const { return repeated_ > limit_; }

private:
    std::uint64_t limit_;
    std::uint64_t repeated_ = 0;  // in a row
    std::unordered_set<std::string> seen_;
};

}  // namespace pathology::pathoc
