// Bytes between a client and a server, where time matters.
#include <gmock/gmock.h>

#include <boost/asio/experimental/awaitable_operators.hpp>
#include <boost/asio/this_coro.hpp>
#include <chrono>
#include <pathology/proxycore/async/timeout.hpp>
#include <pathology/proxycore/net/memory_stream.hpp>

#include "layers/layers.hpp"
#include "layers/own_tls_service.hpp"
#include "support/play.hpp"
#include "support/streams.hpp"

namespace pathology::proxycore::layers {
namespace {

using namespace std::chrono_literals;
using Done = asio::awaitable<void>;

constexpr std::chrono::milliseconds limit = 100ms;

/// Gives one connection away.
class OneConnection final : public ServerConnections {
public:
    explicit OneConnection(std::unique_ptr<net::Stream> stream) : stream_(std::move(stream)) {}

    asio::awaitable<Result<std::unique_ptr<ServerStream>>> acquire(flow::HttpFlow&) override { co_return nothing(); }
    asio::awaitable<Result<std::unique_ptr<ServerStream>>> acquire_fresh(flow::HttpFlow&) override {
        co_return nothing();
    }
    asio::awaitable<Result<void>> open(std::shared_ptr<flow::Server>, std::vector<std::string>) override {
        co_return Result<void>();
    }
    asio::awaitable<Result<ServerConnection>> acquire_stream(std::shared_ptr<flow::Server> server) override {
        ServerConnection taken{std::move(server), std::move(stream_)};
        co_return std::move(taken);
    }
    Done close(ServerConnection) override { co_return; }
    Done close_all() override { co_return; }

private:
    static Failure nothing() { return {Errc::cancelled, "nothing but bytes here"}; }

    std::unique_ptr<net::Stream> stream_;
};

/// Notes the hooks, and holds messages for longer than anybody may be silent.
class Holding final : public addons::Addon {
public:
    std::string name() const override { return "holding"; }
    Done tcp_message(flow::TcpFlow&) override {
        co_await async::pause(3 * limit);
        calls += "message ";
    }
    Done tcp_end(flow::TcpFlow&) override {
        calls += "end";
        co_return;
    }
    Done tcp_error(flow::TcpFlow& flow) override {
        calls += "error";
        error = flow.error->message;
        co_return;
    }

    std::string calls, error;
};

/// What is said is there from the start, and the server is silent while it is held and after it.
TEST(TcpRelay, P17_a_SilenceOfBothEndsItAndAHookInBetweenDoesNot) {
    auto const addon = std::make_shared<Holding>();
    addons::Options options;
    addons::AddonChain chain(options, [](addons::LogEntry const&) {});
    chain.add(addon);
    Settings settings;
    settings.times.idle = limit;
    Services services{chain, test::own_tls_service(), [] { return flow::Time{}; },
                      std::make_shared<Settings const>(settings), [](Endpoint const&) { return false; }};
    std::string client_got, server_got;
    proxycore::test::play([&]() -> Done {
        using namespace asio::experimental::awaitable_operators;
        auto const executor = co_await asio::this_coro::executor;
        auto client = net::make_memory_pipe(executor), server = net::make_memory_pipe(executor);
        auto const record = std::make_shared<flow::Client>(flow::Client::make_dummy({"192.0.2.1", 4711}));
        auto const make = [&](Context&) -> std::unique_ptr<ServerConnections> {
            return std::make_unique<OneConnection>(std::move(server.near));
        };
        Context context(services, modes::Mode(), record, make);
        co_await net::send(*client.near, "marco");
        auto const receive = [](net::Stream& stream, std::string& into) -> Done {
            co_await proxycore::test::read_to_end(stream, into);
        };
        auto all = relay_tcp(context, std::move(client.far)) && receive(*client.near, client_got) &&
                   receive(*server.far, server_got);
        co_await std::move(all);
    });
    EXPECT_EQ(client_got, "");
    EXPECT_EQ(server_got, "marco");
    EXPECT_EQ(addon->calls, "message error");
    EXPECT_THAT(addon->error, testing::HasSubstr("nothing moved within the time limit"));
}

}  // namespace
}  // namespace pathology::proxycore::layers
