#include "layers/tls/peek_hello.hpp"

#include <array>
#include <pathology/proxycore/net/errc.hpp>
#include <pathology/proxycore/net/prefixed_stream.hpp>
#include <string>
#include <utility>

namespace pathology::proxycore::layers {
namespace {

tls::Failure ended(net::error_code ec) {
    tls::Failure why;
    why.code = ec == asio::error::eof ? net::error_code(tls::Errc::ended_in_handshake) : ec;
    why.message = "the client ended the connection: " + net::describe(ec);
    if (ec == asio::error::eof) why.message = "the client ended the connection";
    return why;
}

/// RFC 8446 §6.2. A client that cannot be sent it is closed all the same.
asio::awaitable<void> send_alert(net::Stream& stream, tls::Failure const& why) {
    if (!why.alert) co_return;
    auto const record = tls::alert_record(*why.alert);
    co_await net::send(stream, record);
}

}  // namespace

asio::awaitable<tls::Result<tls::ClientHello>> take_client_hello(Context& context,
                                                                 std::unique_ptr<net::Stream>& stream) {
    if (auto const known = std::exchange(context.hello, nullptr)) co_return std::move(*known);
    // The reader has an OpenSSL object of its own, which ends at the ClientHello. The engine of the real handshake gets
    // the same bytes again from `stream`.
    tls::ClientHelloReader reader;
    std::string seen;
    std::array<char, 2048> block{};
    for (;;) {
        auto const [ec, n] = co_await stream->read_some(asio::buffer(block));
        if (ec) co_return ended(ec);
        std::string_view const bytes(block.data(), n);
        seen += bytes;
        auto const hello = reader.feed(bytes);
        if (!hello) {
            co_await send_alert(*stream, hello.error());
            co_return hello.error();
        }
        if (!*hello) continue;
        stream = net::unread(std::move(stream), std::move(seen));
        co_return **hello;
    }
}

}  // namespace pathology::proxycore::layers
