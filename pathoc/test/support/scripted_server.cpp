#include "support/scripted_server.hpp"

#include <array>
#include <pathology/proxycore/async/timeout.hpp>

namespace pathology::pathoc::test {
namespace {

namespace asio = boost::asio;
namespace async = proxycore::async;
namespace net = proxycore::net;

/// Reads up to the empty line, and not further; empty when the client has ended its side.
asio::awaitable<std::string> read_head(net::Stream& stream) {
    std::string head;
    std::array<char, 1> byte{};
    while (!head.ends_with("\r\n\r\n")) {
        auto const got = co_await stream.read_some(asio::buffer(byte));
        if (got.n == 0) co_return std::string();
        head += byte[0];
    }
    co_return head;
}

}  // namespace

ScriptedServer::ScriptedServer(std::vector<std::string> responses, Then then)
    : responses_(std::move(responses)),
      then_(then),
      server_({}, [this](net::Connection connection) { return serve(std::move(connection)); }) {
    server_.start().value();
}

std::vector<std::string> ScriptedServer::heads() const {
    std::scoped_lock const lock(mutex_);
    return heads_;
}

asio::awaitable<void> ScriptedServer::serve(net::Connection connection) {
    for (auto const& response : responses_) {
        auto head = co_await read_head(*connection.stream);
        if (head.empty()) co_return;
        {
            std::scoped_lock const lock(mutex_);
            heads_.push_back(std::move(head));
        }
        co_await net::send(*connection.stream, response);
    }
    if (then_ == Then::stay) co_await async::pause(std::nullopt);
    connection.stream->close(then_ == Then::reset ? net::CloseMode::reset : net::CloseMode::fin);
}

}  // namespace pathology::pathoc::test
