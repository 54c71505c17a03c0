// Plays a plan in blocks. Small steps are joined in one block, since each Send is a system call; a long literal is
// returned as a view into the plan, without a copy.
//
//     position = (step_, done_)     next(): SetRate: remembered; blocks end with its pieces, with a Pause before each
//                                           Pause, Disconnect: returned as they are
//                                           SendBytes, long or last before one of those: a view
//                                           other steps: a block of up to `block_` bytes, across steps

#include <pathology/language/player.hpp>

#include <algorithm>
#include <chrono>
#include <cstring>
#include <pathology/language/generator.hpp>
#include <pathology/language/rng.hpp>
#include <utility>

namespace pathology::language {
namespace {

std::uint64_t size(Step const& step) {
    struct Size {
        std::uint64_t operator()(SendBytes const& s) const { return s.bytes.size(); }
        std::uint64_t operator()(SendGenerated const& s) const { return s.size; }
        std::uint64_t operator()(SendFile const& s) const { return s.size; }
        std::uint64_t operator()(SendFramed const& s) const { return s.size; }
        std::uint64_t operator()(SetRate) const { return 0; }
        std::uint64_t operator()(Pause) const { return 0; }
        std::uint64_t operator()(Disconnect) const { return 0; }
    };
    return std::visit(Size{}, step);
}

void mask(std::optional<Mask> const& mask, std::uint64_t done, std::span<char> bytes) {
    if (mask) proxycore::websocket::apply_mask(bytes, mask->key, mask->phase + done);
}

/// Writes the bytes of a value from `done` on, masked if the step is.
Parsed<void> read(SendGenerated const& value, std::uint64_t seed, std::uint64_t done, std::span<char> into) {
    generate(value.type, derive_seed(seed, value.stream), value.from + done, into);
    mask(value.mask, done, into);
    return {};
}

Parsed<void> read(SendFile const& value, std::uint64_t /*seed*/, std::uint64_t done, std::span<char> into) {
    if (auto read = value.file->read(value.from + done, into); read.has_error()) return read;
    mask(value.mask, done, into);
    return {};
}

/// The headers and payloads of equal frames.
Parsed<void> read(SendFramed const& frames, std::uint64_t seed, std::uint64_t done, std::span<char> into) {
    auto const header = frames.frame_header.size();
    auto const frame = header + frames.frame_payload;
    // `place` counts headers and payloads; a piece of a cut step may begin within either.
    for (auto place = frames.from + done; !into.empty();) {
        auto const within = place % frame;
        auto const is_header = within < header;
        auto const part = into.first(std::min<std::size_t>(into.size(), (is_header ? header : frame) - within));
        if (is_header) {
            std::memcpy(part.data(), frames.frame_header.data() + within, part.size());
        } else {
            // Position in the value: full frames before this one, then the bytes of this one.
            auto const payload = place / frame * frames.frame_payload + within - header;
            auto filled = std::visit([&](auto const& value) { return read(value, seed, payload, part); }, frames.value);
            if (filled.has_error()) return filled;
        }
        place += part.size();
        into = into.subspan(part.size());
    }
    return {};
}

}  // namespace

void Player::start(Plan const& plan, std::uint64_t seed, std::uint64_t times) {
    plan_ = &plan;
    seed_ = seed;
    step_ = 0;
    done_ = 0;
    rate_ = {};
    // A plan without steps has ended already, however often it is repeated.
    repetitions_ = times == 0 || plan.steps.empty() ? 0 : times - 1;
    if (times == 0) end_plan();
}

/// Moves behind the current step: to the next one, or to the first one of the next repetition.
void Player::end_step() {
    ++step_;
    done_ = 0;
    if (!at_end() || repetitions_ == 0) return;
    --repetitions_;
    step_ = 0;
    rate_ = {};
}

void Player::end_plan() {
    step_ = plan_->steps.size();
    done_ = 0;
    repetitions_ = 0;
}

std::uint64_t Player::bulk_size() const {
    if (at_end() || rate_.piece > 0) return 0;
    auto const& step = plan_->steps[step_];
    bool const is_bulk = std::holds_alternative<SendGenerated>(step) || std::holds_alternative<SendFile>(step);
    return is_bulk ? left_in_step() : 0;
}

Parsed<void> Player::peek_bulk(std::span<char> into) const { return fill(plan_->steps[step_], into); }

void Player::skip_bulk(std::uint64_t bytes) {
    done_ += bytes;
    piece_left_ -= std::min(piece_left_, bytes);
    // done_ never stands at the end of a step.
    if (left_in_step() == 0) end_step();
}

std::uint64_t Player::left_in_step() const { return size(plan_->steps[step_]) - done_; }

Parsed<void> Player::fill(Step const& step, std::span<char> into) const {
    if (auto const* bytes = std::get_if<SendBytes>(&step)) {
        std::memcpy(into.data(), bytes->bytes.data() + done_, into.size());
    } else if (auto const* generated = std::get_if<SendGenerated>(&step)) {
        return read(*generated, seed_, done_, into);
    } else if (auto const* file = std::get_if<SendFile>(&step)) {
        return read(*file, seed_, done_, into);
    } else if (auto const* framed = std::get_if<SendFramed>(&step)) {
        return read(*framed, seed_, done_, into);
    }
    return {};
}

/// Before bytes: the pause before a new piece of the rate.
std::optional<Pause> Player::begin_piece() {
    if (rate_.piece == 0 || piece_left_ > 0) return std::nullopt;
    piece_left_ = rate_.piece;
    if (std::exchange(is_first_piece_, false) || rate_.interval.count() == 0) return std::nullopt;
    auto const seconds = std::chrono::floor<std::chrono::seconds>(rate_.interval);
    return Pause{seconds, false, rate_.interval - seconds, true};
}

Parsed<Action> Player::next() {
    for (SetRate const* rate = nullptr; !at_end(); end_step()) {
        rate = std::get_if<SetRate>(&plan_->steps[step_]);
        if (rate == nullptr) break;
        rate_ = *rate;
        piece_left_ = 0;
        is_first_piece_ = true;
    }
    if (at_end()) return Action(Finished{});
    auto const& step = plan_->steps[step_];
    if (auto const* pause = std::get_if<Pause>(&step)) {
        end_step();
        return Action(*pause);
    }
    if (auto const* disconnect = std::get_if<Disconnect>(&step)) {
        end_plan();
        return Action(*disconnect);
    }
    if (auto const pause = begin_piece()) return Action(*pause);
    if (auto const* bytes = std::get_if<SendBytes>(&step); bytes != nullptr && can_be_sent_uncopied()) {
        end_step();
        return Action(Send{bytes->bytes});
    }
    return next_block();
}

bool Player::can_be_sent_uncopied() const {
    if (done_ > 0 || rate_.piece > 0) return false;
    if (left_in_step() >= block_) return true;
    return sendable_bytes() == left_in_step();
}

/// The number of bytes before the next pause, the disconnect or the end; any number from a block on if they fill one.
std::uint64_t Player::sendable_bytes() const {
    auto const& steps = plan_->steps;
    auto bytes = left_in_step();
    auto repetitions = repetitions_;
    for (auto step = step_ + 1; bytes < block_; ++step) {
        if (step == steps.size()) {
            if (repetitions-- == 0) break;
            step = 0;
        }
        if (size(steps[step]) == 0) break;
        bytes += std::min<std::uint64_t>(size(steps[step]), block_);
    }
    return bytes;
}

Parsed<Action> Player::next_block() {
    auto most = std::min<std::uint64_t>(sendable_bytes(), block_);
    if (rate_.piece > 0) most = std::min(most, piece_left_);
    auto const n = static_cast<std::size_t>(most);
    // Not std::string: growing it would zero bytes that are overwritten at once.
    if (n > capacity_) {
        buffer_ = std::make_unique_for_overwrite<char[]>(n);
        capacity_ = n;
    }
    for (std::span<char> left(buffer_.get(), n); !left.empty();) {
        auto const part = left.first(static_cast<std::size_t>(std::min<std::uint64_t>(left.size(), left_in_step())));
        if (auto const filled = fill(plan_->steps[step_], part); filled.has_error()) return filled.error();
        left = left.subspan(part.size());
        skip_bulk(part.size());
    }
    return Action(Send{{buffer_.get(), n}});
}

Parsed<PreviewEnd> preview(Player& player, std::function<bool(std::string_view)> const& write) {
    for (;;) {
        auto const action = player.next();
        if (action.has_error()) return action.error();
        if (std::holds_alternative<Finished>(*action)) return PreviewEnd::finished;
        if (std::holds_alternative<Disconnect>(*action)) return PreviewEnd::disconnected;
        auto const* send = std::get_if<Send>(&*action);
        if (send != nullptr && !write({send->bytes.data(), send->bytes.size()})) return PreviewEnd::stopped;
    }
}

}  // namespace pathology::language
