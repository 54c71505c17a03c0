#include "layers/http2/http2_fixture.hpp"
#include "layers/http1/server.hpp"

#include <array>
#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/this_coro.hpp>
#include <pathology/proxycore/async/timeout.hpp>
#include <pathology/proxycore/http2/frame_reader.hpp>
#include <pathology/proxycore/net/memory_stream.hpp>
#include <sstream>
#include <utility>

#include "layers/own_tls_service.hpp"
#include "support/play.hpp"
#include "support/streams.hpp"

namespace pathology::proxycore::layers {
namespace {

using test::Http2Fixture;

asio::awaitable<void> run_origin(std::shared_ptr<test::Origin> origin) { co_await origin->run(); }

void expect_no_exception(std::exception_ptr const& thrown) {
    if (thrown) std::rethrow_exception(thrown);
}

asio::awaitable<void> respond_http1(std::unique_ptr<net::Stream> stream, Http2Fixture& fixture) {
    std::array<char, 4096> bytes{};
    while (fixture.asked.find("\r\n\r\n") == std::string::npos) {
        auto const [ec, n] = co_await stream->read_some(asio::buffer(bytes));
        if (ec) co_return;
        fixture.asked.append(bytes.data(), n);
    }
    co_await net::send(*stream, fixture.http1_response);
    co_await proxycore::test::read_to_end(*stream, fixture.asked);
}

/// One connection to the fixture's origin, for all requests.
class OriginConnections final : public ServerConnections {
public:
    OriginConnections(Http2Fixture& fixture, asio::any_io_executor executor)
        : fixture_(fixture), executor_(std::move(executor)) {}

    asio::awaitable<Result<std::unique_ptr<ServerStream>>> acquire(flow::HttpFlow& flow) override {
        if (fixture_.origin_is_busy) co_await async::pause(std::nullopt);
        if (connection_ != nullptr && connection_->room() > 0) co_return connection_->ask();
        co_return co_await acquire_fresh(flow);
    }
    asio::awaitable<Result<std::unique_ptr<ServerStream>>> acquire_fresh(flow::HttpFlow& flow) override {
        Endpoint const address{flow.request.host(), flow.request.port()};
        if (!fixture_.has_origin) {
            Failure failure{Errc::unreachable, "cannot connect to " + to_string(address)};
            co_return failure;
        }
        auto pipe =
            net::make_memory_pipe(executor_, {fixture_.capacity, fixture_.max_per_read, {"proxy", 1}, {"origin", 1}});
        if (!fixture_.http1_response.empty()) co_return make_http1_origin(std::move(pipe));
        fixture_.origin =
            std::make_shared<test::Origin>(std::move(pipe.far), fixture_.origin_settings, fixture_.origin_body);
        fixture_.origin->server.responses = fixture_.origin_responds;
        asio::co_spawn(executor_, run_origin(fixture_.origin), expect_no_exception);
        connection_ = std::make_unique<Http2Server>(std::move(pipe.near), to_string(address),
                                                    fixture_.settings.times.idle, fixture_.settings.http, [] {});
        co_return connection_->ask();
    }
    asio::awaitable<Result<void>> open(std::shared_ptr<flow::Server>, std::vector<std::string>) override {
        co_return Result<void>();
    }
    asio::awaitable<Result<ServerConnection>> acquire_stream(std::shared_ptr<flow::Server>) override {
        co_return Failure{Errc::cancelled, "nothing but HTTP here"};
    }
    asio::awaitable<void> close(ServerConnection) override { co_return; }
    asio::awaitable<void> close_all() override {
        if (connection_ != nullptr) co_await connection_->close();
        connection_.reset();
    }

private:
    std::unique_ptr<ServerStream> make_http1_origin(net::MemoryPipe pipe) {
        asio::co_spawn(executor_, respond_http1(std::move(pipe.far), fixture_), expect_no_exception);
        auto const& http = fixture_.settings.http;
        auto connection = std::make_unique<Http1Server>(std::move(pipe.near), http, RequestForm::as_it_is);
        return make_http1_stream(std::move(connection), [](auto) {});
    }

    Http2Fixture& fixture_;
    asio::any_io_executor executor_;
    std::unique_ptr<Http2Server> connection_;
};

}  // namespace

namespace test {

// --- an origin -------------------------------------------------------------------------------------------------------

asio::awaitable<void> Origin::flush() {
    std::string out;
    server.session.drain(out, 1U << 20U);
    server.feed({});
    co_await net::send(*stream_, out);
}

asio::awaitable<bool> Origin::read_once() {
    co_await flush();
    std::array<char, 4096> bytes{};
    auto const [ec, n] = co_await stream_->read_some(asio::buffer(bytes));
    if (ec) co_return false;
    server.feed({bytes.data(), n});
    co_return true;
}

asio::awaitable<void> Origin::run() {
    bool goes_on = true;
    while (goes_on) goes_on = co_await read_once();
    stream_.reset();  // what it says can be looked at when the conversation is over, and its context gone
}

asio::awaitable<void> Origin::read_while(std::function<bool()> is_missing) {
    bool goes_on = true;
    while (goes_on && is_missing()) goes_on = co_await read_once();
}

asio::awaitable<void> Origin::read_until(std::string_view text) {
    auto const is_missing = [this, text] { return server.log.find(text) == std::string::npos; };
    co_await read_while(is_missing);
    EXPECT_FALSE(is_missing()) << "the origin never heard: " << text << "\n" << server.log;
}

asio::awaitable<void> Origin::send(std::string_view bytes) { co_await net::send(*stream_, bytes); }

// --- a client --------------------------------------------------------------------------------------------------------

asio::awaitable<void> RawClient::send(std::string_view bytes) { co_await net::send(*stream_, bytes); }

std::string RawClient::lines() const {
    std::istringstream all(h2::lines(wire_));
    std::string kept;
    for (std::string line; std::getline(all, line);) {
        if (!line.starts_with("SETTINGS") && !line.starts_with("WINDOW_UPDATE")) kept += line + "\n";
    }
    return kept;
}

std::size_t RawClient::content_of(http2::StreamId stream) const {
    http2::FrameReader reader;
    reader.feed(wire_);
    std::size_t size = 0;
    while (auto const frame = reader.next().value()) {
        bool const is_data = frame->header.type == static_cast<std::uint8_t>(http2::FrameType::data);
        if (is_data && frame->header.stream == stream) size += frame->payload.size();
    }
    return size;
}

asio::awaitable<bool> RawClient::read_once() {
    std::array<char, 4096> bytes{};
    auto const [ec, n] = co_await stream_->read_some(asio::buffer(bytes));
    wire_.append(bytes.data(), n);
    co_return !ec;
}

asio::awaitable<std::string> RawClient::read_until(std::string_view text) {
    bool goes_on = true;
    while (goes_on && lines().find(text) == std::string::npos) goes_on = co_await read_once();
    EXPECT_TRUE(goes_on) << "the client never heard: " << text << "\n" << lines();
    co_return lines();
}

asio::awaitable<std::size_t> RawClient::read_content(http2::StreamId stream, std::size_t size) {
    bool goes_on = true;
    while (goes_on && content_of(stream) < size) goes_on = co_await read_once();
    co_return content_of(stream);
}

asio::awaitable<std::string> RawClient::read_to_end() {
    bool goes_on = true;
    while (goes_on) goes_on = co_await read_once();
    co_return lines();
}

// --- the proxy -------------------------------------------------------------------------------------------------------

asio::awaitable<void> Http2Fixture::wait_until(std::function<bool()> is_so) {
    auto const executor = co_await asio::this_coro::executor;
    while (!is_so()) co_await asio::post(executor, asio::use_awaitable);
}

asio::awaitable<void> Http2Fixture::wait_for(std::string_view hook) {
    auto const has_run = [this, hook] { return hooks().find(hook) != std::string::npos; };
    co_await wait_until(has_run);
}

asio::awaitable<void> Http2Fixture::wait_for_origin(std::string_view text) {
    auto const is_there = [this, text] {
        return origin != nullptr && origin->server.log.find(text) != std::string::npos;
    };
    co_await wait_until(is_there);
}

void Http2Fixture::play(std::function<asio::awaitable<void>(std::unique_ptr<net::Stream>)> const& script) {
    addons::Options options;
    addons::AddonChain chain(options, [this](addons::LogEntry const& entry) { log.push_back(entry.message); });
    chain.add(recorder);
    Services services{chain, test::own_tls_service(), [] { return flow::Time{}; },
                      std::make_shared<Settings const>(settings), [](Endpoint const&) { return false; }};
    auto const conversation = [&]() -> asio::awaitable<void> {
        auto const executor = co_await asio::this_coro::executor;
        auto pipe = net::make_memory_pipe(executor, {capacity, max_per_read, {"client", 1}, {"proxy", 1}});
        auto const record = std::make_shared<flow::Client>(Endpoint{"client.test", 4242}, Endpoint{}, flow::Time{});
        auto const make = [&](Context&) -> std::unique_ptr<ServerConnections> {
            return std::make_unique<OriginConnections>(*this, executor);
        };
        Context context(services, mode, record, make);
        bool has_ended = false;
        auto const note_end = [&has_ended](std::exception_ptr const&) { has_ended = true; };
        auto layer = client_speaks_http2 ? serve_http2(context, std::move(pipe.far), http_mode)
                                         : serve_http1(context, std::move(pipe.far), http_mode);
        asio::co_spawn(executor, std::move(layer), asio::bind_cancellation_slot(stop_.slot(), note_end));
        co_await script(std::move(pipe.near));
        while (!has_ended) co_await asio::post(executor, asio::use_awaitable);
        co_await context.servers->close_all();
    };
    proxycore::test::play(conversation);
}

}  // namespace test
}  // namespace pathology::proxycore::layers
