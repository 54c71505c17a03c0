#include <pathology/language/message_order.hpp>

namespace pathology::language {

Repetition repetition(Message const& message) {
    Repetition made{.times = times(message)};
    if (auto const* group = find<GroupEnd>(features(message))) {
        made.group_size = group->messages;
        made.group_count = group->count;
    }
    return made;
}

std::optional<std::size_t> MessageOrder::next(std::span<Repetition const> messages) {
    while (index_ < messages.size()) {
        auto const& message = messages[index_];
        if (message.times > repeated_ && (message.group_size == 0 || message.group_count > rounds_)) {
            ++repeated_;
            is_round_empty_ = false;
            return index_;
        }
        leave_message(message);
    }
    return std::nullopt;
}

/// To the next message, or back to the first one of its group.
void MessageOrder::leave_message(Repetition const& message) {
    repeated_ = 0;
    if (message.group_size == 0) {
        ++index_;
        return;
    }
    // A round without a message would be followed by others like it.
    bool const is_last = is_round_empty_ || ++rounds_ >= message.group_count;
    is_round_empty_ = true;
    if (!is_last) {
        index_ -= message.group_size - 1;
        return;
    }
    rounds_ = 0;
    ++index_;
}

std::optional<std::uint64_t> count_messages(std::span<Repetition const> messages) {
    // From the end, so that the size of a group is known before its messages.
    std::uint64_t count = 0;
    std::size_t group_begin = messages.size();
    std::uint64_t rounds = 1;
    for (std::size_t i = messages.size(); i-- > 0;) {
        auto const& message = messages[i];
        if (i < group_begin) rounds = 1;
        if (message.group_size > 0) {
            group_begin = i + 1 - message.group_size;
            rounds = message.group_count;
        }
        std::uint64_t all = 0;
        if (__builtin_mul_overflow(message.times, rounds, &all)) return std::nullopt;
        if (__builtin_add_overflow(count, all, &count)) return std::nullopt;
    }
    return count;
}

}  // namespace pathology::language
