#include "ledger.hpp"

#include <algorithm>
#include <cctype>
#include <pathology/proxycore/http/escaped.hpp>

#include "convert.hpp"
#include "shell.hpp"

namespace pathology::kit {

using detail::ExpectationOrder;
using detail::ExpectationState;
using proxycore::http::escaped;
using StatePtr = std::shared_ptr<ExpectationState>;

namespace {

SeenRequest seen(pathod::IncomingRequest const& request, pathod::ChosenResponse const& response,
                 std::vector<Difference> differences) {
    auto const method = request.subject.method().value_or("");
    return {.line = escaped(method) + " " + escaped(request.target.substr(0, 400)),
            .path = std::string(request.path.substr(0, request.path.find('?'))),
            .spec = std::string(response.spec),
            .is_matched = response.is_matched,
            .differences = std::move(differences)};
}

// --- order ----------------------------------------------------------------------------------------------------------

std::vector<StatePtr> members_of(ExpectationOrder const& order) {
    std::vector<StatePtr> members;
    for (auto const& member : order.members)
        if (auto state = member.lock()) members.push_back(std::move(state));
    return members;
}

/// The one that a request counts for: the next that lacks requests, else the last that has some, else the first.
StatePtr choose(std::vector<StatePtr> const& members, std::vector<StatePtr> const& matching) {
    auto const is_matching = [&](StatePtr const& one) { return std::ranges::find(matching, one) != matching.end(); };
    StatePtr started, first;
    bool is_next = true;  // all before it have what they need
    for (auto const& one : members) {
        if (is_matching(one)) {
            if (is_next && one->is_short()) return one;
            if (one->count > 0) started = one;
            if (!first) first = one;
        }
        is_next = is_next && !one->is_short();
    }
    return started ? started : first;
}

/// `came` has just been counted. Of two in the wrong order, the fault is with the one that came too early; or with one
/// that had what it needs, and came again.
void check_order(std::vector<StatePtr> const& members, ExpectationState& came) {
    bool is_behind = false;
    for (auto const& other : members) {
        if (other.get() == &came) {
            is_behind = true;
            continue;
        }
        bool const is_wrong = is_behind ? other->count > 0 && came.count > came.at_least : other->is_short();
        if (!is_wrong || !came.order_fault.empty()) continue;
        came.order_fault = (is_behind ? "it came after: " : "it came before: ") + to_string(other->match.match());
    }
}

// --- the text of a failure ------------------------------------------------------------------------------------------

std::string times_text(std::uint64_t n) { return n == 1 ? "once" : std::to_string(n) + " times"; }

std::string wanted(ExpectationState const& state) {
    if (state.at_most == 0) return "never";
    if (state.at_least == state.at_most) return "exactly " + times_text(state.at_least);
    if (state.at_most == UINT64_MAX) return "at least " + times_text(state.at_least);
    if (state.at_least == 0) return "at most " + times_text(state.at_most);
    return "from " + std::to_string(state.at_least) + " to " + times_text(state.at_most);
}

/// A path as a regular expression that matches it alone.
std::string pattern_of(std::string_view path) {
    std::string pattern;
    for (char const c : path) {
        bool const is_plain = std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '/' || c == '-' || c == '_';
        if (!is_plain) pattern += '\\';
        pattern += c;
    }
    return pattern + "$";
}

std::string command_for(SeenRequest const& request, std::uint64_t seed) {
    auto const start = "pathod --seed " + std::to_string(seed);
    if (!request.is_matched) return start;
    return start + " -a " + quoted_for_shell(pattern_of(request.path) + "=" + request.spec);
}

std::string describe(SeenRequest const& request, std::uint64_t seed) {
    auto text = request.line;
    for (auto const& [field, expected, got] : request.differences)
        text += "\n    " + field + "\n      expected: " + expected + "\n      got:      " + got;
    return text + "\n    answered by " + escaped(request.spec) + "\n    repeat with: " + command_for(request, seed);
}

std::string failure_text(ExpectationState const& state, std::uint64_t seed) {
    auto text = "expected: " + to_string(state.match.match()) + "\n  how often: " + wanted(state) + "; it came " +
                (state.count == 0 ? "never" : times_text(state.count));
    if (!state.order_fault.empty()) text += "\n  order: " + state.order_fault;
    if (state.last) text += "\n  the last one: " + describe(*state.last, seed);
    if (state.is_short())
        text += state.nearest ? "\n  the nearest other request: " + describe(*state.nearest, seed)
                              : "\n  no other request came";
    return text;
}

}  // namespace

// --- expectations ---------------------------------------------------------------------------------------------------

Order::Order() : state_(std::make_shared<ExpectationOrder>()) {}

Expectation& Expectation::times(std::uint64_t n) { return at_least(n).at_most(n); }

Expectation& Expectation::at_least(std::uint64_t n) {
    std::scoped_lock const lock(*state_->mutex);
    state_->at_least = n;
    state_->has_minimum = true;
    return *this;
}

/// Without at_least() none has to come.
Expectation& Expectation::at_most(std::uint64_t n) {
    std::scoped_lock const lock(*state_->mutex);
    state_->at_most = n;
    if (!state_->has_minimum) state_->at_least = 0;
    return *this;
}

Expectation& Expectation::in_order(Order& order) {
    std::scoped_lock const lock(*state_->mutex);
    state_->order = order.state_;
    order.state_->members.push_back(state_);
    return *this;
}

std::uint64_t Expectation::count() const {
    std::scoped_lock const lock(*state_->mutex);
    return state_->count;
}

// --- the ledger -----------------------------------------------------------------------------------------------------

Expectation& Ledger::add(RequestMatch match, std::source_location where) {
    auto state = std::make_shared<State>(std::move(match), where, mutex_);
    note_script(where);
    std::scoped_lock const lock(*mutex_);
    states_.push_back(state);
    return *handles_.emplace_back(std::make_unique<Expectation>(std::move(state)));
}

void Ledger::note_script(std::source_location where) {
    std::scoped_lock const lock(*mutex_);
    if (!first_script_) first_script_ = where;
}

void Ledger::observe(pathod::IncomingRequest const& request, pathod::ChosenResponse const& response) noexcept {
    std::unique_lock lock(*mutex_);
    auto const states = states_;
    lock.unlock();  // functions of the test may ask for counts
    Matched compared;
    for (auto const& state : states) {
        try {
            compared.emplace_back(state, state->match.differences(request));
        } catch (std::exception const& error) {
            fail("the expectation of " + to_string(state->match.match()) + " threw: " + error.what(), state->where);
        } catch (...) {
            fail("the expectation of " + to_string(state->match.match()) + " threw", state->where);
        }
    }
    lock.lock();
    count(compared, request, response);
    lock.unlock();
    changed_.notify_all();
}

void Ledger::count(Matched const& compared, pathod::IncomingRequest const& request,
                   pathod::ChosenResponse const& response) {
    std::vector<StatePtr> matching, counted;
    for (auto const& [state, differences] : compared) {
        if (differences.empty()) {
            matching.push_back(state);
        } else if (!state->nearest || differences.size() < state->nearest->differences.size()) {
            state->nearest = seen(request, response, differences);
        }
    }
    for (auto const& state : matching) {
        auto const members = state->order ? members_of(*state->order) : std::vector<StatePtr>();
        auto const chosen = state->order ? choose(members, matching) : state;
        if (std::ranges::find(counted, chosen) != counted.end()) continue;
        counted.push_back(chosen);
        ++chosen->count;
        chosen->last = seen(request, response, {});
        check_order(members, *chosen);
    }
    if (response.is_matched || !matching.empty()) return;
    ++unmatched_count_;
    if (unmatched_.size() >= max_unmatched) return;
    unmatched_.push_back(to_request(request));
    unmatched_.back().response.spec = response.spec;
}

std::vector<Failure> Ledger::failures(Daemon::Limit limit, std::uint64_t seed) {
    std::unique_lock lock(*mutex_);
    auto const all_hold = [this] { return std::ranges::all_of(states_, [](auto const& one) { return one->holds(); }); };
    changed_.wait_for(lock, limit, all_hold);
    std::vector<Failure> failures;
    for (auto const& state : states_)
        if (!state->holds()) failures.push_back({failure_text(*state, seed), state->where});
    return failures;
}

std::size_t Ledger::expectations() const {
    std::scoped_lock const lock(*mutex_);
    return states_.size();
}

std::vector<Request> Ledger::unmatched() const {
    std::scoped_lock const lock(*mutex_);
    return unmatched_;
}

std::optional<std::string> Ledger::unmatched_report() const {
    std::scoped_lock const lock(*mutex_);
    if (unmatched_count_ == 0) return std::nullopt;
    auto text = std::to_string(unmatched_count_) + (unmatched_count_ == 1 ? " request" : " requests") +
                " matched no response and no expectation (see DaemonOptions::on_unmatched):";
    for (auto const& request : unmatched_)
        text += "\n  " + escaped(request.method) + " " + escaped(request.target.substr(0, 400));
    if (unmatched_count_ > unmatched_.size()) text += "\n  ...";
    return text;
}

std::optional<std::source_location> Ledger::first_script() const {
    std::scoped_lock const lock(*mutex_);
    return first_script_;
}

void Ledger::forget_unmatched() {
    std::scoped_lock const lock(*mutex_);
    unmatched_.clear();
    unmatched_count_ = 0;
}

}  // namespace pathology::kit
