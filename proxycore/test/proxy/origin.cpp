#include "proxy/origin.hpp"

#include <array>
#include <stdexcept>
#include <utility>

#include "proxy/read_more.hpp"

namespace pathology::proxycore::proxy::test {
namespace {

net::ServerOptions at(std::string host) {
    net::ServerOptions options;
    options.listen.front().endpoint.host = std::move(host);
    return options;
}

void start(net::Server& server) {
    auto const started = server.start();
    if (!started) throw std::runtime_error(started.error().message);
}

}  // namespace

asio::awaitable<void> read_head(net::Stream& stream) {
    std::string head;
    std::array<char, 1024> block{};
    while (head.find("\r\n\r\n") == head.npos) {
        auto const [ec, n] = co_await stream.read_some(asio::buffer(block));
        if (ec) co_return;
        head.append(block.data(), n);
    }
}

Origin::Origin(std::string name, std::string host)
    : name_(std::move(name)), server_(at(std::move(host)), [this](net::Connection connection) -> asio::awaitable<void> {
          co_await response(*connection.stream);
      }) {
    start(server_);
}

Origin::Origin(Conduct conduct)
    : server_(at("127.0.0.1"), [conduct](net::Connection connection) -> asio::awaitable<void> {
          co_await conduct(*connection.stream);
      }) {
    start(server_);
}

std::vector<std::string> Origin::asked() const {
    std::scoped_lock const lock(mutex_);
    return asked_;
}

asio::awaitable<void> Origin::response(net::Stream& stream) {
    http1::RequestReader reader;
    auto const response = "HTTP/1.1 200 OK\r\nContent-Length: " + std::to_string(name_.size()) + "\r\n\r\n" + name_;
    for (;;) {
        auto const outcome = reader.next();
        if (!outcome) co_return;
        if (!*outcome) {
            bool const has_more = co_await read_more(stream, reader);
            if (!has_more) co_return;
        } else if (*outcome == http1::Event::head) {
            std::scoped_lock const lock(mutex_);
            asked_.emplace_back(reader.raw());
        } else if (*outcome == http1::Event::end) {
            co_await net::send(stream, response);
        }
    }
}

}  // namespace pathology::proxycore::proxy::test
