// Ends of HTTP/2 conversations in memory: a client that says frames, an origin that responses, and the proxy between
// them.
#pragma once

#include <boost/asio/awaitable.hpp>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <pathology/proxycore/addons/chain.hpp>
#include <string>
#include <string_view>
#include <vector>

#include "http2/frames.hpp"
#include "http2/server.hpp"
#include "layers/context.hpp"
#include "layers/http2/server.hpp"
#include "layers/layers.hpp"
#include "support/hook_recorder.hpp"

namespace pathology::proxycore::layers::test {

namespace h2 = http2::test;

/// A server of HTTP/2 at one end of a stream. Its log tells what came; see h2::Server.
class Origin {
public:
    explicit Origin(std::unique_ptr<net::Stream> stream, http2::SessionSettings const& settings = {},
                    std::string body = "ok")
        : server(settings, std::move(body)), stream_(std::move(stream)) {}

    /// Speaks until the other side has ended; nothing can be said after it.
    asio::awaitable<void> run();
    /// Sends what there is to say by now.
    asio::awaitable<void> flush();
    /// Reads until the log has this text; what came then is in the log all the same.
    asio::awaitable<void> read_until(std::string_view text);
    /// Reads as long as something is missing.
    asio::awaitable<void> read_while(std::function<bool()> is_missing);
    /// Says bytes of the test's own.
    asio::awaitable<void> send(std::string_view bytes);
    void close(net::CloseMode how) { stream_->close(how); }

    h2::Server server;

private:
    asio::awaitable<bool> read_once();

    std::unique_ptr<net::Stream> stream_;
};

/// A client that says frames as they are written, and shows what it is told.
class RawClient {
public:
    explicit RawClient(std::unique_ptr<net::Stream> stream) : stream_(std::move(stream)) {}

    asio::awaitable<void> send(std::string_view bytes);
    /// Reads until what came, as lines of frames, has this text; gives all lines so far, those of SETTINGS and
    /// WINDOW_UPDATE left out.
    asio::awaitable<std::string> read_until(std::string_view text);
    /// Reads until DATA frames of a stream have brought so many bytes; gives how many they have.
    asio::awaitable<std::size_t> read_content(http2::StreamId stream, std::size_t size);
    /// Reads to the end.
    asio::awaitable<std::string> read_to_end();
    void close(net::CloseMode how) { stream_->close(how); }

private:
    asio::awaitable<bool> read_once();
    std::string lines() const;
    std::size_t content_of(http2::StreamId stream) const;

    std::unique_ptr<net::Stream> stream_;
    std::string wire_;
};

/// The proxy's layer for the client, with an addon that notes every hook.
class Http2Fixture {
public:
    // --- what is so ---
    Settings settings{};
    modes::Mode mode{};
    HttpMode http_mode = HttpMode::regular;
    bool client_speaks_http2 = true;
    /// Records the hooks, and does what a test asks for in them.
    std::shared_ptr<proxycore::test::HookRecorder> recorder = std::make_shared<proxycore::test::HookRecorder>();
    std::size_t capacity = 65536;
    std::size_t max_per_read = 65536;
    /// Whether there is an origin that requests go to; `origin` is set when it is connected.
    bool has_origin = false;
    bool origin_is_busy = false;  ///< for ever: requests wait for their turn
    http2::SessionSettings origin_settings{};
    std::string origin_body = "ok";
    bool origin_responds = true;
    /// What an origin of HTTP/1 answers, if it is one.
    std::string http1_response{};

    /// Runs the layer against a client who plays `script`, which gets the client's end. The script's end is that of its
    /// connection.
    void play(std::function<asio::awaitable<void>(std::unique_ptr<net::Stream>)> const& script);
    /// Stops the layer, as the end of the proxy does.
    void stop() { stop_.emit(asio::cancellation_type::terminal); }
    /// Waits until a hook with this name has run.
    asio::awaitable<void> wait_for(std::string_view hook);
    /// Waits until the origin's log has this text.
    asio::awaitable<void> wait_for_origin(std::string_view text);

    // --- what came of it ---
    std::shared_ptr<Origin> origin{};
    std::string asked{};  ///< an origin of HTTP/1
    std::vector<std::string> log{};

    /// In order; those of clients are of tunnels.
    std::string hooks() const { return recorder->sequence(); }
    /// As the hooks `response`, `error`, `http_connected` and `http_connect_error` left them.
    std::vector<std::shared_ptr<flow::HttpFlow>> flows() const {
        return recorder->flows_at({"response", "error", "http_connected", "http_connect_error"});
    }
    flow::HttpFlow const& flow(std::size_t index = 0) const { return *flows().at(index); }

private:
    asio::awaitable<void> wait_until(std::function<bool()> is_so);

    asio::cancellation_signal stop_;
};

}  // namespace pathology::proxycore::layers::test
