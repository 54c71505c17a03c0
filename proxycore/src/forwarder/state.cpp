#include "forwarder/state.hpp"

#include <algorithm>
#include <pathology/proxycore/async/timeout.hpp>
#include <pathology/proxycore/layers/error_status.hpp>

namespace pathology::proxycore::forwarder {
namespace {

using namespace std::chrono_literals;

/// After that the lines about the listeners have been logged.
constexpr auto after_start = 200ms;
/// For activities: the client left before it got a response. nginx logs this number.
constexpr unsigned client_closed_request = 499;

}  // namespace

void Forwarder::State::write(LogLevel level, std::string_view text) {
    if (early)
        early->push_back({level, std::string(text)});
    else if (host != nullptr)
        host->log(level, text);
}

void Forwarder::State::write_early() {
    for (auto const& entry : std::exchange(early, std::nullopt).value_or(std::vector<addons::LogEntry>()))
        write(entry.level, entry.message);
}

asio::awaitable<void> Forwarder::State::run() {
    co_await async::pause(after_start);
    write_early();
    co_await blacklist.keep_fresh();
}

void Forwarder::State::end_without_response(flow::HttpFlow& flow, RequestRecord& record) {
    auto status = layers::error_status(flow);
    if (status == 0) status = flow.response ? flow.response->status_code : client_closed_request;
    restore_request(flow.request, record);
    report(flow, record, status);
    record.slot.reset();
}

void Forwarder::State::report(flow::HttpFlow const& flow, RequestRecord& record, unsigned status) {
    if (std::exchange(record.is_reported, true)) return;
    activities.add(host->loop(), activity_of(flow, record, status));
}

asio::awaitable<std::string> Forwarder::State::post(Activity activity) {
    auto posting = backend->post(std::move(activity));
    auto const posted = co_await std::move(posting);
    co_return posted ? std::string() : posted.error().message;
}

void Forwarder::State::release(flow::Id const& server) {
    auto const [first, last] = upgraded.equal_range(server);
    std::for_each(first, last, [](auto const& entry) { entry.second->slot.reset(); });
    upgraded.erase(first, last);
}

}  // namespace pathology::proxycore::forwarder
