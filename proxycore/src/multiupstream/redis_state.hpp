// The shared state in a Redis server.
//
//     {pathology}:affinity:192.0.2.1 example.com:443   fingerprint        expires with the lease
//     {pathology}:websocket:192.0.2.1 example.com      fingerprint        the same
//     {pathology}:holders:192.0.2.1 example.com        process ─▶ until   proxies with such WebSockets; times in ms of Redis
//     {pathology}:rests                                fingerprint ─▶ until
//
// Each change is one script, so that proxies that change the same thing at once agree. The braces put all keys into one
// slot of a cluster.
#pragma once

#include <chrono>
#include <pathology/proxycore/multiupstream/shared_state.hpp>

#include "multiupstream/leases.hpp"
#include "redis/client.hpp"

namespace pathology::proxycore::multiupstream {

struct RedisSettings {
    redis::ClientSettings client{};
    std::chrono::milliseconds lease = std::chrono::seconds(60);  ///< so long an affinity lives that nobody holds
};

class RedisState final : public SharedState {
public:
    RedisState(RedisSettings settings, redis::Client::Log log);

    /// Keeps the connection, and the leases, until it is cancelled (terminal).
    boost::asio::awaitable<void> run();

    bool is_available() const override { return client_.is_ready(); }
    boost::asio::awaitable<std::optional<SharedView>> look_up(std::optional<SharedAffinity> affinity) override;
    boost::asio::awaitable<std::optional<std::string>> claim(SharedAffinity affinity, std::string upstream,
                                                             std::string replaced) override;
    void hold(flow::Id const& client, SharedAffinity const& affinity, std::string const& upstream) override;
    void release(flow::Id const& client, SharedAffinity const& affinity) override;
    void forget_client(flow::Id const& client) override;
    void drop(SharedAffinity const& affinity, std::string const& upstream) override;
    void begin_rest(std::string const& upstream, std::chrono::milliseconds length) override;
    void end_rest(std::string const& upstream) override;

private:
    boost::asio::awaitable<void> renew();
    redis::Command claim_of(SharedAffinity const& affinity, std::string const& upstream,
                            std::string const& replaced) const;
    void end_websockets(SharedAffinity const& affinity);

    std::chrono::milliseconds lease_;
    std::string process_;  // random: the name of this proxy among the holders
    Leases leases_;
    redis::Client client_;
};

}  // namespace pathology::proxycore::multiupstream
