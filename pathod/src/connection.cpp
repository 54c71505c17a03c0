#include "connection.hpp"

#include <array>
#include <pathology/proxycore/net/prefixed_stream.hpp>
#include <pathology/proxycore/tls/client_hello.hpp>
#include <pathology/proxycore/tls/recorded.hpp>
#include <string_view>
#include <utility>

#include "conversation.hpp"
#include "http2_conversation.hpp"
#include "security.hpp"

namespace pathology::pathod {
namespace {

namespace record = proxycore::record;

constexpr unsigned most_tunnels = 16;  // one inside the other

/// A connection, and what has become of it so far.
class Arrival {
public:
    Arrival(net::Connection connection, Desk& desk)
        : connection_(std::move(connection)), desk_(desk), options_(desk.service.options) {
        if (options_.time_limit) connection_.stream->set_time_limit(*options_.time_limit);
    }

    asio::awaitable<void> serve();

private:
    asio::awaitable<bool> secure(std::string host);
    asio::awaitable<bool> enter_tunnel(std::string host);
    asio::awaitable<bool> speaks_tls();
    asio::awaitable<std::optional<std::string>> hold_conversation();
    asio::awaitable<void> speak_http2();

    net::Connection connection_;
    Desk& desk_;
    DaemonOptions const& options_;
    Setting setting_;
};

asio::awaitable<void> Arrival::serve() {
    if (options_.tls.serve && !co_await secure({})) co_return;
    for (unsigned tunnels = 0; tunnels <= most_tunnels; ++tunnels) {
        auto const host = co_await hold_conversation();
        if (!host) co_return;
        if (!co_await enter_tunnel(*host)) co_return;
    }
}

/// Gives the host of a tunnel that the client asked for, and has got, at the end.
asio::awaitable<std::optional<std::string>> Arrival::hold_conversation() {
    if (setting_.tls && setting_.tls->alpn == "h2") {
        co_await speak_http2();
        co_return std::nullopt;
    }
    Conversation conversation(std::move(connection_), desk_, setting_);
    co_await conversation.run();
    auto host = conversation.tunnel();
    if (host) {
        setting_.index = conversation.index();
        connection_ = conversation.release();
    }
    co_return host;
}

asio::awaitable<void> Arrival::speak_http2() {
    Notes notes(desk_, connection_.id, connection_.stream->remote_endpoint(), setting_.tls);
    Http2Start const start{connection_.id, setting_.index};
    Http2Conversation conversation(*connection_.stream, desk_, notes, start);
    co_await conversation.run({});
}

asio::awaitable<bool> Arrival::enter_tunnel(std::string host) {
    if (options_.tls.in_tunnels == InTunnels::detect) {
        bool const is_tls = co_await speaks_tls();
        if (!is_tls) co_return true;
    }
    co_return co_await secure(std::move(host));
}

/// Looks at the first byte, which stays there to be read.
asio::awaitable<bool> Arrival::speaks_tls() {
    std::array<char, 1> first{};
    auto const [ec, n] = co_await connection_.stream->read_some(asio::buffer(first));
    std::string_view const bytes(first.data(), n);
    connection_.stream = net::unread(std::move(connection_.stream), std::string(bytes));
    co_return !bytes.empty() && tls::looks_like_tls(bytes);
}

/// Puts TLS over the connection; false when that failed, which is noted.
asio::awaitable<bool> Arrival::secure(std::string host) {
    auto stream = std::move(connection_.stream);
    auto const remote = stream->remote_endpoint();
    net::TimeLimit limit;
    if (options_.time_limit) limit = *options_.time_limit;
    auto secured = co_await desk_.service.security.accept(std::move(stream), std::move(host), limit);
    if (!secured) {
        Notes notes(desk_, connection_.id, remote, setting_.tls);
        auto const& why = secured.error();
        bool const is_silent = why.code == asio::error::eof || why.code == asio::error::operation_aborted;
        bool const is_late = why.code == net::Errc::timed_out;
        if (!is_silent) {
            notes.failure(is_late ? record::Exchange::Type::timeout : record::Exchange::Type::error, why.message);
        }
        co_return false;
    }
    setting_.tls = std::make_shared<record::RecordedTls const>(tls::recorded_by_server((*secured)->info()));
    connection_.stream = std::move(*secured);
    co_return true;
}

}  // namespace

asio::awaitable<void> converse(net::Connection connection, Desk& desk) {
    Arrival arrival(std::move(connection), desk);
    co_await arrival.serve();
}

}  // namespace pathology::pathod
