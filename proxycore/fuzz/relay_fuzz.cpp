// Bytes between two peers, of which each ends in one way or another: what arrives is a prefix of what was sent, and all of
// it if both ended in order.
//
//     input = settings byte, client bytes, "\n---\n", server bytes

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/experimental/awaitable_operators.hpp>
#include <boost/asio/io_context.hpp>
#include <pathology/proxycore/net/memory_stream.hpp>
#include <string>
#include <string_view>
#include <utility>

#include "demand.hpp"
#include "layers/exchange/isolated_layer.hpp"
#include "layers/exchange/stub_connections.hpp"
#include "layers/relay/relay.hpp"

namespace pathology::proxycore::layers {
namespace {

using fuzz::demand;

constexpr std::string_view separator = "\n---\n";
constexpr std::chrono::seconds max_time{10};

class NoServers final : public test::StubConnections {
public:
    asio::awaitable<Result<std::unique_ptr<ServerStream>>> acquire_fresh(flow::HttpFlow&) override {
        Failure failure{Errc::unreachable, "there is no server"};
        co_return failure;
    }
};

/// One of the two peers.
struct Peer {
    std::string_view sent;
    bool resets = false;
    std::string received{};
    net::error_code end{};
};

asio::awaitable<void> send_all(net::Stream& stream, Peer const& peer) {
    co_await net::send(stream, peer.sent);
    stream.close(peer.resets ? net::CloseMode::reset : net::CloseMode::half_close);
}

asio::awaitable<void> read_all(net::Stream& stream, Peer& peer) {
    std::string block(64, '\0');
    while (!peer.end) {
        auto const [ec, n] = co_await stream.read_some(asio::buffer(block));
        peer.received.append(block, 0, n);
        peer.end = ec;
    }
}

asio::awaitable<void> play(std::unique_ptr<net::Stream> stream, Peer& peer) {
    using namespace asio::experimental::awaitable_operators;
    auto both = send_all(*stream, peer) && read_all(*stream, peer);
    co_await std::move(both);
}

asio::awaitable<void> relay(Context& context, std::unique_ptr<net::Stream> client,
                            std::unique_ptr<net::Stream> server) {
    Relay both(context, *client, *server);
    co_await both.run();
}

void expect_delivery(Peer const& from, Peer const& to) {
    demand(from.sent.starts_with(to.received), "what arrives is not what was sent");
    if (from.resets || to.resets) return;
    demand(to.received.size() == from.sent.size(), "bytes were lost before an orderly end");
    demand(to.end == asio::error::eof, "an orderly end arrives as another one");
}

void run(unsigned bits, Peer client, Peer server) {
    Settings settings;
    settings.times.idle = std::chrono::milliseconds(500);
    test::IsolatedLayer alone(settings, [](addons::LogEntry const&) {});
    auto const make = [](Context&) -> std::unique_ptr<ServerConnections> { return std::make_unique<NoServers>(); };
    modes::Mode const mode{};
    auto const context = alone.connect(mode, make);
    asio::io_context io(1);
    net::MemoryPipeOptions options;
    options.capacity = 1 + (bits >> 2 & 15) * 7;
    options.max_per_read = (bits & 64) != 0 ? 1 : 65536;
    auto near = net::make_memory_pipe(io.get_executor(), options),
         far = net::make_memory_pipe(io.get_executor(), options);
    bool ended = false;
    asio::co_spawn(io, play(std::move(near.far), client), [](std::exception_ptr) {});
    asio::co_spawn(io, play(std::move(far.far), server), [](std::exception_ptr) {});
    asio::co_spawn(io, relay(*context, std::move(near.near), std::move(far.near)), [&](std::exception_ptr thrown) {
        demand(thrown == nullptr, "the relay threw");
        ended = true;
    });
    io.run_for(max_time);
    demand(ended, "the relay does not end");
    expect_delivery(client, server);
    expect_delivery(server, client);
}

}  // namespace
}  // namespace pathology::proxycore::layers

extern "C" int LLVMFuzzerTestOneInput(unsigned char const* data, std::size_t size) {
    using namespace pathology::proxycore::layers;
    if (size == 0) return 0;
    std::string_view const bytes(reinterpret_cast<char const*>(data) + 1, size - 1);
    auto const at = bytes.find(separator);
    auto const rest = at == bytes.npos ? std::string_view() : bytes.substr(at + separator.size());
    run(data[0], {bytes.substr(0, at), (data[0] & 1) != 0}, {rest, (data[0] & 2) != 0});
    return 0;
}
