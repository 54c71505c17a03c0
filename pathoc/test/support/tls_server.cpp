#include "support/tls_server.hpp"

#include <array>
#include <chrono>
#include <utility>

namespace pathology::pathoc::test {

namespace asio = boost::asio;
namespace net = proxycore::net;

constexpr auto patience = std::chrono::seconds(20);

TlsServer::TlsServer(tls::AcceptSettings const& settings, std::vector<std::string> names)
    : authority_(tls::Authority::make({.key = tls::KeyType::ecdsa_p256})),
      authority_file_(folder_.write("authority.pem", authority_.certificate_pem())),
      identity_(authority_.issue({.names = std::move(names)}).value()),
      context_(tls::AcceptContext::make(settings).value()),
      server_({}, [this](net::Connection connection) { return serve(std::move(connection)); }) {
    server_.start().value();
}

std::string TlsServer::client_file() const {
    return folder_.write("client.pem", authority_.issue({.names = {"client.test"}}).value().pem());
}

std::vector<tls::ConnectionInfo> TlsServer::seen() {
    server_.wait_until_empty(patience);
    std::scoped_lock const lock(mutex_);
    return seen_;
}

asio::awaitable<void> TlsServer::serve(net::Connection connection) {
    auto& under = *connection.stream;
    auto const chooser = [this](tls::IdentityQuery const&) -> tls::Result<tls::Identity> { return identity_; };
    tls::Engine engine(context_, chooser);
    tls::TlsStream stream(std::move(connection.stream), std::move(engine));
    auto const shaken = co_await stream.handshake(patience);
    if (!shaken) co_return;
    {
        std::scoped_lock const lock(mutex_);
        seen_.push_back(stream.info());
    }
    std::string request;
    std::array<char, 4096> block{};
    for (;;) {
        auto const [ec, n] = co_await stream.read_some(asio::buffer(block));
        if (ec) co_return;
        request.append(block.data(), n);
        if (!request.ends_with("\r\n\r\n")) continue;
        bool const is_connect = std::exchange(request, {}).starts_with("CONNECT ");
        co_await net::send(stream, is_connect   ? "HTTP/1.1 200 OK\r\n\r\n"
                                   : truncates_ ? "HTTP/1.1 200 OK\r\n\r\nhi"
                                                : "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi");
        if (truncates_) co_return under.close(net::CloseMode::fin);
    }
}

}  // namespace pathology::pathoc::test
