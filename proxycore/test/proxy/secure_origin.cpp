#include "proxy/secure_origin.hpp"

#include <array>
#include <map>
#include <pathology/proxycore/http2/session.hpp>
#include <pathology/proxycore/tls/tls_stream.hpp>
#include <stdexcept>
#include <utility>

#include "http2/text_content.hpp"
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

/// The responses of an HTTP/2 connection, until it ends.
asio::awaitable<void> respond_over_http2(net::Stream& stream, std::string const& text, bool requires_http1) {
    http2::Session session(http2::Role::server, {});
    std::map<http2::StreamId, http2::test::TextContent> contents;
    std::array<char, 4096> block{};
    for (;;) {
        std::string out;
        session.drain(out, 1U << 20U);
        auto const failed = co_await net::send(stream, out);
        if (failed || session.is_over()) co_return;
        auto const [ec, n] = co_await stream.read_some(asio::buffer(block));
        if (ec) co_return;
        session.feed({block.data(), n});
        while (auto const event = session.next()) {
            if (event->type == http2::SessionEvent::Type::closed) contents.erase(event->stream);
            if (event->type != http2::SessionEvent::Type::head || event->request->head.target == "/silent") continue;
            if (requires_http1) {
                session.reset(event->stream, http2::ErrorCode::http_1_1_required);
                continue;
            }
            auto& content = contents.try_emplace(event->stream, text).first->second;
            http::ResponseHead const head{.version = {2, 0}, .status = 200};
            session.respond(event->stream, head, &content);
        }
    }
}

net::ServerOptions at(std::string const& host, std::uint16_t port) {
    net::ServerOptions options;
    options.listen.front().endpoint = {host, port};
    return options;
}

}  // namespace

SecureOrigin::SecureOrigin(tls::Identity identity) : SecureOrigin(std::move(identity), Options{}) {}

SecureOrigin::SecureOrigin(tls::Identity identity, Options options)
    : identity_(std::move(identity)),
      context_(tls::AcceptContext::make(options.settings).value()),
      times_(options.times),
      farewells_(options.farewells),
      http2_(options.http2),
      requires_http1_(options.requires_http1),
      conduct_(std::move(options.conduct)),
      server_(at(options.host, options.port),
              [this](net::Connection connection) { return serve(std::move(connection.stream)); }) {
    auto const started = server_.start();
    if (!started) throw std::runtime_error(started.error().message);
}

asio::awaitable<void> SecureOrigin::serve(std::unique_ptr<net::Stream> stream) {
    if (farewells_ > 0) co_return static_cast<void>(--farewells_);
    std::string sni;
    bool is_http2 = http2_ && times_ == 0;
    for (unsigned i = 0; i < times_; ++i) {
        tls::Engine engine(context_, tls::test::show(identity_));
        if (http2_) engine.set_alpn({"h2", "http/1.1"}).value();
        auto secured = std::make_unique<tls::TlsStream>(std::move(stream), std::move(engine));
        auto const done = co_await secured->handshake(patience);
        if (!done) co_return;
        sni = secured->info().sni;
        is_http2 = secured->info().alpn == "h2";
        stream = std::move(secured);
    }
    if (conduct_) co_return co_await conduct_(*stream);
    auto const text = "asked for " + sni;
    if (is_http2) co_return co_await respond_over_http2(*stream, text, requires_http1_);
    co_await response_text(*stream, text);
}

}  // namespace pathology::proxycore::proxy::test
