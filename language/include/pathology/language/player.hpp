#pragma once
// Gives the bytes, pauses and the disconnect of a plan one after the other, in bounded memory. It has no socket and no
// clock: daemon, client, preview, test kit and benchmarks all drive it.

#include <cstddef>
#include <functional>
#include <memory>
#include <optional>
#include <pathology/language/plan.hpp>
#include <span>
#include <string_view>
#include <variant>

namespace pathology::language {

/// Bytes to send now. Valid until the next call of next().
struct Send {
    std::span<char const> bytes;
};

/// The plan has ended and the connection stays open.
struct Finished {};

using Action = std::variant<Send, Pause, Disconnect, Finished>;

/// Plays one plan after another; reuses its buffer.
///
/// Owns:   a buffer of at most the block size, allocated when first needed. The plan must outlive its playing.
/// Thread: one player, one thread. Plans may be shared.
class Player {
public:
    static constexpr std::size_t default_block = 64U << 10U;

    explicit Player(std::size_t block = default_block) : block_(block) {}

    /// Starts a plan that is played `times` times, 0 included. `seed` decides the generated data, which is the same each
    /// time. A disconnect ends all of it.
    void start(Plan const& plan, std::uint64_t seed, std::uint64_t times = 1);
    void start(Plan const&& plan, std::uint64_t seed,
               std::uint64_t times = 1) = delete;  // would not outlive its playing

    /// Returns the next thing to do. Small neighbouring pieces come as one Send; a long literal is not copied.
    /// Errors: SpecErrc::file_access if a file can no longer be read.
    Parsed<Action> next();

    /// The number of bytes of generated or file data that come next; 0 if something else does. They can be read in
    /// blocks of any size and then skipped; next() continues behind them.
    std::uint64_t bulk_size() const;
    /// Reads the first of them. `into` is at most bulk_size() long.
    Parsed<void> peek_bulk(std::span<char> into) const;
    void skip_bulk(std::uint64_t bytes);

    /// Whether everything but Finished was given out.
    bool at_end() const { return plan_ == nullptr || step_ == plan_->steps.size(); }

private:
    std::optional<Pause> begin_piece();
    Parsed<void> fill(Step const& step, std::span<char> into) const;
    std::uint64_t left_in_step() const;
    std::uint64_t sendable_bytes() const;
    bool can_be_sent_uncopied() const;
    void end_step();
    void end_plan();
    Parsed<Action> next_block();

    std::size_t block_;
    std::size_t capacity_ = 0;
    std::unique_ptr<char[]> buffer_;
    Plan const* plan_ = nullptr;
    std::uint64_t seed_ = 0;
    std::size_t step_ = 0;           // past the last one only at the end of everything
    std::uint64_t done_ = 0;         // bytes of the current step that were given out
    std::uint64_t repetitions_ = 0;  // of the plan, after the current one
    SetRate rate_{};
    std::uint64_t piece_left_ = 0;  // bytes of the current piece of the rate
    bool is_first_piece_ = false;   // of the rate: it has no pause before it
};

/// How a preview ended.
enum class PreviewEnd : std::uint8_t {
    finished,
    disconnected,  ///< the plan closes the connection
    stopped,       ///< `write` returned false
};

/// Calls `write` with everything that a started player sends, block by block, until it returns false. Does not wait for
/// pauses.
/// Errors: those of Player::next().
Parsed<PreviewEnd> preview(Player& player, std::function<bool(std::string_view)> const& write);

}  // namespace pathology::language
