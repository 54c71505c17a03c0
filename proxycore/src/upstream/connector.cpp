#include "upstream/connector.hpp"

#include <pathology/proxycore/layers/context.hpp>
#include <pathology/proxycore/layers/tls/tls_service.hpp>
#include <pathology/proxycore/net/connect.hpp>
#include <pathology/proxycore/tunnel/http_connect.hpp>
#include <pathology/proxycore/tunnel/socks5.hpp>
#include <utility>

namespace pathology::proxycore::layers {
namespace {

using addons::Hook;
using Connected = Result<std::unique_ptr<net::Stream>>;

Failure unreachable(std::string message) {
    Failure failure;
    failure.kind = Failure::Kind::unreachable;
    failure.message = std::move(message);
    return failure;
}

Failure failure_of(net::Failure const& why) {
    auto failure = unreachable(why.message);
    if (why.code == net::Errc::timed_out) failure.kind = Failure::Kind::timed_out;
    if (why.code == asio::error::operation_aborted) failure.kind = Failure::Kind::cancelled;
    return failure;
}

/// One connection after the other, each a step further.
class Way {
public:
    Way(Context& context, flow::Server& server) : context_(context), server_(server) {}

    asio::awaitable<Connected> direct();
    asio::awaitable<Connected> through(upstream::Through const& through, Reach reach);

private:
    asio::awaitable<Connected> connect(Endpoint const& address);
    asio::awaitable<Connected> secure_proxy(flow::ServerSpec const& proxy, std::unique_ptr<net::Stream> stream);
    asio::awaitable<Connected> ask_for_tunnel(upstream::Through const& through, std::unique_ptr<net::Stream> stream);
    asio::awaitable<Connected> ask_socks(upstream::Through const& through, std::unique_ptr<net::Stream> stream);
    asio::awaitable<http::RequestHead> connect_request(upstream::Through const& through);

    bool is_ourselves(Endpoint const& address) const {
        auto const& ask = context_.services.is_ourselves;
        return ask && ask(address);
    }

    Context& context_;
    flow::Server& server_;
};

Failure to_ourselves(Endpoint const& address) {
    return unreachable("the request is for the proxy itself (" + to_string(address) + "): it would come back for ever");
}

asio::awaitable<Connected> Way::connect(Endpoint const& address) {
    if (is_ourselves(address)) co_return to_ourselves(address);
    auto const& times = context_.settings->times;
    auto opened = co_await net::connect(address.host, address.port, times.connect);
    if (!opened) co_return failure_of(opened.error());
    auto const reached = (*opened)->remote_endpoint();
    if (is_ourselves(reached)) co_return to_ourselves(reached);
    (*opened)->set_time_limit(times.connect);
    server_.sockname = (*opened)->local_endpoint();
    server_.timestamp_tcp_setup = context_.now();
    co_return std::move(*opened);
}

asio::awaitable<Connected> Way::direct() {
    auto stream = co_await connect(*server_.address());
    if (stream) server_.peername = (*stream)->remote_endpoint();
    co_return std::move(stream);
}

asio::awaitable<Connected> Way::through(upstream::Through const& through, Reach reach) {
    auto stream = co_await connect(through.proxy.address);
    if (!stream) co_return stream.error();
    if (through.proxy.scheme == "socks5") co_return co_await ask_socks(through, std::move(*stream));
    if (through.proxy.scheme == "https") stream = co_await secure_proxy(through.proxy, std::move(*stream));
    if (!stream || reach == Reach::proxy) co_return std::move(stream);
    co_return co_await ask_for_tunnel(through, std::move(*stream));
}

/// TLS with the proxy itself; the record of that is its own.
asio::awaitable<Connected> Way::secure_proxy(flow::ServerSpec const& proxy, std::unique_ptr<net::Stream> stream) {
    flow::Server record(proxy.address);
    record.timestamp_start = server_.timestamp_start;
    std::vector<std::string> alpn{"http/1.1"};
    co_return co_await secure_server(context_, record, std::move(stream), std::move(alpn));
}

/// Our own CONNECT, as addons see it.
asio::awaitable<http::RequestHead> Way::connect_request(upstream::Through const& through) {
    auto head = tunnel::connect_request(*server_.address(), through.credentials);
    if (!context_.settings->http.connect_send_host) head.fields.remove("Host");
    auto& chain = context_.services.addons;
    if (!chain.wants(Hook::http_connect_upstream)) co_return head;
    auto server = std::make_shared<flow::Server>(server_);
    flow::HttpFlow flow(context_.client, std::move(server), context_.now());
    flow.request = flow::Request::from_head(head).value();
    co_await chain.run(addons::hooks::http_connect_upstream, flow);
    co_return flow.request.to_head();
}

asio::awaitable<Connected> Way::ask_for_tunnel(upstream::Through const& through, std::unique_ptr<net::Stream> stream) {
    auto const request = co_await connect_request(through);
    auto tunnel = co_await tunnel::http_connect(std::move(stream), request);
    if (tunnel) co_return std::move(*tunnel);
    auto const proxy = "Upstream proxy " + to_string(through.proxy.address);
    auto const& why = tunnel.error();
    if (why.answer.empty()) co_return unreachable(proxy + ": " + why.message);
    co_return unreachable(proxy + " refused HTTP CONNECT request: " + why.answer);
}

asio::awaitable<Connected> Way::ask_socks(upstream::Through const& through, std::unique_ptr<net::Stream> stream) {
    auto tunnel = co_await tunnel::socks5_connect(std::move(stream), *server_.address(), through.credentials);
    if (tunnel) co_return std::move(*tunnel);
    co_return unreachable("Upstream proxy " + to_string(through.proxy.address) + ": " + tunnel.error().message);
}

}  // namespace

asio::awaitable<Result<std::unique_ptr<net::Stream>>> connect_along(Context& context, upstream::Route const& route,
                                                                    flow::Server& server, Reach reach) {
    Way way(context, server);
    if (std::holds_alternative<upstream::Direct>(route)) co_return co_await way.direct();
    if (auto const* const through = std::get_if<upstream::Through>(&route))
        co_return co_await way.through(*through, reach);
    auto const& response = std::get<upstream::Answer>(route).response;
    co_return unreachable("no way to " + to_string(*server.address()) + ": " + std::to_string(response.status_code) +
                          " " + response.reason);
}

}  // namespace pathology::proxycore::layers
