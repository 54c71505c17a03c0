#pragma once
// Hands out the bytes, pauses and the disconnect of a plan, one after the other and in bounded memory.
// Knows no socket and no clock: daemon, client, preview, test kit and benchmarks all drive it.

#include <cstddef>
#include <memory>
#include <pathology/language/plan.hpp>
#include <span>
#include <variant>

namespace pathology::language {

/// Bytes to send now; valid until the next call of next().
struct Send {
    std::span<char const> bytes;
};

/// The plan is done and the connection stays open.
struct Finished {};

using Action = std::variant<Send, Pause, Disconnect, Finished>;

/// Plays one plan after another; reuses its buffer.
///
/// Owns:   a buffer of at most the block size, made when first needed; the plan must outlive its playing.
/// Thread: one player, one thread. Plans may be shared.
class Player {
public:
    static constexpr std::size_t default_block = 64U << 10U;

    explicit Player(std::size_t block = default_block) : block_(block) {}

    /// Begins a plan. `seed` decides the generated data.
    void start(Plan const& plan, std::uint64_t seed);
    void start(Plan const&& plan, std::uint64_t seed) = delete;  // a temporary would not outlive its playing

    /// The next thing to do. Small neighbouring pieces come as one Send; a long literal comes without being copied.
    /// Errors: SpecErrc::file_access when a file cannot be read any more.
    Parsed<Action> next();

    /// How many bytes of generated or file data come next, if any: they can be looked at in blocks of any size before
    /// they are passed over, and next() goes on behind.
    std::uint64_t bulk() const;
    /// Writes the first of them. `into` is not larger than bulk().
    Parsed<void> look_at_bulk(std::span<char> into) const;
    void pass_over(std::uint64_t bytes_of_bulk);

    /// Whether everything but the end was handed out.
    bool at_end() const { return plan_ == nullptr || step_ == plan_->steps.size(); }

private:
    Parsed<void> fill(Step const& step, std::span<char> into) const;
    std::uint64_t left_in_step() const;
    bool stands_alone() const;
    Parsed<Action> next_block();

    std::size_t block_;
    std::size_t capacity_ = 0;
    std::unique_ptr<char[]> buffer_;
    Plan const* plan_ = nullptr;
    std::uint64_t seed_ = 0;
    std::size_t step_ = 0;
    std::uint64_t done_ = 0;  // bytes of the current step that were handed out
};

}  // namespace pathology::language
