// From pieces and actions to steps. Actions are sorted by offset, stable, so those of one place keep their order; the
// pieces are cut where an action is.
//
//     pieces   |  head  |        body        |
//     actions      ▲p        ▲i       ▲d
//     steps    |he|P|ad |bod|injected|y |D          after a disconnect nothing is sent
//
// Invariant: `sent_` bytes of the base message are in the steps, the last `sent_of_piece_` of them from piece
// `next_piece_`.

#include <pathology/language/plan.hpp>

#include <algorithm>
#include <pathology/language/timing.hpp>

#include "layout.hpp"
#include "resolving.hpp"

namespace pathology::language {
namespace {

/// An action of a resolved message, with its offset clamped to the message.
struct Placed {
    std::uint64_t at;
    Feature const* feature;
};

SpecFailure not_resolved(Feature const& feature) {
    return {SpecErrc::out_of_range, "the offset is not a number; resolve() has to run first", feature.span};
}

Parsed<std::vector<Placed>> place_actions(Features const& features, std::uint64_t base_length) {
    std::vector<Placed> placed;
    for (auto const& feature : features) {
        auto const* const offset = offset_of(feature);
        if (offset == nullptr) continue;
        if (offset->kind != Offset::Kind::number) return not_resolved(feature);
        placed.push_back({std::min(offset->number, base_length), &feature});
    }
    std::stable_sort(placed.begin(), placed.end(), [](Placed const& a, Placed const& b) { return a.at < b.at; });
    return placed;
}

/// Builds the steps from the pieces of the base message, in order, and the actions between them.
class Planner {
public:
    Planner(Message const& message, Settings const& settings, Base base)
        : injections_(message, settings), base_(std::move(base)) {
        plan_.base_length = base_.size();
        plan_.length = plan_.base_length;
        plan_.steps.reserve(base_.pieces.size() + 1);
    }

    Parsed<Plan> make(Features const& features) {
        auto const actions = place_actions(features, plan_.base_length);
        if (actions.has_error()) return actions.error();
        for (auto const& [at, feature] : *actions) {
            if (auto const added = add_action(at, *feature); added.has_error()) return added.error();
        }
        if (!plan_.disconnects) send_until(plan_.base_length);
        return std::move(plan_);
    }

private:
    Parsed<void> add_action(std::uint64_t at, Feature const& feature) {
        if (auto const* inject = std::get_if<InjectAt>(&feature.is)) {
            if (auto const added = injections_.add(inject->value); added.has_error())
                return language::at(feature, added.error());
            auto injected = injections_.take().pieces;
            for (auto const& piece : injected) plan_.length = saturating_sum(plan_.length, size(piece));
            if (plan_.disconnects) return {};  // counts for limits; never sent
            send_until(at);
            for (auto& piece : injected) push(std::move(piece));
            return {};
        }
        if (plan_.disconnects) return {};
        send_until(at);
        plan_.pauses = plan_.pauses || takes_time(feature);
        if (auto const* pause = std::get_if<PauseAt>(&feature.is)) {
            auto const time = pause->time.value_or(PauseTime{});
            std::optional<std::chrono::seconds> length;
            if (pause->time)
                length =
                    std::chrono::seconds(static_cast<std::int64_t>(std::min(time.seconds, PauseTime::max_seconds)));
            plan_.steps.emplace_back(Pause{length, is_between_frames(), std::chrono::nanoseconds(time.nanoseconds)});
        } else if (auto const* rate = std::get_if<RateFrom>(&feature.is)) {
            plan_.steps.emplace_back(rate->rate ? pieces_of(*rate->rate) : SetRate{});
        } else {
            plan_.disconnects = true;
            plan_.steps.emplace_back(Disconnect{std::get<DisconnectAt>(feature.is).how});
        }
        return {};
    }

    /// Returns true if the steps so far end at the boundary of an HTTP/2 frame.
    bool is_between_frames() const {
        if (base_.frames.empty()) return false;
        if (next_piece_ == base_.pieces.size()) return true;
        if (auto const* framed = std::get_if<SendFramed>(&base_.pieces[next_piece_]))
            return sent_of_piece_ % (framed->frame_header.size() + framed->frame_payload) == 0;
        return std::binary_search(base_.frames.begin(), base_.frames.end(), sent_);
    }

    void send_until(std::uint64_t at) {
        while (sent_ < at) {
            auto& piece = base_.pieces[next_piece_];
            auto const left = size(piece) - sent_of_piece_;
            auto const n = std::min(left, at - sent_);
            auto const is_whole = n == size(piece);
            push(is_whole ? std::move(piece) : cut(piece, sent_of_piece_, n));
            sent_ += n;
            sent_of_piece_ += n;
            if (n == left) {
                ++next_piece_;
                sent_of_piece_ = 0;
            }
        }
    }

    void push(Piece piece) {
        plan_.generates = plan_.generates || std::holds_alternative<SendGenerated>(piece);
        if (auto* bytes = std::get_if<SendBytes>(&piece); bytes != nullptr && !plan_.steps.empty()) {
            if (auto* last = std::get_if<SendBytes>(&plan_.steps.back())) {
                last->bytes += bytes->bytes;
                return;
            }
        }
        std::visit([this](auto& part) { plan_.steps.emplace_back(std::move(part)); }, piece);
    }

    Layout injections_;
    Base base_;
    std::size_t next_piece_ = 0;
    std::uint64_t sent_of_piece_ = 0;
    std::uint64_t sent_ = 0;
    Plan plan_;
};

}  // namespace

Parsed<Plan> make_plan(Message const& resolved, Settings const& settings, Base base) {
    return Planner(resolved, settings, std::move(base)).make(features(resolved));
}

Parsed<Plan> make_plan(Message const& resolved, Settings const& settings) {
    auto base = lay_out(resolved, settings);
    if (base.has_error()) return base.error();
    return make_plan(resolved, settings, std::move(*base));
}

Parsed<std::uint64_t> base_length(Message const& message, Settings const& settings) {
    auto const base = lay_out(message, settings);
    if (base.has_error()) return base.error();
    return base->size();
}

}  // namespace pathology::language
