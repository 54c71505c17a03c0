// Server connections that open HTTP/1 streams only.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "layers/context.hpp"

namespace pathology::proxycore::layers::test {

/// Derived classes define how a request gets its server.
class StubConnections : public ServerConnections {
public:
    asio::awaitable<Result<std::unique_ptr<ServerStream>>> acquire(flow::HttpFlow& flow) override {
        return acquire_fresh(flow);
    }
    asio::awaitable<Result<void>> open(std::shared_ptr<flow::Server>, std::vector<std::string>) override {
        co_return Result<void>();
    }
    asio::awaitable<Result<ServerConnection>> acquire_stream(std::shared_ptr<flow::Server>) override {
        Failure failure{Errc::cancelled, "nothing but HTTP here"};
        co_return failure;
    }
    asio::awaitable<void> close(ServerConnection) override { co_return; }
    asio::awaitable<void> close_all() override { co_return; }
};

}  // namespace pathology::proxycore::layers::test
