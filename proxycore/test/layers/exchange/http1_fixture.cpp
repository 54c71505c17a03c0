#include "layers/exchange/http1_fixture.hpp"

#include <gmock/gmock.h>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/experimental/awaitable_operators.hpp>
#include <boost/asio/io_context.hpp>
#include <pathology/proxycore/net/memory_stream.hpp>
#include <utility>

#include "layers/exchange/isolated_layer.hpp"
#include "layers/exchange/stub_connections.hpp"
#include "layers/exchange/stub_layers.hpp"
#include "support/play.hpp"

namespace pathology::proxycore::layers {
namespace {

using proxycore::test::play_script;
using test::Http1Fixture;
using test::Script;

/// Connections to scripts, kept while they may be used again.
class ScriptedConnections final : public test::StubConnections {
public:
    ScriptedConnections(Http1Fixture& fixture, asio::any_io_executor executor)
        : fixture_(fixture), executor_(std::move(executor)) {
        fixture_.asked.reserve(64);
    }

    asio::awaitable<Result<std::unique_ptr<ServerStream>>> acquire(flow::HttpFlow& flow) override {
        if (idle_ == nullptr || !idle_->is_reusable()) co_return co_await acquire_fresh(flow);
        co_return lend(std::exchange(idle_, nullptr));
    }

    asio::awaitable<Result<std::unique_ptr<ServerStream>>> acquire_fresh(flow::HttpFlow& flow) override {
        Endpoint const address{flow.request.host(), flow.request.port()};
        flow.server_conn = std::make_shared<flow::Server>(address);
        auto const index = fixture_.asked.size();
        if (index == fixture_.servers.size()) {
            Failure failure{Errc::unreachable, "cannot connect to " + to_string(address)};
            co_return failure;
        }
        net::MemoryPipeOptions options{fixture_.capacity, fixture_.max_per_read, {"proxy", 1}, address};
        auto pipe = net::make_memory_pipe(executor_, options);
        fixture_.asked.emplace_back();
        auto work = serve(std::move(pipe.far), fixture_.servers[index], fixture_.asked.back());
        asio::co_spawn(executor_, std::move(work), [](std::exception_ptr thrown) {
            if (thrown) std::rethrow_exception(thrown);
        });
        auto const& http = fixture_.settings.http;
        co_return lend(std::make_unique<Http1Server>(std::move(pipe.near), http, fixture_.form));
    }

    asio::awaitable<Result<void>> open(std::shared_ptr<flow::Server> server, std::vector<std::string>) override {
        if (!fixture_.servers.empty()) co_return Result<void>();
        Failure failure{Errc::unreachable, "cannot connect to " + to_string(*server->address())};
        co_return failure;
    }
    asio::awaitable<void> close_all() override {
        idle_.reset();
        co_return;
    }

private:
    static asio::awaitable<void> serve(std::unique_ptr<net::Stream> stream, Script script, std::string& received) {
        co_await play_script(*stream, script, received);
    }
    std::unique_ptr<ServerStream> lend(std::unique_ptr<Http1Server> connection) {
        return make_http1_stream(std::move(connection),
                                 [this](std::unique_ptr<Http1Server> back) { idle_ = std::move(back); });
    }

    Http1Fixture& fixture_;
    asio::any_io_executor executor_;
    std::unique_ptr<Http1Server> idle_;
};

}  // namespace

namespace test {

void Http1Fixture::play(Script client) {
    auto const what = [&](Context& context) -> asio::awaitable<void> {
        using namespace asio::experimental::awaitable_operators;
        auto const executor = co_await asio::this_coro::executor;
        auto pipe = net::make_memory_pipe(executor, {capacity, max_per_read, {"client", 1}, {"proxy", 1}});
        auto layer = serve_http1(context, std::move(pipe.far), http_mode);
        auto script = play_script(*pipe.near, client, received);
        auto both = std::move(layer) && std::move(script);
        co_await std::move(both);
    };
    run(what);
}

void Http1Fixture::run(std::function<asio::awaitable<void>(Context&)> const& what) {
    tunnel_bytes.clear();
    IsolatedLayer alone(settings, [this](addons::LogEntry const& entry) { log.push_back(entry.message); });
    alone.chain.add(recorder);
    auto const conversation = [&]() -> asio::awaitable<void> {
        auto const executor = co_await asio::this_coro::executor;
        auto const make = [&](Context&) -> std::unique_ptr<ServerConnections> {
            return std::make_unique<ScriptedConnections>(*this, executor);
        };
        auto const context = alone.connect(mode, make);
        if (is_secure) context->client->timestamp_tls_setup = flow::Time{};
        if (is_secure) context->client->alpn = alpn;
        context->server->set_address(target);
        context->server->tls = is_secure;
        co_await what(*context);
        co_await context->servers->close_all();
    };
    proxycore::test::play(conversation);
    tunnel = tunnel_bytes;
    EXPECT_THAT(recorder->violations(), testing::Not(testing::HasSubstr("overlap")));  // P40 G5
}

}  // namespace test
}  // namespace pathology::proxycore::layers
