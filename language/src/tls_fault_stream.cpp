#include <pathology/language/tls_fault_stream.hpp>

#include <algorithm>
#include <pathology/language/send_plan.hpp>
#include <pathology/proxycore/net/lingering_close.hpp>
#include <pathology/proxycore/tls/client_hello.hpp>

#include "pause_stream.hpp"
#include "wire_records.hpp"

namespace pathology::language {

namespace async = proxycore::async;
namespace tls = proxycore::tls;
using Fault = TlsFaultAction;

namespace {

net::TimeLimit length_of(Fault::Pause const& pause) {
    if (!pause.time) return std::nullopt;
    return pause.time->length();
}

/// The number of bytes that an action changes.
std::size_t changed_size(Fault const& action) {
    auto const* const overwrite = std::get_if<Fault::Overwrite>(&action.what);
    return overwrite != nullptr ? overwrite->bytes.size() : 1;
}

/// Changes the part of the bytes from the position `begin` on that the action is about.
void change(std::string& bytes, std::uint64_t begin, std::uint64_t place, Fault const& action) {
    auto const* const overwrite = std::get_if<Fault::Overwrite>(&action.what);
    auto const end = std::min(begin + bytes.size(), place + changed_size(action));
    for (auto at = std::max(begin, place); at < end; ++at) {
        auto& byte = bytes[at - begin];
        byte = overwrite != nullptr ? overwrite->bytes[at - place] : static_cast<char>(~byte);
    }
}

}  // namespace

struct TlsFaultStream::State {
    /// An action that changes bytes, from its place on.
    struct Change {
        std::size_t action;
        std::uint64_t place;
    };

    std::unique_ptr<net::Stream> next;
    net::TimeLimit limit;
    TlsFault fault;
    std::vector<bool> done;       // by action
    std::vector<Change> changes;  // of the actions done
    std::string performed;        // all of them
    std::function<void(proxycore::record::RecordedTlsFault const&)> report;
    WireRecords records;
    std::uint64_t position = 0;  // of the bytes of TLS
    bool has_ended = false;

    bool has_actions() const { return !fault.empty(); }

    /// The place of an action that is not done yet, at the earliest the next byte.
    std::optional<std::uint64_t> place_of(std::size_t action) const {
        if (done[action]) return std::nullopt;
        auto const place = records.position_of(fault[action].at);
        return place ? std::optional(std::max(*place, position)) : std::nullopt;
    }

    /// The action that is next before the position `end`, of several the first one; npos if there is none.
    std::size_t next_action(std::uint64_t end) const {
        auto found = std::string::npos;
        auto nearest = end;
        for (std::size_t i = 0; i < fault.size(); ++i) {
            auto const place = place_of(i);
            if (!place || *place >= nearest) continue;
            nearest = *place;
            found = i;
        }
        return found;
    }

    void record(std::size_t action) {
        done[action] = true;
        auto const [number, distance] = records.place_of(position);
        proxycore::record::RecordedTlsFault const entry{fault[action].text, position, number, distance};
        performed += (performed.empty() ? "" : "; ") + to_string(entry);
        if (report) report(entry);
    }

    asio::awaitable<net::error_code> send(std::string bytes) { co_return co_await net::send(*next, bytes); }
    asio::awaitable<net::error_code> send_bytes_before(std::string& bytes, std::uint64_t place);
    asio::awaitable<net::error_code> perform(std::size_t action);
    asio::awaitable<net::error_code> pause(net::TimeLimit length);
    asio::awaitable<net::error_code> end(Ending how);
    asio::awaitable<net::error_code> write(std::string bytes);

    bool is_changing() const {
        return std::ranges::any_of(
            changes, [&](Change const& one) { return one.place + changed_size(fault[one.action]) > position; });
    }
};

/// Sends the bytes from the position of now to `place`, and removes them from `bytes`.
asio::awaitable<net::error_code> TlsFaultStream::State::send_bytes_before(std::string& bytes, std::uint64_t place) {
    auto const size = static_cast<std::size_t>(std::min<std::uint64_t>(place - position, bytes.size()));
    if (size == 0) co_return net::error_code();
    auto sent = bytes.substr(0, size);
    bytes.erase(0, size);
    for (auto const& [action, at] : changes) change(sent, position, at, fault[action]);
    position += size;
    co_return co_await net::send(*next, sent);
}

/// Waits at most for the time limit, which is an error then.
asio::awaitable<net::error_code> TlsFaultStream::State::pause(net::TimeLimit length) {
    bool const is_limited = limit && (!length || *length > *limit);
    auto const ended = co_await pause_or_disconnect(*next, is_limited ? limit : length, !length);
    if (!ended && is_limited) co_return net::error_code(net::Errc::timed_out);
    co_return ended;
}

asio::awaitable<net::error_code> TlsFaultStream::State::end(Ending how) {
    has_ended = true;
    if (auto const ec = co_await end_connection(*next, how, limit)) co_return ec;
    if (how == Ending::half) co_await net::discard_until_end(*next);
    co_return net::error_code(net::Errc::closed);
}

asio::awaitable<net::error_code> TlsFaultStream::State::perform(std::size_t action) {
    record(action);
    auto const& what = fault[action].what;
    if (auto const* injected = std::get_if<Fault::Inject>(&what)) co_return co_await send(injected->bytes);
    if (auto const* paused = std::get_if<Fault::Pause>(&what)) co_return co_await pause(length_of(*paused));
    if (auto const* ended = std::get_if<Fault::End>(&what)) co_return co_await end(ended->how);
    if (auto const* alert = std::get_if<Fault::Alert>(&what)) {
        auto record = tls::alert_record({alert->code, tls::Alert::Side::raised_here});
        if (auto const ec = co_await send(std::move(record))) co_return ec;
        co_return co_await end(Ending::fin);
    }
    changes.push_back({action, position});
    co_return net::error_code();
}

asio::awaitable<net::error_code> TlsFaultStream::State::write(std::string bytes) {
    if (has_ended) co_return net::error_code(net::Errc::closed);
    records.read(position, bytes);
    while (!bytes.empty()) {
        auto const end = position + bytes.size();
        auto const action = next_action(end);
        auto const place = action != std::string::npos ? *place_of(action) : end;
        if (auto const ec = co_await send_bytes_before(bytes, place)) co_return ec;
        if (action == std::string::npos) break;
        if (auto const ec = co_await perform(action)) co_return ec;
    }
    co_return net::error_code();
}

TlsFaultStream::TlsFaultStream(std::unique_ptr<net::Stream> next, net::TimeLimit limit)
    : state_(std::make_unique<State>()) {
    state_->next = std::move(next);
    state_->limit = limit;
}

TlsFaultStream::~TlsFaultStream() = default;

void TlsFaultStream::set_fault(TlsFault fault) {
    state_->fault = std::move(fault);
    state_->done.assign(state_->fault.size(), false);
}

void TlsFaultStream::set_report(std::function<void(proxycore::record::RecordedTlsFault const&)> report) {
    state_->report = std::move(report);
}

std::string TlsFaultStream::summary() const {
    return state_->performed.empty() ? std::string() : " (" + state_->performed + ")";
}

asio::awaitable<net::ReadResult> TlsFaultStream::read_some(asio::mutable_buffer into) {
    return state_->next->read_some(into);
}

asio::awaitable<net::error_code> TlsFaultStream::write(std::span<asio::const_buffer const> all) {
    if (!state_->has_actions()) return state_->next->write(all);
    std::string bytes;
    for (auto const& one : all) bytes.append(static_cast<char const*>(one.data()), one.size());
    return state_->write(std::move(bytes));
}

/// Only bytes before the next action, since actions wait.
std::size_t TlsFaultStream::write_now(asio::const_buffer bytes) {
    auto& state = *state_;
    if (!state.has_actions()) return state.next->write_now(bytes);
    if (state.has_ended || state.is_changing()) return 0;
    state.records.read(state.position, {static_cast<char const*>(bytes.data()), bytes.size()});
    auto const end = state.position + bytes.size();
    auto const action = state.next_action(end);
    auto const place = action != std::string::npos ? *state.place_of(action) : end;
    auto const sent = state.next->write_now(asio::buffer(bytes, static_cast<std::size_t>(place - state.position)));
    state.position += sent;
    return sent;
}

bool TlsFaultStream::has_unsent() const { return state_->next->has_unsent(); }
asio::awaitable<net::error_code> TlsFaultStream::wait_for_end() { return state_->next->wait_for_end(); }
asio::awaitable<net::error_code> TlsFaultStream::wait_for_input() { return state_->next->wait_for_input(); }
void TlsFaultStream::close(net::CloseMode how) { state_->next->close(how); }
bool TlsFaultStream::shows_truncation() const { return state_->next->shows_truncation(); }
std::size_t TlsFaultStream::unacknowledged() { return state_->next->unacknowledged(); }
void TlsFaultStream::set_time_limit(net::TimeLimit limit) {
    state_->limit = limit;
    state_->next->set_time_limit(limit);
}
proxycore::Endpoint TlsFaultStream::local_endpoint() const { return state_->next->local_endpoint(); }
proxycore::Endpoint TlsFaultStream::remote_endpoint() const { return state_->next->remote_endpoint(); }
asio::any_io_executor TlsFaultStream::executor() { return state_->next->executor(); }

}  // namespace pathology::language
