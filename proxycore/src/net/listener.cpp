#include "net/listener.hpp"

#include <netinet/tcp.h>
#include <poll.h>
#include <sys/socket.h>

#include <algorithm>
#include <boost/asio/ip/v6_only.hpp>
#include <pathology/proxycore/async/as_values.hpp>
#include <pathology/proxycore/async/timeout.hpp>
#include <utility>

#include <pathology/proxycore/net/resolve.hpp>

namespace pathology::proxycore::net {
namespace {

using namespace std::chrono_literals;
using Tcp = asio::ip::tcp;

constexpr auto between_looks = 10ms;  // at the backlog, while connections wait in it
constexpr int handshake_ms = 200;     // within this machine; if it takes longer, the backlog is full

/// One socket for both address families; on a system without IPv6 the second endpoint is used.
Endpoints every_address(std::uint16_t port) { return {{asio::ip::address_v6::any(), port}, {Tcp::v4(), port}}; }

Endpoints endpoints_of(Endpoint const& endpoint, error_code& ec) {
    if (endpoint.host.empty()) return every_address(endpoint.port);
    auto endpoints = spelled_address(endpoint.host, endpoint.port);
    if (endpoints.empty()) endpoints = resolve_now(endpoint.host, endpoint.port, ec);
    return endpoints;
}

/// Where a listener is reached from this machine.
Tcp::endpoint reachable(Tcp::endpoint const& local) {
    auto const& address = local.address();
    if (!address.is_unspecified()) return local;
    if (address.is_v6()) return {asio::ip::address_v6::loopback(), local.port()};
    return {asio::ip::address_v4::loopback(), local.port()};
}

/// Connects within this machine. Returns timed_out if the handshake does not end: the backlog of the listener is full.
error_code connect_now(Tcp::socket& socket, Tcp::endpoint const& endpoint) {
    error_code ec;
    socket.open(endpoint.protocol(), ec);
    if (!ec) socket.non_blocking(true, ec);
    if (ec) return ec;
    if (::connect(socket.native_handle(), endpoint.data(), static_cast<socklen_t>(endpoint.size())) == 0) return {};
    if (errno != EINPROGRESS) return {errno, boost::system::system_category()};
    pollfd asked{socket.native_handle(), POLLOUT, 0};
    if (::poll(&asked, 1, handshake_ms) == 0) return Errc::timed_out;
    int outcome = 0;
    socklen_t size = sizeof outcome;
    ::getsockopt(socket.native_handle(), SOL_SOCKET, SO_ERROR, &outcome, &size);
    return {outcome, boost::system::system_category()};
}

}  // namespace

/// Listens on the first endpoint whose address family the system has.
error_code Listener::open(int backlog) {
    error_code ec;
    auto const endpoints = endpoints_of(options.endpoint, ec);
    for (auto const& endpoint : endpoints) {
        if (acceptor.open(endpoint.protocol(), ec)) continue;
        // Connections of a previous process in TIME_WAIT must not block the port.
        acceptor.set_option(Tcp::acceptor::reuse_address(true), ec);
        // Accepted sockets inherit the buffer. The window scale is chosen in the handshake, so it cannot be set later.
        if (options.receive_buffer)
            acceptor.set_option(asio::socket_base::receive_buffer_size(*options.receive_buffer), ec);
        if (endpoint.address().is_v6())
            acceptor.set_option(asio::ip::v6_only(!endpoint.address().is_unspecified()), ec);
        // A bound socket that does not listen has the port, and the system refuses connections to it.
        if (!acceptor.bind(endpoint, ec) && options.fault != ListenFault::refused) acceptor.listen(backlog, ec);
        break;
    }
    if (!ec) local = acceptor.local_endpoint(ec);
    if (!ec && options.fault == ListenFault::full) ec = fill(backlog);
    return ec;
}

/// The backlog of listen(2) has one place more than its number, which the system may limit.
error_code Listener::fill(int backlog) {
    for (int i = 0; i <= backlog + 1; ++i) {
        Tcp::socket socket(acceptor.get_executor());
        auto const ec = connect_now(socket, reachable(local));
        if (ec == Errc::timed_out) return {};
        if (ec) return ec;
        own_connections_.push_back(std::move(socket));
    }
    return asio::error::operation_not_supported;
}

asio::awaitable<void> Listener::wait_until_due(TimeLimit delay, async::Event& closed) {
    while (!delay && acceptor.is_open()) co_await closed.wait();
    if (!delay) co_return;
    if (arrived_.empty()) {
        co_await acceptor.async_wait(asio::socket_base::wait_read, async::as_values);
        record_arrivals();
    }
    auto const due = arrived_.front() + *delay;
    for (auto now = Clock::now(); acceptor.is_open() && now < due; now = Clock::now()) {
        co_await async::pause(std::min<Duration>(due - now, between_looks));
        record_arrivals();  // of those that came meanwhile
    }
    arrived_.pop_front();
}

/// There is no event for a further connection while others wait, so arrivals are known to between_looks.
void Listener::record_arrivals() {
    auto const all = std::max<std::size_t>(waiting(), 1);
    if (all > arrived_.size()) arrived_.resize(all, Clock::now());
}

std::size_t Listener::waiting() {
    tcp_info info{};
    socklen_t size = sizeof info;
    bool const is_known =
        acceptor.is_open() && ::getsockopt(acceptor.native_handle(), IPPROTO_TCP, TCP_INFO, &info, &size) == 0;
    return is_known ? info.tcpi_unacked : 0;  // of a listening socket the length of its backlog
}

}  // namespace pathology::proxycore::net
