// The server connections of one client, over the network.
#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <list>
#include <pathology/proxycore/layers/context.hpp>
#include <pathology/proxycore/layers/servers.hpp>
#include <pathology/proxycore/upstream/route.hpp>
#include <vector>

#include "upstream/connector.hpp"
#include "upstream/connection_pool.hpp"

namespace pathology::proxycore::layers {

class NetworkServers final : public Servers {
public:
    explicit NetworkServers(Context& context);

    std::unique_ptr<ServerStream> acquire_at_once(flow::HttpFlow& flow) override;
    asio::awaitable<Result<std::unique_ptr<ServerStream>>> acquire(flow::HttpFlow& flow) override;
    asio::awaitable<Result<std::unique_ptr<ServerStream>>> acquire_fresh(flow::HttpFlow& flow) override;
    asio::awaitable<Result<void>> open(std::shared_ptr<flow::Server> server, std::vector<std::string> alpn) override;
    asio::awaitable<Result<ServerConnection>> take(std::shared_ptr<flow::Server> server) override;
    asio::awaitable<void> close(ServerConnection connection) override;
    void keep(ServerConnection connection) override;
    asio::awaitable<void> close_all() override;

private:
    using Stream = std::unique_ptr<net::Stream>;
    using Lent = std::unique_ptr<ServerStream>;
    using Record = std::shared_ptr<flow::Server>;

    // --- where to, and which way: network_routes.cpp ---
    asio::awaitable<upstream::Route> choose(upstream::Wish const& wish, flow::Server const& preset);
    Lane& lane_to(Target const& target);
    Target target_of(flow::HttpFlow const& flow, upstream::Route const& route) const;
    static Target target_of(flow::Server const& server);
    bool leads_to_own(flow::HttpFlow const& flow) const;
    void authorize(flow::HttpFlow& flow, Target const& target, upstream::Route const& route) const;
    RequestForm form_of(Target const& target) const;

    // --- connections ---
    asio::awaitable<Result<Lent>> lend_along(flow::HttpFlow& flow, bool fresh);
    asio::awaitable<Result<Lent>> lend_own(flow::HttpFlow& flow);
    asio::awaitable<Result<Lent>> lend_new(flow::HttpFlow& flow, Lane& lane, upstream::Route const& route);
    asio::awaitable<Result<Lent>> lend_of(flow::HttpFlow& flow, Lane& lane, upstream::Route const& route, bool fresh);
    asio::awaitable<Result<Lent>> lend_open(flow::HttpFlow& flow, Link& link, upstream::Route const& route);
    asio::awaitable<bool> takes_websocket(Link& link);
    Lent lend(Link& link, flow::HttpFlow& flow);
    void unwrap(Link& link);
    void take_back(Link& link, std::unique_ptr<Http1Server> connection);
    asio::awaitable<Result<Stream>> connect(Record server, Lane& lane, upstream::Route const& route,
                                            std::vector<std::string> alpn);
    asio::awaitable<Result<Stream>> open_along(Record server, Target const& target, upstream::Route const& route,
                                               std::vector<std::string> alpn);
    asio::awaitable<Result<Stream>> or_give_up(Record server, asio::awaitable<Result<Stream>> work);
    Record renewed(Record server);
    asio::awaitable<Result<void>> connect_ahead(Record server, std::vector<std::string> alpn);
    void rest_ahead(Link& link, Stream stream);
    asio::awaitable<Result<void>> secure_later(Link& link, std::vector<std::string> alpn);
    Record record_for(flow::HttpFlow const& flow, Target const& target) const;
    Link* find(flow::Server const& record);
    std::vector<std::string> offers_to(Target const& target, http::Version spoken) const;

    // --- their ends ---
    asio::awaitable<void> close_shared();
    void make_room();
    void drop(Link& link);
    void say_farewell(Record const& record);
    void note_change(Link& link);
    asio::awaitable<void> drop_later(Record record);
    bool forget(flow::Server const& record);
    asio::awaitable<void> run_farewell(Record record);
    void note_farewell();

    Context& context_;
    std::shared_ptr<upstream::Selector> selector_;  // null: always own_route_
    upstream::Route own_route_;
    std::list<Lane> lanes_;
    std::vector<Record> records_;                    // of connections that may be open
    std::optional<asio::any_io_executor> executor_;  // known once there is a connection
    std::size_t farewells_ = 0;                      // under way
    bool is_closing_ = false;
    async::Event* said_ = nullptr;  // rings when one is over, for close_all()
};

}  // namespace pathology::proxycore::layers
