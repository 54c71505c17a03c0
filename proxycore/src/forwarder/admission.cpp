#include "forwarder/admission.hpp"

#include <utility>

#include "forwarder/refusal.hpp"

namespace pathology::proxycore::forwarder {

asio::awaitable<bool> Admission::is_blocked(flow::Request const& request) {
    auto named = request.pretty_url(), real = request.url();
    bool const has_two = real != named;
    auto finding = blacklist_.current().find(std::move(named));
    auto block = co_await std::move(finding);
    if (!block && has_two) {
        auto finding_real = blacklist_.current().find(std::move(real));
        block = co_await std::move(finding_real);
    }
    if (block && !block->given_up.empty())
        log_(LogLevel::warn, "blacklist rule " + block->rule + " blocks a URL, because its match was given up: " +
                                 block->given_up + "; make the pattern simpler");
    co_return block.has_value();
}

asio::awaitable<std::optional<flow::Response>> Admission::choose_proxy(RequestRecord& record, std::string target) {
    if (record.proxy) co_return std::nullopt;
    if (!record.slot) {
        auto acquiring = slots_.acquire(timeout_);
        record.slot = co_await std::move(acquiring);
    }
    if (!record.slot) {
        log_(LogLevel::warn, "a request got no slot within " + std::to_string(timeout_.count()) +
                                 " ms; MAX_CONCURRENT_REQUESTS limits those that are forwarded at a time");
        co_return refusal(504, "too many requests at a time; try again later");
    }
    auto asking = backend_.choose_proxy(record.token, std::move(target));
    auto chosen = co_await std::move(asking);
    if (!chosen) {
        record.slot.reset();
        log_(LogLevel::warn, "a request is not forwarded: " + chosen.error().message);
        co_return refusal_of(chosen.error());
    }
    record.proxy = std::move(*chosen);
    log_(LogLevel::debug, "the backend chose the proxy " + to_string(record.proxy->via));
    co_return std::nullopt;
}

}  // namespace pathology::proxycore::forwarder
