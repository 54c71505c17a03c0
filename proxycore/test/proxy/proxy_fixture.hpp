// A proxy with an addon that records its hooks, and a log that is kept.
#pragma once

#include <condition_variable>
#include <memory>
#include <mutex>
#include <pathology/proxycore/addons/addon.hpp>
#include <pathology/proxycore/proxy/proxy.hpp>
#include <string>
#include <vector>

#include "support/hook_recorder.hpp"

namespace pathology::proxycore::proxy::test {

namespace asio = boost::asio;
using proxycore::test::HookRecorder;

/// Listens on free ports of 127.0.0.1, with an authority that all tests of the program share.
class ProxyFixture {
public:
    explicit ProxyFixture(std::vector<std::string> modes = {"regular"});

    /// `name=value`, before start().
    ProxyFixture& set(std::string const& setting);
    void start();

    std::uint16_t port(std::size_t listener = 0) const { return proxy.port(listener); }
    /// `127.0.0.1:1234`
    std::string where(std::size_t listener = 0) const { return "127.0.0.1:" + std::to_string(port(listener)); }

    std::string log() const;  ///< all lines so far
    /// Waits until a line holds the text; false when none did in time.
    bool wait_for_log(std::string const& text) const;

private:
    mutable std::mutex mutex_;
    mutable std::condition_variable logged_;
    std::string log_;

public:
    std::shared_ptr<HookRecorder> recorder = std::make_shared<HookRecorder>();
    Proxy proxy;
};

}  // namespace pathology::proxycore::proxy::test
