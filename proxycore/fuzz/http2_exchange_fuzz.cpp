// Both ends of a proxied conversation over HTTP/2 say whatever they like, in turns, and leave. Whatever it is, the
// conversation ends with that and waits for no clock; each flow is told of once, and hooks come in their order.
//
//     input = settings byte, turn, "\n---\n", turn, "\n---\n", …
//     turn  = c, bytes    the client says them       C  … and leaves
//             s, bytes    every server says them     S  … and leaves; where there is none yet, the first one does
//             x           the proxy stops
//
// The preface and the first SETTINGS are said without being told to.

#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <exception>
#include <memory>
#include <pathology/proxycore/async/cancellation.hpp>
#include <pathology/proxycore/http2/frame_header.hpp>
#include <pathology/proxycore/net/memory_stream.hpp>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "demand.hpp"
#include "hook_order.hpp"
#include "layers/client_life.hpp"
#include "layers/exchange/isolated_layer.hpp"
#include "layers/exchange/stub_connections.hpp"
#include "layers/http1/server.hpp"
#include "layers/http2/server.hpp"
#include "layers/layers.hpp"

namespace pathology::proxycore::layers {

/// What is in a tunnel is HTTP: the layer of this name would look for others, and wait for that.
asio::awaitable<void> next_layer(Context& context, std::unique_ptr<net::Stream> stream) {
    return serve_http1(context, std::move(stream), HttpMode::transparent);
}

namespace {

using fuzz::demand;

constexpr std::string_view separator = "\n---\n";
constexpr std::size_t max_servers = 8;

// --- the input -------------------------------------------------------------------------------------------------------

struct Input {
    unsigned bits = 0;
    std::vector<std::string_view> turns;

    bool has(unsigned bit) const { return (bits >> bit & 1) != 0; }
    bool is_bytewise() const { return has(5); }
    bool is_transparent() const { return has(6); }
    bool speaks_http1() const { return has(7); }  ///< the server
};

Input parse(std::string_view bytes) {
    Input input;
    if (bytes.empty()) return input;
    input.bits = static_cast<unsigned char>(bytes.front());
    bytes.remove_prefix(1);
    for (;;) {
        auto const at = bytes.find(separator);
        input.turns.push_back(bytes.substr(0, at));
        if (at == std::string_view::npos) return input;
        bytes.remove_prefix(at + separator.size());
    }
}

Settings settings_of(Input const& input) {
    Settings settings;
    settings.http.validate_inbound_headers = !input.has(0);
    if (input.has(1)) settings.http.stream_large_bodies = 4;
    if (input.has(2)) settings.http.body_size_limit = 16;
    settings.http.store_streamed_bodies = input.has(3);
    settings.http.websocket = input.has(4);
    return settings;
}

// --- scripted peers ------------------------------------------------------------------------------------------------

/// The far end of a connection: says what it is told to, and hears everything.
class ScriptedPeer {
public:
    explicit ScriptedPeer(std::unique_ptr<net::Stream> stream) : stream_(std::move(stream)) {}

    static void start(std::shared_ptr<ScriptedPeer> const& peer) {
        asio::co_spawn(peer->stream_->executor(), read_to_end(peer), [](std::exception_ptr) {});
    }
    void send(std::string_view bytes) { stream_->write_now(asio::buffer(bytes)); }
    void close() { stream_->close(net::CloseMode::fin); }

private:
    static asio::awaitable<void> read_to_end(std::shared_ptr<ScriptedPeer> peer) {
        std::string ignored(4096, '\0');
        net::error_code ec;
        while (!ec) ec = (co_await peer->stream_->read_some(asio::buffer(ignored))).ec;
    }

    std::unique_ptr<net::Stream> stream_;
};

/// The far ends of all connections to servers.
class RemoteServers {
public:
    RemoteServers(asio::any_io_executor executor, Input const& input, net::MemoryPipeOptions options)
        : executor_(std::move(executor)), options_(std::move(options)), speaks_http1_(input.speaks_http1()) {}

    std::unique_ptr<net::Stream> connect() {
        auto pipe = net::make_memory_pipe(executor_, options_);
        auto const& peer = peers_.emplace_back(std::make_shared<ScriptedPeer>(std::move(pipe.far)));
        ScriptedPeer::start(peer);
        if (!speaks_http1_) peer->send(http2::encode({.type = 4}));
        peer->send(std::exchange(unsent_, {}));
        if (std::exchange(leaves_, false) || is_over_) close();
        return std::move(pipe.near);
    }
    void send(std::string_view bytes) {
        if (peers_.empty()) unsent_ += bytes;
        for (auto const& peer : peers_) peer->send(bytes);
    }
    void close() {
        leaves_ = peers_.empty();
        for (auto const& peer : peers_) peer->close();
        peers_.clear();
    }
    /// Those who come later leave as well.
    void end() {
        is_over_ = true;
        close();
    }

private:
    asio::any_io_executor executor_;
    net::MemoryPipeOptions options_;
    bool speaks_http1_;
    std::vector<std::shared_ptr<ScriptedPeer>> peers_;
    std::string unsent_;
    bool leaves_ = false;  // the first one does, behind that
    bool is_over_ = false;
};

/// The connections to them, kept as long as they are of use.
class ScriptedConnections final : public test::StubConnections {
public:
    ScriptedConnections(RemoteServers& far, Input const& input, Settings const& settings)
        : far_(far), settings_(settings), speaks_http1_(input.speaks_http1()) {}

    asio::awaitable<Result<std::unique_ptr<ServerStream>>> acquire(flow::HttpFlow& flow) override {
        std::erase_if(shared_, [](auto const& known) { return known->streams() == 0 && !known->takes_requests(); });
        for (auto const& known : shared_)
            if (known->room() > 0) co_return known->ask();
        if (idle_ == nullptr || !idle_->is_reusable()) co_return co_await acquire_fresh(flow);
        co_return lend(std::exchange(idle_, nullptr));
    }
    asio::awaitable<Result<std::unique_ptr<ServerStream>>> acquire_fresh(flow::HttpFlow&) override {
        Failure failure{Errc::unreachable, "no more servers"};
        if (++opened_ > max_servers) co_return failure;
        auto stream = far_.connect();
        if (speaks_http1_)
            co_return lend(std::make_unique<Http1Server>(std::move(stream), settings_.http, RequestForm::origin));
        shared_.push_back(std::make_unique<Http2Server>(std::move(stream), "origin.test:443", settings_.times.idle,
                                                        settings_.http, nullptr));
        co_return shared_.back()->ask();
    }
    asio::awaitable<void> close_all() override {
        for (auto const& known : shared_) co_await known->close();
        shared_.clear();
        idle_.reset();
    }

private:
    std::unique_ptr<ServerStream> lend(std::unique_ptr<Http1Server> connection) {
        return make_http1_stream(std::move(connection),
                                 [this](std::unique_ptr<Http1Server> back) { idle_ = std::move(back); });
    }

    RemoteServers& far_;
    Settings const& settings_;
    bool speaks_http1_;
    std::vector<std::unique_ptr<Http2Server>> shared_;
    std::unique_ptr<Http1Server> idle_;
    std::size_t opened_ = 0;
};

// --- the conversation ------------------------------------------------------------------------------------------------

net::MemoryPipeOptions options_of(Input const& input) {
    net::MemoryPipeOptions options;
    options.capacity = 1 << 20;  // whoever speaks does not wait
    if (input.is_bytewise()) options.max_per_read = 1;
    return options;
}

class Conversation {
public:
    explicit Conversation(Input const& input)
        : settings_(settings_of(input)),
          alone_(settings_, [](addons::LogEntry const&) {}),
          servers_(io_.get_executor(), input, options_of(input)) {
        alone_.chain.add(hook_order_);
        auto const make = [&](Context&) -> std::unique_ptr<ServerConnections> {
            return std::make_unique<ScriptedConnections>(servers_, input, settings_);
        };
        context_ = alone_.connect(mode_, make);
        if (input.is_transparent()) context_->server->set_address(Endpoint{"origin.test", 80});
        auto pipe = net::make_memory_pipe(io_.get_executor(), options_of(input));
        client_ = std::make_shared<ScriptedPeer>(std::move(pipe.far));
        ScriptedPeer::start(client_);
        client_->send(std::string(http2::client_preface) + http2::encode({.type = 4}));
        serve(std::move(pipe.near), input.is_transparent() ? HttpMode::transparent : HttpMode::regular);
    }

    void take(std::string_view turn) {
        if (turn.empty()) return;
        auto const bytes = turn.substr(1);
        switch (turn.front()) {
            case 'c': client_->send(bytes); break;
            case 'C':
                client_->send(bytes);
                client_->close();
                break;
            case 's': servers_.send(bytes); break;
            case 'S':
                servers_.send(bytes);
                servers_.close();
                break;
            case 'x':
                is_stopped_ = true;
                stop_.emit(asio::cancellation_type::terminal);
                break;
            default: return;
        }
        settle();
    }

    void end() {
        client_->close();
        servers_.end();
        settle();
        demand(has_ended_, "the conversation goes on without anybody");
        hook_order_->expect_balance();
    }

private:
    void serve(std::unique_ptr<net::Stream> stream, HttpMode mode) {
        auto layer = serve_http2(*context_, std::move(stream), mode);
        auto const note_end = [this](std::exception_ptr thrown) {
            demand(!thrown || (is_stopped_ && async::is_cancellation(thrown)), "the layer threw");
            has_ended_ = true;
        };
        asio::co_spawn(io_, live_as_client(*context_, std::move(layer)),
                       asio::bind_cancellation_slot(stop_.slot(), note_end));
    }

    /// Lets everything happen that needs no time.
    void settle() {
        io_.restart();
        io_.poll();
    }

    Settings settings_;
    test::IsolatedLayer alone_;
    std::shared_ptr<fuzz::HookOrder> hook_order_ = std::make_shared<fuzz::HookOrder>();
    modes::Mode mode_{};
    asio::io_context io_{1};
    RemoteServers servers_;
    asio::cancellation_signal stop_;
    std::unique_ptr<Context> context_;
    std::shared_ptr<ScriptedPeer> client_;
    bool is_stopped_ = false, has_ended_ = false;
};

void play(Input const& input) {
    Conversation conversation(input);
    for (auto const turn : input.turns) conversation.take(turn);
    conversation.end();
}

}  // namespace
}  // namespace pathology::proxycore::layers

extern "C" int LLVMFuzzerTestOneInput(unsigned char const* data, std::size_t size) {
    using namespace pathology::proxycore::layers;
    play(parse({reinterpret_cast<char const*>(data), size}));
    return 0;
}
