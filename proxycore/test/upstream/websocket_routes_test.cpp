// Which connection a WebSocket goes over: HTTP/2 where the server has said that it takes them (RFC 8441 §3), else
// HTTP/1.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <array>
#include <mutex>
#include <pathology/proxycore/net/server.hpp>
#include <pathology/proxycore/tls/tls_stream.hpp>
#include <stdexcept>

#include "http2/server.hpp"
#include "layers/context.hpp"
#include "layers/tls/tls_service.hpp"
#include "support/folder.hpp"
#include "support/play.hpp"
#include "support/row_name.hpp"
#include "tls/engine_pair.hpp"

namespace pathology::proxycore::layers {
namespace {

using pathology::test::row_name;
using proxycore::test::patience;
using proxycore::test::play;
using testing::ElementsAre;
using testing::HasSubstr;

/// How an origin takes HTTP/2, and whether it takes HTTP/1 beside it.
struct Conduct {
    bool takes_websockets = false;
    bool leaves_at_once = false;
    bool speaks_http1 = true;
};

/// Speaks by ALPN what it is asked for, accepts every WebSocket, and answers every request with nothing.
class Origin {
public:
    explicit Origin(Conduct conduct)
        : conduct_(conduct),
          context_(tls::AcceptContext::make({}).value()),
          server_({}, [this](net::Connection connection) { return serve(std::move(connection.stream)); }) {
        auto const started = server_.start();
        if (!started) throw std::runtime_error(started.error().message);
    }

    std::string url() const { return "https://" + to_string(server_.local_endpoint()) + "/chat"; }
    Endpoint address() const { return {"127.0.0.1", server_.port()}; }
    std::vector<std::string> asked() const {
        std::lock_guard const lock(mutex_);
        return asked_;
    }

private:
    asio::awaitable<void> serve(std::unique_ptr<net::Stream> raw) {
        tls::Engine engine(context_, tls::test::show(tls::test::identity_for({"127.0.0.1"})));
        std::vector<std::string> alpn{"h2"};
        if (conduct_.speaks_http1) alpn.emplace_back("http/1.1");
        engine.set_alpn(alpn).value();
        tls::TlsStream stream(std::move(raw), std::move(engine));
        auto const done = co_await stream.handshake(patience);
        if (!done) co_return;
        bool const is_http2 = stream.info().alpn == "h2" || !conduct_.speaks_http1;
        if (is_http2 && conduct_.leaves_at_once) co_return;
        auto speaking = is_http2 ? speak_http2(stream) : speak_http1(stream);
        co_await std::move(speaking);
    }

    asio::awaitable<void> speak_http1(net::Stream& stream) {
        std::string head;
        std::array<char, 4096> block{};
        while (head.find("\r\n\r\n") == std::string::npos) {
            auto const [ec, n] = co_await stream.read_some(asio::buffer(block));
            if (ec) co_return;
            head.append(block.data(), n);
        }
        note("HTTP/1 " + head.substr(0, head.find(" HTTP")));
        co_await net::send(stream,
                           "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\r\n");
        co_await stream.read_some(asio::buffer(block));
    }

    asio::awaitable<void> speak_http2(net::Stream& stream) {
        http2::SessionSettings settings;
        settings.extended_connect = conduct_.takes_websockets;
        http2::Session session(http2::Role::server, settings);
        std::array<char, 4096> block{};
        for (;;) {
            std::string out;
            session.drain(out, 1U << 20U);
            co_await net::send(stream, out);
            if (session.is_over()) co_return;
            auto const [ec, n] = co_await stream.read_some(asio::buffer(block));
            if (ec) co_return;
            session.feed({block.data(), n});
            while (auto const event = session.next()) {
                if (event->type != http2::SessionEvent::Type::head) continue;
                note("HTTP/2 " + event->request->head.method + " " + event->request->head.target);
                http::ResponseHead const head{.version = {2, 0}, .status = 200};
                session.respond(event->stream, head, nullptr);
            }
        }
    }

    void note(std::string text) {
        std::lock_guard const lock(mutex_);
        asked_.push_back(std::move(text));
    }

    Conduct conduct_;
    tls::AcceptContext context_;
    mutable std::mutex mutex_;
    std::vector<std::string> asked_;
    net::Server server_;
};

/// A client that offered both versions.
struct ConnectionsFixture {
    ConnectionsFixture()
        : chain(options, [](addons::LogEntry const&) {}),
          tls(settings()),
          services{chain, tls, [] { return flow::Time::clock::now(); }, std::make_shared<Settings>(settings()), {}},
          context(services, mode, std::make_shared<flow::Client>()) {
        context.client->alpn_offers = {"h2", "http/1.1"};
    }

    static Settings settings() {
        static pathology::test::Folder const folder;
        Settings settings;
        settings.tls.confdir = folder.path().string();
        settings.tls.insecure = true;
        return settings;
    }

    addons::Options options;
    addons::AddonChain chain;
    TlsService tls;
    modes::Mode mode;
    Services services;
    Context context;
};

/// What comes of a request; its end of the connection stays in `lent`.
asio::awaitable<std::string> ask(ConnectionsFixture& fixture, flow::HttpFlow& flow,
                                 std::unique_ptr<ServerStream>& lent) {
    auto acquired = co_await fixture.context.servers->acquire(flow);
    if (!acquired) co_return acquired.error().message;
    lent = std::move(*acquired);
    auto const sent = co_await lent->send(flow.request);
    if (!sent) co_return sent.error().message;
    auto const head = co_await lent->read_head();
    co_return head ? std::to_string(head->status) : head.error().message;
}

flow::HttpFlow websocket_flow(ConnectionsFixture& fixture, Origin const& origin) {
    flow::HttpFlow flow(fixture.context.client, fixture.context.server, fixture.context.now());
    flow.request = flow::Request::make("GET", origin.url(), "",
                                       {{"Connection", "Upgrade"},
                                        {"Upgrade", "websocket"},
                                        {"Sec-WebSocket-Key", "dGhlIHNhbXBsZSBub25jZQ=="},
                                        {"Sec-WebSocket-Version", "13"}})
                       .value();
    return flow;
}

struct Way {
    std::string_view name;
    Conduct conduct;
    std::string_view asked;
    std::string_view outcome = "101";
};
void PrintTo(Way const& row, std::ostream* out) { *out << row.name; }

class P16_Way : public testing::TestWithParam<Way> {};

TEST_P(P16_Way, OfAWebSocketIsOneThatTheServerTakes) {
    Origin const origin(GetParam().conduct);
    ConnectionsFixture fixture;
    play([&]() -> asio::awaitable<void> {
        auto flow = websocket_flow(fixture, origin);
        std::unique_ptr<ServerStream> lent;
        EXPECT_THAT(co_await ask(fixture, flow, lent), HasSubstr(std::string(GetParam().outcome)));
        lent.reset();
        co_await fixture.context.servers->close_all();
    });
    std::vector<std::string> const expected{std::string(GetParam().asked)};
    EXPECT_EQ(origin.asked(), GetParam().asked.empty() ? std::vector<std::string>() : expected);
}

TEST_P(P16_Way, IsTheSameOverAConnectionThatWasOpenedAhead) {
    Origin const origin(GetParam().conduct);
    ConnectionsFixture fixture;
    fixture.context.server->set_address(origin.address());
    fixture.context.server->tls = true;
    play([&]() -> asio::awaitable<void> {
        std::vector<std::string> alpn{"h2", "http/1.1"};
        auto const opened = co_await fixture.context.servers->open(fixture.context.server, std::move(alpn));
        EXPECT_TRUE(opened.has_value());
        auto flow = websocket_flow(fixture, origin);
        std::unique_ptr<ServerStream> lent;
        EXPECT_THAT(co_await ask(fixture, flow, lent), HasSubstr(std::string(GetParam().outcome)));
        lent.reset();
        co_await fixture.context.servers->close_all();
    });
    std::vector<std::string> const expected{std::string(GetParam().asked)};
    EXPECT_EQ(origin.asked(), GetParam().asked.empty() ? std::vector<std::string>() : expected);
}

INSTANTIATE_TEST_SUITE_P(Rows, P16_Way,
                         testing::Values(Way{"TakesThem", {.takes_websockets = true}, "HTTP/2 CONNECT /chat"},
                                         Way{"TakesNone", {}, "HTTP/1 GET /chat"},
                                         Way{"LeavesBeforeItSends", {.leaves_at_once = true}, "HTTP/1 GET /chat"},
                                         Way{"SpeaksHttp2Alone", {.speaks_http1 = false}, "", "127.0.0.1:"}),
                         row_name);

TEST(WebSocketWay, P16_LeavesTheSharedConnectionToRequests) {
    Origin const origin({});
    ConnectionsFixture fixture;
    play([&]() -> asio::awaitable<void> {
        std::vector<std::unique_ptr<ServerStream>> lent(4);
        for (std::size_t i = 0; i < 4; ++i) {
            auto flow = websocket_flow(fixture, origin);
            if (i % 2 == 0) flow.request.headers.remove("upgrade");
            EXPECT_EQ(co_await ask(fixture, flow, lent[i]), i % 2 == 0 ? "200" : "101");
        }
        lent.clear();
        co_await fixture.context.servers->close_all();
    });
    EXPECT_THAT(origin.asked(),
                ElementsAre("HTTP/2 GET /chat", "HTTP/1 GET /chat", "HTTP/2 GET /chat", "HTTP/1 GET /chat"));
}

}  // namespace
}  // namespace pathology::proxycore::layers
