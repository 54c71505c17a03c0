#include "layers/http_bench.hpp"

#include <array>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/experimental/awaitable_operators.hpp>
#include <boost/asio/io_context.hpp>
#include <pathology/proxycore/layers/tls_service.hpp>
#include <pathology/proxycore/net/memory_stream.hpp>
#include <pathology/proxycore/net/pause.hpp>
#include <utility>

#include "support/play.hpp"
#include "support/streams.hpp"

namespace pathology::proxycore::layers {
namespace {

using test::HttpBench;
using test::Script;
using test::Turn;

thread_local std::string* tunnel_bytes = nullptr;  // where next_layer() below puts what it finds

asio::awaitable<void> play_script(net::Stream& stream, Script const& script, std::string& received) {
    std::size_t seen = 0;
    for (auto const& turn : script) {
        std::array<char, 4096> bytes{};
        while (received.find(turn.wait_for, seen) == std::string::npos) {
            auto const [ec, n] = co_await stream.read_some(asio::buffer(bytes));
            if (ec) co_return stream.close(net::HowToClose::fin);
            received.append(bytes.data(), n);
        }
        seen = received.find(turn.wait_for, seen) + turn.wait_for.size();
        auto const failed = co_await net::send(stream, turn.send);
        if (failed && turn.then != Turn::Then::read_to_end) co_return;
        switch (turn.then) {
            case Turn::Then::go_on: break;
            case Turn::Then::fin: co_return stream.close(net::HowToClose::fin);
            case Turn::Then::reset: co_return stream.close(net::HowToClose::reset);
            case Turn::Then::half_close: stream.close(net::HowToClose::half_close); break;
            case Turn::Then::read_to_end: co_await proxycore::test::read_to_end(stream, received); break;
        }
    }
    co_await proxycore::test::read_to_end(stream, received);
}

/// Notes the hooks, and does what the test wants in them.
class Recorder final : public addons::Addon {
public:
    explicit Recorder(HttpBench& bench) : bench_(bench) {}
    std::string name() const override { return "recorder"; }
    asio::awaitable<void> requestheaders(flow::HttpFlow& flow) override { return note("requestheaders", flow); }
    asio::awaitable<void> request(flow::HttpFlow& flow) override { return note("request", flow); }
    asio::awaitable<void> responseheaders(flow::HttpFlow& flow) override { return note("responseheaders", flow); }
    asio::awaitable<void> response(flow::HttpFlow& flow) override { return note("response", flow); }
    asio::awaitable<void> error(flow::HttpFlow& flow) override { return note("error", flow); }
    asio::awaitable<void> http_connect(flow::HttpFlow& flow) override { return note("http_connect", flow); }
    asio::awaitable<void> http_connected(flow::HttpFlow& flow) override { return note("http_connected", flow); }
    asio::awaitable<void> http_connect_error(flow::HttpFlow& flow) override { return note("http_connect_error", flow); }

private:
    asio::awaitable<void> note(std::string hook, flow::HttpFlow& flow) {
        bench_.calls += (bench_.calls.empty() ? "" : " ") + hook;
        if (auto const pause = bench_.pauses.find(hook); pause != bench_.pauses.end())
            co_await net::pause(pause->second);
        if (auto const deed = bench_.deeds.find(hook); deed != bench_.deeds.end()) deed->second(flow);
        bool const is_last = hook == "response" || hook == "error" || hook == "http_connect_error";
        if (is_last) bench_.flows.push_back(flow.copy());
    }

    HttpBench& bench_;
};

/// Connections to scripts, kept while they may be used again.
class ScriptedServers final : public Servers {
public:
    ScriptedServers(HttpBench& bench, asio::any_io_executor executor) : bench_(bench), executor_(std::move(executor)) {
        bench_.asked.reserve(64);
    }

    asio::awaitable<Result<std::unique_ptr<ServerStream>>> acquire(flow::HttpFlow& flow) override {
        if (idle_ == nullptr || !idle_->is_reusable()) co_return co_await acquire_fresh(flow);
        co_return lend(std::exchange(idle_, nullptr));
    }

    asio::awaitable<Result<std::unique_ptr<ServerStream>>> acquire_fresh(flow::HttpFlow& flow) override {
        flow::Address const address{flow.request.host(), flow.request.port()};
        flow.server_conn = std::make_shared<flow::Server>(address);
        auto const index = bench_.asked.size();
        if (index == bench_.servers.size()) {
            Failure failure{Failure::Kind::unreachable, "cannot connect to " + to_string(address)};
            co_return failure;
        }
        net::MemoryPipeOptions options{bench_.capacity, bench_.most_per_read, "proxy", to_string(address)};
        auto pipe = net::make_memory_pipe(executor_, options);
        bench_.asked.emplace_back();
        auto work = serve(std::move(pipe.far), bench_.servers[index], bench_.asked.back());
        asio::co_spawn(executor_, std::move(work), [](std::exception_ptr thrown) {
            if (thrown) std::rethrow_exception(thrown);
        });
        auto const& http = bench_.settings.http;
        co_return lend(std::make_unique<Http1Server>(std::move(pipe.near), http, bench_.form));
    }

    asio::awaitable<Result<void>> open(std::shared_ptr<flow::Server> server, std::vector<std::string>) override {
        if (!bench_.servers.empty()) co_return Result<void>();
        Failure failure{Failure::Kind::unreachable, "cannot connect to " + to_string(*server->address())};
        co_return failure;
    }
    asio::awaitable<Result<ServerConnection>> take(std::shared_ptr<flow::Server>) override {
        co_return Failure{Failure::Kind::cancelled, "nothing but HTTP here"};
    }
    asio::awaitable<void> close(ServerConnection) override { co_return; }
    asio::awaitable<void> close_all() override {
        idle_.reset();
        co_return;
    }

private:
    static asio::awaitable<void> serve(std::unique_ptr<net::Stream> stream, Script script, std::string& received) {
        co_await play_script(*stream, script, received);
    }
    std::unique_ptr<ServerStream> lend(std::unique_ptr<Http1Server> connection) {
        return ask_http1(std::move(connection), [this](std::unique_ptr<Http1Server> back) { idle_ = std::move(back); });
    }

    HttpBench& bench_;
    asio::any_io_executor executor_;
    std::unique_ptr<Http1Server> idle_;
};

}  // namespace

// The layers that follow an HTTP layer, as far as its tests go.

asio::awaitable<void> next_layer(Context&, std::unique_ptr<net::Stream> stream) {
    co_await proxycore::test::read_to_end(*stream, *tunnel_bytes);
}
asio::awaitable<void> serve_http2(Context&, std::unique_ptr<net::Stream> stream, HttpMode) {
    co_await proxycore::test::read_to_end(*stream, *tunnel_bytes);
}
asio::awaitable<void> relay_websocket(Context&, flow::HttpFlow&, std::unique_ptr<net::Stream> client,
                                      std::unique_ptr<net::Stream> server) {
    co_await net::send(*server, "from the client's side");
    co_await net::send(*client, "from the server's side");
}
std::unique_ptr<Servers> make_servers(Context&) { return nullptr; }
void Servers::keep(ServerConnection) {}

/// No TLS here either.
struct TlsService::State {};
TlsService::TlsService(Settings const&) {}
TlsService::~TlsService() = default;

namespace test {

void HttpBench::talk(Script client) {
    tunnel_bytes = &tunnel;
    addons::Options options;
    addons::AddonChain chain(options, [this](addons::LogEntry const& entry) { log.push_back(entry.message); });
    chain.add(std::make_shared<Recorder>(*this));
    TlsService tls(settings);
    Services services{chain, tls, [] { return flow::Time{}; }, std::make_shared<Settings const>(settings),
                      [](flow::Address const&) { return false; }};
    auto const conversation = [&]() -> asio::awaitable<void> {
        using namespace asio::experimental::awaitable_operators;
        auto const executor = co_await asio::this_coro::executor;
        auto pipe = net::make_memory_pipe(executor, {capacity, most_per_read, "client", "proxy"});
        auto const record =
            std::make_shared<flow::Client>(flow::Address{"client.test", 4242}, flow::Address{}, flow::Time{});
        if (is_secure) record->timestamp_tls_setup = flow::Time{};
        auto const make = [&](Context&) -> std::unique_ptr<Servers> {
            return std::make_unique<ScriptedServers>(*this, executor);
        };
        Context context(services, mode, record, make);
        context.server->set_address(target);
        context.server->tls = is_secure;
        auto layer = serve_http1(context, std::move(pipe.far), http_mode);
        auto script = play_script(*pipe.near, client, received);
        auto both = std::move(layer) && std::move(script);
        co_await std::move(both);
        co_await context.servers->close_all();
    };
    proxycore::test::play(conversation);
}

}  // namespace test
}  // namespace pathology::proxycore::layers
