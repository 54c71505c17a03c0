// A connection to a server, directly or through a chain of proxies.
//
//     TCP to the first hop ─▶ [TLS with the hop] ─▶ CONNECT or SOCKS5 for the next ─┬─▶ … ─▶ target
//                                     ▲                                             │
//                                     └───────────────── next hop ──────────────────┘
#pragma once

#include <cstdint>
#include <memory>
#include <pathology/proxycore/endpoint.hpp>
#include <pathology/proxycore/net/stream.hpp>
#include <pathology/proxycore/tunnel/failure.hpp>
#include <pathology/proxycore/tunnel/hop.hpp>
#include <pathology/proxycore/tunnel/http_connect.hpp>
#include <pathology/proxycore/tunnel/socks5.hpp>
#include <utility>
#include <vector>

namespace pathology::proxycore::tunnel {

/// Where a connection ends.
enum class Extent : std::uint8_t {
    target,      ///< through every hop
    last_proxy,  ///< to the last hop if it is an HTTP proxy, which then reads the requests; else as `target`
    last_hop,    ///< to the last hop, which is asked for nothing: to see whether it can be reached
};

/// Connects through one hop after another. Users override how TCP is opened, TLS with a proxy, the CONNECT request, and
/// the type of failure.
///
/// Owns:   the stream under construction; a failure closes it.
/// Cancel: terminal.
template <class Failure> class Connector {
public:
    using StreamPtr = std::unique_ptr<net::Stream>;
    using Connected = boost::system::result<StreamPtr, Failure>;

    Connector() = default;
    Connector(Connector const&) = delete;
    Connector& operator=(Connector const&) = delete;
    virtual ~Connector() = default;

    /// Connects to `target` through `hops`, the nearest first; directly if there are none. Both must outlive the await.
    boost::asio::awaitable<Connected> connect(std::vector<Hop> const& hops, Endpoint const& target,
                                              Extent extent = Extent::target) {
        auto stream = co_await connect_tcp(hops.empty() ? target : hops.front().address);
        for (std::size_t i = 0; stream && i < hops.size(); ++i) {
            auto const& hop = hops[i];
            if (hop.is_secure) stream = co_await secure(hop, *std::move(stream));
            bool const is_last = i + 1 == hops.size();
            bool const is_there = is_last && (extent == Extent::last_hop ||
                                              (extent == Extent::last_proxy && hop.protocol == Hop::Protocol::http));
            if (!stream || is_there) break;
            stream = co_await pass(hop, is_last ? target : hops[i + 1].address, *std::move(stream));
        }
        co_return std::move(stream);
    }

protected:
    virtual boost::asio::awaitable<Connected> connect_tcp(Endpoint const& address) = 0;
    /// The client's side of a TLS handshake with the proxy.
    virtual boost::asio::awaitable<Connected> secure(Hop const& hop, StreamPtr stream) = 0;
    /// The CONNECT request to `hop` for `next`.
    virtual boost::asio::awaitable<http::RequestHead> make_connect_request(Hop const& hop, Endpoint const& next) {
        co_return connect_request(next, hop.credentials);
    }
    virtual Failure failure_of(Hop const& hop, tunnel::Failure const& why) const = 0;

private:
    boost::asio::awaitable<Connected> pass(Hop const& hop, Endpoint const& next, StreamPtr stream) {
        if (hop.protocol == Hop::Protocol::socks5) {
            auto through = co_await socks5_connect(std::move(stream), next, hop.credentials);
            if (!through) co_return failure_of(hop, through.error());
            co_return *std::move(through);
        }
        auto const request = co_await make_connect_request(hop, next);
        auto through = co_await http_connect(std::move(stream), request);
        if (!through) co_return failure_of(hop, through.error());
        co_return *std::move(through);
    }
};

}  // namespace pathology::proxycore::tunnel
