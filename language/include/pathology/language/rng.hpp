#pragma once
// Randomness as a parameter: the same seed gives the same numbers on every machine.

#include <array>
#include <atomic>
#include <bit>
#include <cstdint>
#include <optional>
#include <string>

namespace pathology::language {

/// Spreads the bits of a number over all 64 (the finaliser of SplitMix64, Steele et al. 2014).
constexpr std::uint64_t mix(std::uint64_t x) {
    x = (x ^ (x >> 30U)) * 0xBF58476D1CE4E5B9ULL;
    x = (x ^ (x >> 27U)) * 0x94D049BB133111EBULL;
    return x ^ (x >> 31U);
}

/// The seed of one of many independent streams of a parent seed.
constexpr std::uint64_t derive_seed(std::uint64_t seed, std::uint64_t stream) {
    return mix(seed + 0x9E3779B97F4A7C15ULL * (stream + 1));
}

/// A small, fast generator (xoshiro256++, Blackman and Vigna 2019). Copyable; not for secrets.
class Rng {
public:
    using result_type = std::uint64_t;

    explicit constexpr Rng(std::uint64_t seed) : state_{} {
        for (std::uint64_t i = 0; i < 4; ++i) state_[i] = derive_seed(seed, i);
    }

    static constexpr result_type min() { return 0; }
    static constexpr result_type max() { return ~0ULL; }

    constexpr result_type operator()() {
        auto const result = std::rotl(state_[0] + state_[3], 23) + state_[0];
        auto const t = state_[1] << 17U;
        state_[2] ^= state_[0];
        state_[3] ^= state_[1];
        state_[1] ^= state_[2];
        state_[0] ^= state_[3];
        state_[2] ^= t;
        state_[3] = std::rotl(state_[3], 45);
        return result;
    }

    /// A number in [0, bound); 0 for a bound of 0.
    constexpr std::uint64_t below(std::uint64_t bound) {
        __extension__ using Wide = unsigned __int128;
        return static_cast<std::uint64_t>((static_cast<Wide>((*this)()) * bound) >> 64U);
    }

private:
    std::array<std::uint64_t, 4> state_;
};

/// A random seed, for programs that were given none.
std::uint64_t draw_seed();

/// The seed of one run of a program: given, or drawn.
///
/// Thread: all members may be called from any thread.
class RunSeed {
public:
    explicit RunSeed(std::optional<std::uint64_t> given);

    std::uint64_t value() const { return value_; }
    /// The seed of one message of one connection, both counted from 0.
    std::uint64_t of(std::uint64_t connection, std::uint64_t message) const {
        return derive_seed(derive_seed(value_, connection), message);
    }

    /// Returns a whole line that describes how to replay the run, on the first call for a drawn seed; else an empty string.
    std::string replay_hint();

private:
    std::uint64_t value_;
    std::atomic<bool> is_known_;
};

}  // namespace pathology::language
