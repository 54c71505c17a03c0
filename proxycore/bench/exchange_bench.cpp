// What the proxy adds to a request over HTTP/1: reading, hooks and writing on both sides, without a network.
#include <benchmark/benchmark.h>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/this_coro.hpp>
#include <string>
#include <utility>

#include "layers/exchange/isolated_layer.hpp"
#include "layers/exchange/stub_connections.hpp"
#include "layers/http1/server.hpp"
#include "layers/layers.hpp"

namespace pathology::proxycore::layers {
namespace {

/// A peer that says the same again each time it is asked to; never waits.
class CannedStream final : public net::Stream {
public:
    CannedStream(asio::any_io_executor executor, std::string const& bytes, benchmark::State* state)
        : executor_(std::move(executor)), bytes_(bytes), state_(state) {}

    asio::awaitable<net::ReadResult> read_some(asio::mutable_buffer into) override {
        if (state_ != nullptr && left_.empty() && !state_->KeepRunning())
            co_return net::ReadResult{asio::error::eof, 0};
        if (left_.empty()) left_ = bytes_;
        auto const n = asio::buffer_copy(into, asio::buffer(left_));
        left_.remove_prefix(n);
        co_return net::ReadResult{{}, n};
    }
    asio::awaitable<net::error_code> write(std::span<asio::const_buffer const> all) override {
        benchmark::DoNotOptimize(all.data());
        co_return net::error_code();
    }
    void close(net::CloseMode) override {}
    void set_time_limit(net::TimeLimit) override {}
    Endpoint local_endpoint() const override { return {}; }
    Endpoint remote_endpoint() const override { return {}; }
    asio::any_io_executor executor() override { return executor_; }

private:
    asio::any_io_executor executor_;
    std::string const& bytes_;
    std::string_view left_{};
    benchmark::State* state_;
};

/// One connection, lent again and again.
class OneConnection final : public test::StubConnections {
public:
    OneConnection(std::unique_ptr<net::Stream> stream, HttpSettings const& settings)
        : connection_(std::make_unique<Http1Server>(std::move(stream), settings, RequestForm::origin)) {}

    ImmediateServer acquire_now(flow::HttpFlow&) override { return {.stream = make_stream()}; }
    asio::awaitable<Result<std::unique_ptr<ServerStream>>> acquire_fresh(flow::HttpFlow&) override {
        co_return make_stream();
    }

private:
    std::unique_ptr<ServerStream> make_stream() {
        return make_http1_stream(std::move(connection_),
                                 [this](std::unique_ptr<Http1Server> back) { connection_ = std::move(back); });
    }

    std::unique_ptr<Http1Server> connection_;
};

class Busy final : public addons::Addon {
public:
    std::string name() const override { return "busy"; }
    asio::awaitable<void> request(flow::HttpFlow& flow) override { co_return benchmark::DoNotOptimize(&flow); }
    asio::awaitable<void> response(flow::HttpFlow& flow) override { co_return benchmark::DoNotOptimize(&flow); }
};

std::string const browser_fields =
    "User-Agent: Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0\r\n"
    "Accept: text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8\r\nAccept-Language: en-US,en;q=0.5\r\n"
    "Accept-Encoding: gzip, deflate, br, zstd\r\nConnection: keep-alive\r\nCookie: session=0123456789abcdef\r\n"
    "Upgrade-Insecure-Requests: 1\r\nPriority: u=0, i\r\n";

std::string request(std::string const& fields) {
    return "GET http://origin.test/a HTTP/1.1\r\nHost: origin.test\r\n" + fields + "\r\n";
}
std::string response_text(std::size_t size) {
    return "HTTP/1.1 200 OK\r\nDate: Mon, 01 Jan 2024 00:00:00 GMT\r\nContent-Type: text/plain\r\nContent-Length: " +
           std::to_string(size) + "\r\n\r\n" + std::string(size, 'x');
}

struct Load {
    std::string request, response_text;
    bool has_addon = false, is_streamed = false;
};

void BM_Exchange(benchmark::State& state, Load const& load) {
    Settings settings;
    settings.http.http2 = false;
    if (load.is_streamed) settings.http.stream_large_bodies = 0;
    test::IsolatedLayer alone(settings, [](addons::LogEntry const&) {});
    if (load.has_addon) alone.chain.add(std::make_shared<Busy>());
    asio::io_context io(1);
    auto const make = [&](Context&) -> std::unique_ptr<ServerConnections> {
        auto stream = std::make_unique<CannedStream>(io.get_executor(), load.response_text, nullptr);
        return std::make_unique<OneConnection>(std::move(stream), settings.http);
    };
    modes::Mode const mode{};
    auto const context = alone.connect(mode, make);
    auto client = std::make_unique<CannedStream>(io.get_executor(), load.request, &state);
    asio::co_spawn(io, serve_http1(*context, std::move(client), HttpMode::regular), [](std::exception_ptr thrown) {
        if (thrown) std::rethrow_exception(thrown);
    });
    io.run();
    state.SetItemsProcessed(state.iterations());
    state.SetBytesProcessed(state.iterations() * static_cast<std::int64_t>(load.response_text.size()));
}

BENCHMARK_CAPTURE(BM_Exchange, Small, Load{request(""), response_text(100)});
BENCHMARK_CAPTURE(BM_Exchange, SmallWithAddon, Load{request(""), response_text(100), true});
BENCHMARK_CAPTURE(BM_Exchange, OfABrowser, Load{request(browser_fields), response_text(10'000)});
BENCHMARK_CAPTURE(BM_Exchange, Large, Load{request(""), response_text(1'000'000)});
BENCHMARK_CAPTURE(BM_Exchange, LargeStreamed, Load{request(""), response_text(1'000'000), false, true});

}  // namespace
}  // namespace pathology::proxycore::layers
