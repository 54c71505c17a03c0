#include "proxy/secure_origin.hpp"

#include <array>
#include <pathology/proxycore/tls/tls_stream.hpp>
#include <stdexcept>
#include <utility>

#include "support/play.hpp"
#include "tls/engine_pair.hpp"

namespace pathology::proxycore::proxy::test {
namespace {

namespace asio = boost::asio;
using proxycore::test::patience;

asio::awaitable<void> response_text(net::Stream& stream, std::string const& text) {
    auto const response = "HTTP/1.1 200 OK\r\nContent-Length: " + std::to_string(text.size()) + "\r\n\r\n" + text;
    std::string request;
    std::array<char, 4096> block{};
    for (;;) {
        auto const [ec, n] = co_await stream.read_some(asio::buffer(block));
        if (ec) co_return;
        request.append(block.data(), n);
        if (!request.ends_with("\r\n\r\n")) continue;
        request.clear();
        if (co_await net::send(stream, response)) co_return;
    }
}

net::ServerOptions at(std::string const& host) {
    net::ServerOptions options;
    options.listen.front().endpoint.host = host;
    return options;
}

}  // namespace

SecureOrigin::SecureOrigin(tls::Identity identity) : SecureOrigin(std::move(identity), Options{}) {}

SecureOrigin::SecureOrigin(tls::Identity identity, Options options)
    : identity_(std::move(identity)),
      context_(tls::AcceptContext::make(options.settings).value()),
      times_(options.times),
      farewells_(options.farewells),
      server_(at(options.host), [this](net::Connection connection) { return serve(std::move(connection.stream)); }) {
    auto const started = server_.start();
    if (!started) throw std::runtime_error(started.error().message);
}

asio::awaitable<void> SecureOrigin::serve(std::unique_ptr<net::Stream> stream) {
    if (farewells_ > 0) co_return static_cast<void>(--farewells_);
    std::string sni;
    for (unsigned i = 0; i < times_; ++i) {
        tls::Engine engine(context_, tls::test::show(identity_));
        auto secured = std::make_unique<tls::TlsStream>(std::move(stream), std::move(engine));
        auto const done = co_await secured->handshake(patience);
        if (!done) co_return;
        sni = secured->info().sni;
        stream = std::move(secured);
    }
    co_await response_text(*stream, "asked for " + sni);
}

}  // namespace pathology::proxycore::proxy::test
