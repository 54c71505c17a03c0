#pragma once
// How often the messages of a spec are sent, and in which order.

#include <cstdint>
#include <optional>
#include <pathology/language/ast.hpp>
#include <span>
#include <vector>

namespace pathology::language {

/// How often one message of a spec is sent.
struct Repetition {
    std::uint64_t times = 1;        ///< N of its `xN`; may be 0
    std::size_t group_size = 0;     ///< messages of the group that ends with it; 0 if none does
    std::uint64_t group_count = 1;  ///< how often that group is sent
};

Repetition repetition(Message const& message);

/// Goes through messages in the order of sending: each as often as its `xN` says, groups as often as theirs.
///
///     (a:x2 b)x3     a a b a a b a a b
///
/// Owns: nothing; takes no memory however often messages are repeated.
class MessageOrder {
public:
    /// Returns the index of the next message, std::nullopt behind the last one. Pass the same messages each time.
    std::optional<std::size_t> next(std::span<Repetition const> messages);

    /// How often the message of the last next() was returned before, in this round of its group.
    std::uint64_t repetition() const { return repeated_ - 1; }

private:
    void leave_message(Repetition const& message);

    std::size_t index_ = 0;
    std::uint64_t repeated_ = 0;  // how often the current message was returned
    std::uint64_t rounds_ = 0;    // of the current group that are complete
    bool is_round_empty_ = true;  // no message of the current round was returned
};

/// The number of messages that are sent; std::nullopt if it exceeds 64 bits.
std::optional<std::uint64_t> count_messages(std::span<Repetition const> messages);

}  // namespace pathology::language
