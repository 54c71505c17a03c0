// What the tests of addons share: a chain with everything it needs, and addons that write down what they are called
// for.
#pragma once

#include <functional>
#include <pathology/proxycore/addons/chain.hpp>
#include <string>
#include <utility>
#include <vector>

#include "support/play.hpp"

namespace pathology::proxycore::addons::test {

using proxycore::test::play;

/// Runs one hook to its end.
template <class... Arguments>
void run(AddonChain& chain, HookPoint<Arguments...> const& point, std::type_identity_t<Arguments>... arguments) {
    auto const conversation = [&]() -> asio::awaitable<void> { co_await chain.run(point, arguments...); };
    play(conversation);
}

inline flow::HttpFlow make_flow() {
    flow::HttpFlow flow(nullptr, nullptr, flow::Time{});
    flow.live = true;
    return flow;
}

/// Options, a log that is kept, and a chain over both.
struct ChainFixture {
    explicit ChainFixture(asio::any_io_executor workers = {})
        : chain(
              options, [this](LogEntry const& entry) { log.push_back(entry); }, std::move(workers)) {}
    Options options{};
    std::vector<LogEntry> log{};
    std::vector<std::string> calls{};
    AddonChain chain;
};

/// Takes part in a few hooks, and does in `request` what it is told to.
class Recorder : public Addon {
public:
    Recorder(std::string name, std::vector<std::string>& calls) : name_(std::move(name)), calls_(calls) {}
    std::string name() const override { return name_; }
    std::vector<AddonHandle> parts() override { return handles; }

    void load(Host& host) override {
        note("load");
        if (on_load) on_load(host);
    }
    void configure(Options const&, std::set<std::string> const& changed) override {
        std::string names;
        for (auto const& option : changed) names += " " + option;
        note("configure" + names);
        if (on_configure) on_configure();
    }
    asio::awaitable<void> running() override { co_return note("running"); }
    asio::awaitable<void> done() override { co_return note("done"); }
    asio::awaitable<void> request(flow::HttpFlow& flow) override {
        note("request");
        if (on_request) on_request(flow);
        co_return;
    }

    std::function<void(flow::HttpFlow&)> on_request{};
    std::function<void()> on_configure{};
    std::function<void(Host&)> on_load{};
    std::vector<AddonHandle> handles{};

private:
    void note(std::string const& what) { calls_.push_back(name_ + " " + what); }

    std::string name_;
    std::vector<std::string>& calls_;
};

}  // namespace pathology::proxycore::addons::test
