#pragma once
// The seed of a run of a program: the one it was given, or one that is drawn and told.

#include <atomic>
#include <cstdint>
#include <optional>
#include <pathology/language/rng.hpp>
#include <string>

namespace pathology::language {

/// Thread: every function may be called from any thread.
class RunSeed {
public:
    explicit RunSeed(std::optional<std::uint64_t> given);

    std::uint64_t value() const { return value_; }
    /// That of one message of one connection, both counted from 0.
    std::uint64_t of(std::uint64_t connection, std::uint64_t message) const {
        return derive_seed(derive_seed(value_, connection), message);
    }

    /// How to replay the run, a whole line, the first time it is asked for a seed that nobody gave; nothing otherwise.
    std::string note();

private:
    std::uint64_t value_;
    std::atomic<bool> is_known_;
};

}  // namespace pathology::language
