#include "connection.hpp"

#include <array>
#include <functional>
#include <pathology/proxycore/net/prefixed_stream.hpp>
#include <pathology/proxycore/tls/client_hello.hpp>
#include <pathology/proxycore/tls/recorded.hpp>
#include <string_view>
#include <utility>

#include "accept_message.hpp"
#include "http1_conversation.hpp"
#include "http2_conversation.hpp"
#include "tls_acceptor.hpp"

namespace pathology::pathod {
namespace {

namespace record = proxycore::record;

constexpr unsigned max_tunnels = 16;  // nested

/// A connection and the layers on it so far.
class ConnectionHandler {
public:
    ConnectionHandler(net::Connection connection, WorkerContext& worker)
        : connection_(std::move(connection)), worker_(worker), options_(worker.daemon.options) {
        if (options_.time_limit) connection_.stream->set_time_limit(*options_.time_limit);
    }

    asio::awaitable<void> serve();

private:
    asio::awaitable<bool> secure(std::string host);
    asio::awaitable<bool> enter_tunnel(std::string host);
    asio::awaitable<bool> speaks_tls();
    asio::awaitable<std::optional<std::string>> serve_requests();
    asio::awaitable<void> serve_http2();

    net::Connection connection_;
    WorkerContext& worker_;
    DaemonOptions const& options_;
    ConnectionCounts counts_;
    ConversationContext context_{.counts = &counts_};
};

asio::awaitable<void> ConnectionHandler::serve() {
    if (worker_.daemon.accept_message && !co_await send_accept_message(connection_, worker_)) co_return;
    if (options_.tls.serve && !co_await secure({})) co_return;
    // Each CONNECT may open TLS inside TLS; the limit bounds the memory of a connection.
    for (unsigned tunnels = 0; tunnels <= max_tunnels; ++tunnels) {
        auto const host = co_await serve_requests();
        if (!host) co_return;
        if (!co_await enter_tunnel(*host)) co_return;
    }
}

/// Serves requests. Returns the host of the tunnel that CONNECT opened, std::nullopt if the connection ended.
asio::awaitable<std::optional<std::string>> ConnectionHandler::serve_requests() {
    if (context_.tls.info && context_.tls.info->alpn == "h2") {
        co_await serve_http2();
        co_return std::nullopt;
    }
    Http1Conversation conversation(std::move(connection_), worker_, context_);
    co_await conversation.run();
    auto host = conversation.tunnel();
    if (host) {
        // Requests inside the tunnel continue the numbering of the connection.
        context_.index = conversation.index();
        connection_ = conversation.release();
    }
    co_return host;
}

asio::awaitable<void> ConnectionHandler::serve_http2() {
    ConnectionLogger logger(worker_, connection_.id, connection_.stream->remote_endpoint(), context_.tls);
    Http2Start const start{connection_.id, context_.index, &counts_};
    Http2Conversation conversation(*connection_.stream, worker_, logger, start);
    co_await conversation.run({});
}

asio::awaitable<bool> ConnectionHandler::enter_tunnel(std::string host) {
    if (options_.tls.in_tunnels == InTunnels::detect) {
        bool const is_tls = co_await speaks_tls();
        if (!is_tls) co_return true;
    }
    co_return co_await secure(std::move(host));
}

/// Peeks at the first byte.
asio::awaitable<bool> ConnectionHandler::speaks_tls() {
    std::array<char, 1> first{};
    auto const [ec, n] = co_await connection_.stream->read_some(asio::buffer(first));
    std::string_view const bytes(first.data(), n);
    // An error of the read is met again by the next one.
    connection_.stream = net::unread(std::move(connection_.stream), std::string(bytes));
    co_return !bytes.empty() && tls::looks_like_tls(bytes);
}

/// Accepts TLS on the connection. Returns false if that failed, which it logs.
asio::awaitable<bool> ConnectionHandler::secure(std::string host) {
    auto stream = std::move(connection_.stream);
    auto const remote = stream->remote_endpoint();
    net::TimeLimit limit;
    if (options_.time_limit) limit = *options_.time_limit;
    auto& printer = worker_.printer;
    bool const prints = printer.is_enabled() && !options_.json;
    auto const faults = std::make_shared<std::vector<record::RecordedTlsFault>>();
    std::function<void(record::RecordedTlsFault const&)> report = [&printer, faults, prints,
                                                                   client = to_string(remote)](auto const& fault) {
        faults->push_back(fault);
        if (prints) printer.write({to_string(fault), "\nfrom ", client, "\n"});
    };
    auto secured = co_await worker_.daemon.tls->accept(std::move(stream), std::move(host), limit, std::move(report));
    if (!secured) {
        ConnectionLogger logger(worker_, connection_.id, remote, LoggedTls{context_.tls.info, faults});
        auto const& failure = secured.error();
        // A client that connects and closes, or a stop of the daemon, is no failure.
        bool const is_normal_end = failure.code == asio::error::eof || failure.code == asio::error::operation_aborted;
        bool const is_late = failure.code == net::Errc::timed_out;
        if (!is_normal_end) {
            logger.log_failure(is_late ? record::Exchange::Type::timeout : record::Exchange::Type::error,
                               failure.message);
        }
        co_return false;
    }
    auto info = std::make_shared<record::RecordedTls const>(tls::recorded_by_server((*secured)->info()));
    context_.tls = {std::move(info), faults};
    connection_.stream = std::move(*secured);
    co_return true;
}

}  // namespace

asio::awaitable<void> serve_connection(net::Connection connection, WorkerContext& worker) {
    ConnectionHandler handler(std::move(connection), worker);
    co_await handler.serve();
}

}  // namespace pathology::pathod
