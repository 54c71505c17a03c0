// Both ends of a proxied conversation say whatever they like: whatever it is, the conversation ends, each flow is told
// of once, hooks come in their order, and no request that may have an effect reaches servers twice.
//
//     input = settings byte, client bytes, "\n---\n", server bytes

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <memory>
#include <pathology/proxycore/http1/reader.hpp>
#include <pathology/proxycore/net/memory_stream.hpp>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "demand.hpp"
#include "hook_order.hpp"
#include "layers/exchange/isolated_layer.hpp"
#include "layers/exchange/stub_connections.hpp"
#include "layers/exchange/stub_layers.hpp"
#include "layers/http1/server.hpp"
#include "layers/layers.hpp"

namespace pathology::proxycore::layers {
namespace {

using fuzz::demand;

constexpr std::string_view separator = "\n---\n";
constexpr std::chrono::seconds max_time{3};

struct Input {
    unsigned bits = 0;
    std::string_view client, server;

    bool has(unsigned bit) const { return (bits >> bit & 1) != 0; }
};

Input parse(std::string_view bytes) {
    Input input;
    if (bytes.empty()) return input;
    input.bits = static_cast<unsigned char>(bytes.front());
    bytes.remove_prefix(1);
    auto const at = bytes.find(separator);
    input.client = bytes.substr(0, at);
    if (at != std::string_view::npos) input.server = bytes.substr(at + separator.size());
    return input;
}

Settings settings_of(Input const& input) {
    Settings settings;
    settings.http.validate_inbound_headers = !input.has(0);
    if (input.has(1)) settings.http.stream_large_bodies = 4;
    if (input.has(2)) settings.http.body_size_limit = 16;
    settings.http.store_streamed_bodies = input.has(3);
    settings.http.websocket = input.has(4);
    settings.times.idle = std::chrono::milliseconds(200);
    return settings;
}

/// `received` outlives the stream, since requests are counted in it at the end.
asio::awaitable<void> speak(std::unique_ptr<net::Stream> stream, std::string_view bytes,
                            std::shared_ptr<std::string> received) {
    co_await net::send(*stream, bytes);
    stream->close(net::CloseMode::half_close);
    std::string block(4096, '\0');
    for (;;) {
        auto const [ec, n] = co_await stream->read_some(asio::buffer(block));
        if (ec) co_return;
        received->append(block, 0, n);
    }
}

/// The requests that a server got and that must not be repeated (RFC 9110 §9.2.2).
std::size_t count_unrepeatable(std::string_view bytes) {
    http1::RequestReader reader({}, http1::Leniency::all());
    reader.feed(bytes);
    std::size_t count = 0;
    for (;;) {
        auto const event = reader.next();
        if (event.has_error() || !*event) return count;
        if (**event == http1::Event::head && !may_repeat(Repeat::if_idempotent, reader.head().method)) ++count;
    }
}

/// Counts those that clients made.
class UnrepeatableRequests final : public addons::Addon {
public:
    std::string name() const override { return "unrepeatable_requests"; }
    asio::awaitable<void> requestheaders(flow::HttpFlow& flow) override {
        if (!may_repeat(Repeat::if_idempotent, flow.request.raw_method)) ++count;
        co_return;
    }

    std::size_t count = 0;
};

/// Every connection says the same, a few times over.
class ScriptedConnections final : public test::StubConnections {
public:
    ScriptedConnections(asio::any_io_executor executor, std::string_view bytes, std::size_t max_per_read)
        : executor_(std::move(executor)), bytes_(bytes), max_per_read_(max_per_read) {}

    asio::awaitable<Result<std::unique_ptr<ServerStream>>> acquire(flow::HttpFlow& flow) override {
        if (idle_ == nullptr || !idle_->is_reusable()) co_return co_await acquire_fresh(flow);
        co_return lend(std::exchange(idle_, nullptr));
    }
    asio::awaitable<Result<std::unique_ptr<ServerStream>>> acquire_fresh(flow::HttpFlow&) override {
        Failure failure{Errc::unreachable, "no more servers"};
        if (++opened_ > 8) co_return failure;
        net::MemoryPipeOptions options;
        options.max_per_read = max_per_read_;
        auto pipe = net::make_memory_pipe(executor_, options);
        auto const bytes = received->emplace_back(std::make_shared<std::string>());
        asio::co_spawn(executor_, speak(std::move(pipe.far), bytes_, bytes), [](std::exception_ptr) {});
        pipe.near->set_time_limit(std::chrono::milliseconds(200));
        co_return lend(std::make_unique<Http1Server>(std::move(pipe.near), settings_, RequestForm::origin));
    }
    asio::awaitable<void> close_all() override {
        idle_.reset();
        co_return;
    }

    std::shared_ptr<std::vector<std::shared_ptr<std::string>>> received =
        std::make_shared<std::vector<std::shared_ptr<std::string>>>();  ///< by each server

private:
    std::unique_ptr<ServerStream> lend(std::unique_ptr<Http1Server> connection) {
        return make_http1_stream(std::move(connection),
                                 [this](std::unique_ptr<Http1Server> back) { idle_ = std::move(back); });
    }

    asio::any_io_executor executor_;
    std::string_view bytes_;
    std::size_t max_per_read_;
    HttpSettings settings_{};
    std::unique_ptr<Http1Server> idle_;
    unsigned opened_ = 0;
};

asio::awaitable<void> serve(Context& context, std::unique_ptr<net::Stream> stream, HttpMode mode) {
    co_await serve_http1(context, std::move(stream), mode);
    co_await context.servers->close_all();
}

void play(Input const& input) {
    test::tunnel_bytes.clear();
    test::IsolatedLayer alone(settings_of(input), [](addons::LogEntry const&) {});
    auto const hook_order = std::make_shared<fuzz::HookOrder>(1);
    alone.chain.add(hook_order);
    auto const made = std::make_shared<UnrepeatableRequests>();
    alone.chain.add(made);
    std::shared_ptr<std::vector<std::shared_ptr<std::string>>> received;
    asio::io_context io(1);
    net::MemoryPipeOptions options;
    options.max_per_read = input.has(5) ? 1 : 65536;
    auto const make = [&](Context&) -> std::unique_ptr<ServerConnections> {
        auto connections = std::make_unique<ScriptedConnections>(io.get_executor(), input.server, options.max_per_read);
        received = connections->received;
        return connections;
    };
    modes::Mode const mode{};
    auto const context = alone.connect(mode, make);
    auto const http_mode = input.has(6) ? HttpMode::transparent : HttpMode::regular;
    if (input.has(6)) context->server->set_address(Endpoint{"origin.test", 80});
    auto pipe = net::make_memory_pipe(io.get_executor(), options);
    bool ended = false;
    auto const responses = std::make_shared<std::string>();
    asio::co_spawn(io, speak(std::move(pipe.far), input.client, responses), [](std::exception_ptr) {});
    asio::co_spawn(io, serve(*context, std::move(pipe.near), http_mode), [&](std::exception_ptr thrown) {
        demand(thrown == nullptr, "the layer threw");
        ended = true;
    });
    io.run_for(max_time);
    demand(ended, "the conversation does not end");
    hook_order->expect_balance();
    if (input.has(0)) return;  // without the guard, messages may have more than one reading
    std::size_t reached = 0;
    for (auto const& bytes : *received) reached += count_unrepeatable(*bytes);
    demand(reached <= made->count, "a request that may have an effect reached servers twice");
}

}  // namespace
}  // namespace pathology::proxycore::layers

extern "C" int LLVMFuzzerTestOneInput(unsigned char const* data, std::size_t size) {
    using namespace pathology::proxycore::layers;
    play(parse({reinterpret_cast<char const*>(data), size}));
    return 0;
}
