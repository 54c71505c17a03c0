// A proxy inside the test that can be down for a while.
#pragma once

#include <atomic>
#include <cstdint>
#include <pathology/proxycore/multiupstream/configuration.hpp>
#include <pathology/proxycore/net/server.hpp>
#include <string>
#include <utility>

#include "support/free_port.hpp"

namespace pathology::proxycore::proxy::test {

namespace asio = boost::asio;

/// Responds to every request with its name.
class UnsteadyProxy {
public:
    explicit UnsteadyProxy(std::string name)
        : name_(std::move(name)), server_(options(port_.number()), [this](net::Connection connection) {
              return serve(std::move(connection));
          }) {
        come_back();
    }

    void die() { server_.stop(); }
    void come_back() { server_.start().value(); }

    multiupstream::Upstream upstream() const {
        multiupstream::Upstream made;
        made.name = name_;
        made.hops = {{tunnel::Hop::Protocol::http, false, {"127.0.0.1", port_.number()}, {}, name_}};
        made.rules = {multiupstream::Rule{multiupstream::Rule::Kind::by_default}};
        return made;
    }
    /// `http://127.0.0.1:1234`
    std::string url() const { return "http://127.0.0.1:" + std::to_string(port_.number()); }
    std::uint64_t received() const { return received_; }

private:
    static net::ServerOptions options(std::uint16_t port) {
        net::ServerOptions made;
        made.listen = {{{"127.0.0.1", port}}};
        return made;
    }
    asio::awaitable<void> serve(net::Connection connection) {
        auto& stream = *connection.stream;
        auto const response = "HTTP/1.1 200 OK\r\nContent-Length: " + std::to_string(name_.size()) + "\r\n\r\n" + name_;
        std::string text, block(4096, '\0');
        for (;;) {
            auto const [ec, n] = co_await stream.read_some(asio::buffer(block));
            if (ec) co_return;
            text.append(block, 0, n);
            if (!text.ends_with("\r\n\r\n")) continue;
            text.clear();
            ++received_;
            if (co_await net::send(stream, response)) co_return;
        }
    }

    std::string name_;
    pathology::test::ReservedPort port_;  // no other test may get it while the server is down
    std::atomic<std::uint64_t> received_ = 0;
    net::Server server_;
};

}  // namespace pathology::proxycore::proxy::test
