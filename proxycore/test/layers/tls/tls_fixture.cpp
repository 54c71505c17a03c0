#include "layers/tls/tls_fixture.hpp"
#include "layers/layers.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/experimental/awaitable_operators.hpp>
#include <boost/asio/this_coro.hpp>
#include <pathology/proxycore/net/memory_stream.hpp>
#include <utility>

#include "support/folder.hpp"
#include "support/streams.hpp"

namespace pathology::proxycore::layers {

// The layers on both sides of the one under test.
asio::awaitable<void> next_layer(Context& /*context*/, std::unique_ptr<net::Stream> stream) {
    co_await net::send(*stream, "inside");
    stream->close(net::CloseMode::fin);
}

asio::awaitable<void> relay_ignored(Context& context, std::unique_ptr<net::Stream> stream) {
    auto const text = context.server->tls ? "ignored, with TLS" : "ignored";
    co_await net::send(*stream, text);
    stream->close(net::CloseMode::fin);
}

}  // namespace pathology::proxycore::layers

namespace pathology::proxycore::layers::test {
namespace {

using namespace asio::experimental::awaitable_operators;

Failure no_requests() { return {Errc::unreachable, "these servers take no requests"}; }

}  // namespace

Settings trusting_settings() {
    static pathology::test::Folder const folder;
    static bool const is_made = tls::Authority::open(folder.path(), {.key = tls::KeyType::ecdsa_p256}).has_value();
    if (!is_made) throw std::runtime_error("cannot create an authority in " + folder.path().string());
    Settings settings;
    settings.tls.confdir = folder.path().string();
    settings.tls.trust.file = trusted_file();
    settings.times.connect = patience;
    return settings;
}

// --- the origin ------------------------------------------------------------------------------------------------------

Played Origin::serve(std::unique_ptr<net::Stream> stream) {
    if (!raw.empty()) {
        std::string hello;
        co_await net::send(*stream, raw);
        co_await proxycore::test::read_to_end(*stream, hello);
        co_return;
    }
    tls::Engine engine(tls::AcceptContext::make(settings).value(), identity);
    tls::TlsStream secured(std::move(stream), std::move(engine));
    auto const done = co_await secured.handshake(patience);
    if (!done) {
        failures.push_back(done.error().message);
        co_return;
    }
    seen.push_back(secured.info());
    std::string sent;
    co_await proxycore::test::read_to_end(secured, sent);
}

Origin origin_for(std::vector<std::string> names) {
    Origin origin;
    origin.identity = tls::test::show(tls::test::identity_for(std::move(names)));
    return origin;
}

asio::awaitable<Result<void>> OriginConnections::open(std::shared_ptr<flow::Server> server,
                                                      std::vector<std::string> alpn) {
    if (open_.contains(server.get())) co_return Result<void>();
    auto const executor = co_await asio::this_coro::executor;
    auto pipe = net::make_memory_pipe(executor);
    asio::co_spawn(executor, origin_.serve(std::move(pipe.far)), asio::detached);
    server->state = flow::ConnectionState::active;
    auto secured = co_await secure_server(context_, *server, std::move(pipe.near), std::move(alpn));
    if (!secured) co_return secured.error();
    open_[server.get()] = std::move(*secured);
    co_return Result<void>();
}

asio::awaitable<Result<ServerConnection>> OriginConnections::acquire_stream(std::shared_ptr<flow::Server> server) {
    auto const opened = co_await open(server, {});
    if (!opened) co_return opened.error();
    auto stream = std::move(open_[server.get()]);
    open_.erase(server.get());
    co_return ServerConnection{std::move(server), std::move(stream)};
}

asio::awaitable<void> OriginConnections::close(ServerConnection /*connection*/) { co_return; }

asio::awaitable<Result<std::unique_ptr<ServerStream>>> OriginConnections::acquire(flow::HttpFlow& /*flow*/) {
    co_return no_requests();
}

asio::awaitable<Result<std::unique_ptr<ServerStream>>> OriginConnections::acquire_fresh(flow::HttpFlow& /*flow*/) {
    co_return no_requests();
}

asio::awaitable<void> OriginConnections::close_all() {
    open_.clear();
    co_return;
}

// --- the proxy -------------------------------------------------------------------------------------------------------

TlsFixture::TlsFixture(Settings const& its_settings, Origin its_origin)
    : chain(options, [this](addons::LogEntry const& entry) { log.push_back(entry); }),
      origin(std::move(its_origin)),
      tls(its_settings),
      services{.addons = chain,
               .tls = tls,
               .now = [] { return flow::Time::clock::now(); },
               .settings = std::make_shared<Settings const>(its_settings),
               .is_ourselves = [](Endpoint const&) { return false; }} {}

std::unique_ptr<Context> TlsFixture::connect(std::optional<Endpoint> target, modes::Mode const& mode) {
    auto const client = std::make_shared<flow::Client>(flow::Client::make_dummy({"192.0.2.1", 4711}));
    client->sockname = Endpoint{"192.0.2.7", 8080};
    auto const servers = [this](Context& context) -> std::unique_ptr<ServerConnections> {
        return std::make_unique<OriginConnections>(context, origin);
    };
    auto context = std::make_unique<Context>(services, mode, client, servers);
    context->server->set_address(std::move(target));
    return context;
}

// --- the client ------------------------------------------------------------------------------------------------------

namespace {

Played connect_to_proxy(std::unique_ptr<net::Stream> stream, ClientOptions const& options, Seen& seen) {
    tls::Engine engine(tls::ConnectContext::make(options.settings).value(), options.name);
    tls::TlsStream secured(std::move(stream), std::move(engine));
    auto const done = co_await secured.handshake(patience);
    if (!done) {
        seen.failure = done.error().message;
        co_return;
    }
    seen.info = secured.info();
    auto const ended = co_await proxycore::test::read_to_end(secured, seen.response);
    if (ended != asio::error::eof) seen.failure = ended.message();
}

Played terminated(Context& context, std::unique_ptr<net::Stream> stream) {
    auto inside = co_await terminate_tls(context, std::move(stream));
    if (inside) co_await next_layer(context, std::move(inside));
}

Seen play_with(Context& context, ClientOptions const& options,
               std::function<Played(Context&, std::unique_ptr<net::Stream>)> const& layer) {
    Seen seen;
    play([&]() -> Played {
        auto const executor = co_await asio::this_coro::executor;
        auto pipe = net::make_memory_pipe(executor, {.max_per_read = options.max_per_read});
        auto both = connect_to_proxy(std::move(pipe.near), options, seen) && layer(context, std::move(pipe.far));
        co_await std::move(both);
        co_await context.servers->close_all();
    });
    return seen;
}

}  // namespace

Seen intercept(Context& context, ClientOptions const& options) { return play_with(context, options, intercept_tls); }

Seen terminate(Context& context, ClientOptions const& options) { return play_with(context, options, terminated); }

namespace {

std::string play_text(Context& context, std::string const& bytes,
                      std::function<Played(Context&, std::unique_ptr<net::Stream>)> const& layer) {
    std::string response;
    auto const client = [&](std::unique_ptr<net::Stream> stream) -> Played {
        co_await net::send(*stream, bytes);
        stream->close(net::CloseMode::half_close);
        co_await proxycore::test::read_to_end(*stream, response);
    };
    play([&]() -> Played {
        auto const executor = co_await asio::this_coro::executor;
        auto pipe = net::make_memory_pipe(executor);
        auto both = client(std::move(pipe.near)) && layer(context, std::move(pipe.far));
        co_await std::move(both);
    });
    return response;
}

}  // namespace

std::string intercept_text(Context& context, std::string const& bytes) {
    return play_text(context, bytes, intercept_tls);
}

std::string terminate_text(Context& context, std::string const& bytes) { return play_text(context, bytes, terminated); }

std::string hello_of(ClientOptions const& options) {
    tls::Engine engine(tls::ConnectContext::make(options.settings).value(), options.name);
    engine.handshake();
    auto const bytes = engine.outgoing();
    return {static_cast<char const*>(bytes.data()), bytes.size()};
}

}  // namespace pathology::proxycore::layers::test
