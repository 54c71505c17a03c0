// A server for what pathod cannot be asked for: resets, silence in a handshake, answers to CONNECT.
#pragma once

#include <gtest/gtest.h>

#include <cstdint>
#include <pathology/proxycore/net/server.hpp>
#include <string>

#include "support/script.hpp"

namespace pathology::integration {

/// Plays a script to its first client, and answers all others with `alive`.
class ScriptedServer {
public:
    explicit ScriptedServer(proxycore::test::Script first);

    std::uint16_t port() const { return server_.port(); }
    std::string where() const { return to_string(server_.local_endpoint()); }
    /// Waits until no connection is open.
    [[nodiscard]] testing::AssertionResult wait_until_idle() const;

private:
    boost::asio::awaitable<void> serve(proxycore::net::Connection connection) const;

    proxycore::test::Script first_;
    proxycore::net::Server server_;
};

}  // namespace pathology::integration
