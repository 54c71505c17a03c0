#include "support/socks5_server.hpp"

#include <array>
#include <boost/asio/experimental/awaitable_operators.hpp>
#include <pathology/proxycore/net/connect.hpp>

#include "support/play.hpp"

namespace pathology::proxycore::test {
namespace {

namespace asio = boost::asio;

/// Carries bytes one way until their end.
asio::awaitable<void> pump(net::Stream& from, net::Stream& to) {
    std::array<char, 16384> block{};
    for (;;) {
        auto const [ec, n] = co_await from.read_some(asio::buffer(block));
        if (ec) break;
        if (co_await net::send(to, std::string_view(block.data(), n))) break;
    }
    to.close(net::CloseMode::half_close);
}

}  // namespace

Socks5Server::Socks5Server(Socks5ServerOptions options)
    : options_(std::move(options)),
      server_({}, [this](net::Connection connection) { return serve(std::move(connection)); }) {
    server_.start().value();
}

std::vector<std::string> Socks5Server::destinations() const {
    std::scoped_lock const lock(mutex_);
    return destinations_;
}

asio::awaitable<void> Socks5Server::serve(net::Connection connection) {
    using namespace asio::experimental::awaitable_operators;
    auto const accepted = co_await tunnel::socks5_accept(std::move(connection.stream), options_.credentials);
    if (!accepted) co_return;
    {
        std::scoped_lock const lock(mutex_);
        destinations_.push_back(to_string(accepted->destination));
    }
    auto& client = *accepted->client;
    co_await tunnel::socks5_reply(client, options_.reply);
    if (options_.reply != socks5::ReplyCode::succeeded) co_return;
    auto const target = co_await net::connect("127.0.0.1", options_.target, patience);
    if (!target) co_return;
    auto both = pump(client, **target) && pump(**target, client);
    co_await std::move(both);
}

}  // namespace pathology::proxycore::test
