#include "tls/stream_pair.hpp"

#include <gtest/gtest.h>

#include <boost/asio/experimental/awaitable_operators.hpp>

#include "support/play.hpp"
#include "tls/engine_pair.hpp"

namespace pathology::proxycore::tls::test {

std::unique_ptr<TlsStream> client_over(std::unique_ptr<net::Stream> next, ConnectSettings const& settings) {
    Engine engine(ConnectContext::make(settings).value(), ServerName::of("origin.test"));
    return std::make_unique<TlsStream>(std::move(next), std::move(engine));
}

std::unique_ptr<TlsStream> server_over(std::unique_ptr<net::Stream> next, AcceptSettings const& settings) {
    Engine engine(AcceptContext::make(settings).value(), show_origin());
    return std::make_unique<TlsStream>(std::move(next), std::move(engine));
}

StreamPair make_stream_pair(net::MemoryPipe pipe) {
    StreamPair joined;
    joined.under_client = pipe.near.get();
    joined.under_server = pipe.far.get();
    joined.client = client_over(std::move(pipe.near));
    joined.server = server_over(std::move(pipe.far));
    return joined;
}

boost::asio::awaitable<void> shake_hands(TlsStream& client, TlsStream& server) {
    using namespace boost::asio::experimental::awaitable_operators;
    auto both = client.handshake(proxycore::test::patience) && server.handshake(proxycore::test::patience);
    auto const [here, there] = co_await std::move(both);
    EXPECT_TRUE(here) << here.error().message;
    EXPECT_TRUE(there) << there.error().message;
}

}  // namespace pathology::proxycore::tls::test
