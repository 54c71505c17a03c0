// Chooses the next layer by the first bytes and by the state of outer layers (P10).
//
//     bytes of the client ─▶ guess_layer ─▶ hook next_layer ─┬─▶ TLS · HTTP · TCP · ignored · a layer of the addon
//            ▲                                               │
//            │                                               ▼ undecided
//            ├── the client sent more ◀── read_more: wait for the client, without limit if only HTTP is possible,
//            │                            else for tunnel_probe
//            │                                               ▼ silent
//            └── first bytes of either ◀─ read_from_server: connect and wait for both (P11), because in some protocols
//                                         (SMTP, SSH, MySQL) the server sends first
#include <boost/asio/experimental/awaitable_operators.hpp>
#include <pathology/proxycore/async/timeout.hpp>
#include <pathology/proxycore/net/prefixed_stream.hpp>
#include <utility>

#include "layers/guess_layer.hpp"
#include "layers/hosts.hpp"
#include "layers/layers.hpp"
#include "layers/peek.hpp"
#include "layers/race_with_disconnect.hpp"
#include "layers/tls/client_tls.hpp"
#include "layers/tls/peek_hello.hpp"

namespace pathology::proxycore::layers {
namespace {

using addons::LogLevel;
using addons::NextLayer;

constexpr std::size_t max_layers = 32;  // nesting of TLS and tunnels is allowed; without end it would be an attack

/// What was read to decide is not lost: `release_client` and Servers::keep() put it in front of the streams again.
/// Invariants: bytes only get more; has_time_ goes from true to false once; the server is tried at most once.
class NextLayerChoice {
public:
    NextLayerChoice(Context& context, std::unique_ptr<net::Stream> stream)
        : context_(context),
          client_(std::move(stream)),
          is_tcp_(modes::traits_of(context.mode).protocol == modes::Protocol::tcp ||
                  is_tcp(hosts(), names_of_server(context))) {}

    asio::awaitable<void> run();

private:
    asio::awaitable<NextLayer> choose();
    asio::awaitable<NextLayer> ask_addons(NextLayer guess);
    asio::awaitable<void> enter(NextLayer layer);
    asio::awaitable<void> enter_tls();
    asio::awaitable<void> enter_http();

    FirstBytes known() const;
    asio::awaitable<bool> read_more();
    asio::awaitable<void> read_from_server();
    static asio::awaitable<void> read_ahead(net::Stream& from, std::string& into, bool& has_ended);
    net::TimeLimit probe_timeout() const;
    std::unique_ptr<net::Stream> release_client() { return net::unread(std::move(client_), std::move(from_client_)); }

    HostSettings const& hosts() const { return context_.settings->hosts; }
    bool has_patterns() const { return !hosts().ignore.empty() || !hosts().allow.empty(); }

    Context& context_;
    std::unique_ptr<net::Stream> client_;
    std::string from_client_, from_server_;
    bool is_tcp_;
    bool has_time_ = true;  // waiting for more bytes of the client is allowed
    bool has_ended_ = false;
    bool has_read_server_ = false;
    addons::OwnLayer own_layer_;  // set by an addon; replaces the layers of the proxy
};

asio::awaitable<void> NextLayerChoice::run() {
    if (context_.layers.size() >= max_layers)
        co_return context_.log(LogLevel::warn, "too many layers inside each other: the connection is closed");
    if (hosts().allow.empty() && is_ignored(hosts(), names_of_server(context_)))
        co_return co_await relay_ignored(context_, std::move(client_));
    auto const layer = co_await choose();
    if (own_layer_) co_return co_await own_layer_(context_, release_client());
    if (layer != NextLayer::undecided) co_await enter(layer);
}

asio::awaitable<NextLayer> NextLayerChoice::choose() {
    for (;;) {
        auto const layer = co_await ask_addons(guess_layer(known()));
        if (own_layer_ || layer != NextLayer::undecided) co_return layer;
        bool const has_more = co_await read_more();
        if (!has_more) co_return NextLayer::undecided;
    }
}

asio::awaitable<NextLayer> NextLayerChoice::ask_addons(NextLayer guess) {
    auto& chain = context_.services.addons;
    if (!chain.wants(addons::Hook::next_layer)) co_return guess;
    addons::NextLayerData data{*context_.client, *context_.server, from_client_, from_server_, guess};
    co_await chain.run(addons::hooks::next_layer, data);
    own_layer_ = std::move(data.own_layer);
    co_return data.layer;
}

FirstBytes NextLayerChoice::known() const {
    FirstBytes known{from_client_, from_server_};
    // That of TLS with the proxy itself is not about the bytes in a tunnel.
    bool const is_in_tls = !context_.layers.empty() && context_.layers.back() == "tls";
    if (is_in_tls && context_.client->tls_established() && context_.client->alpn) known.alpn = *context_.client->alpn;
    known.is_tcp_host = is_tcp_;
    known.is_http_only = modes::traits_of(context_.mode).protocol == modes::Protocol::http;
    known.takes_tcp = context_.settings->http.rawtcp;
    known.has_time = has_time_;
    return known;
}

asio::awaitable<void> NextLayerChoice::read_ahead(net::Stream& from, std::string& into, bool& has_ended) {
    auto const ec = co_await read_into(from, into);
    has_ended = ec.failed() && ec != asio::error::operation_aborted;
}

// --- reading ahead ----------------------------------------------------------------------------------------

/// Returns false if neither side sends anything more.
asio::awaitable<bool> NextLayerChoice::read_more() {
    if (has_ended_) co_return false;
    // The time limit cancels the read, and a cancelled read may still deliver bytes. So the size decides, not the
    // outcome.
    auto const size_before = from_client_.size();
    auto reading = read_ahead(*client_, from_client_, has_ended_);
    co_await async::with_timeout(probe_timeout(), std::move(reading));
    if (from_client_.size() > size_before) co_return true;
    // The client sent nothing within the limit.
    if (!has_ended_ && from_client_.empty()) {
        co_await read_from_server();
        co_return true;
    }
    has_time_ = false;  // the client sent a beginning and stopped: decide with what there is
    co_return !from_client_.empty();
}

/// How long to wait for the client: without limit if only HTTP is possible, else for a moment, since a client that
/// sends nothing may be waiting for its server. Once the server has been tried, a silent client is waited for without
/// limit; the idle limit of the stream still applies.
net::TimeLimit NextLayerChoice::probe_timeout() const {
    auto if_silent = known();
    if_silent.has_time = false;
    bool const is_asked = from_client_.empty() && has_read_server_;
    if (is_asked || guess_layer(if_silent) == NextLayer::http) return std::nullopt;
    return context_.settings->times.tunnel_probe;
}

/// Connects to the server and reads from whichever side sends first. A server that cannot be reached is reported when
/// the client sends a request.
asio::awaitable<void> NextLayerChoice::read_from_server() {
    has_read_server_ = true;
    if (is_own_site(hosts(), *context_.server)) co_return;
    std::optional<Failure> left;
    auto acquiring = context_.servers->acquire_stream(context_.server);
    auto server_or_failure = co_await race_with_disconnect(std::move(acquiring), wait_for_client_end(*client_), left);
    has_ended_ = left.has_value();
    if (left || !*server_or_failure) co_return;
    auto& server = *server_or_failure;
    bool server_has_ended = false;
    {
        using namespace asio::experimental::awaitable_operators;
        auto either = read_ahead(*client_, from_client_, has_ended_) ||
                      read_ahead(*server->stream, from_server_, server_has_ended);
        co_await std::move(either);
    }
    has_time_ = !server_has_ended;
    // The connection goes back to the pool with the greeting in front, for the layer that is chosen.
    server->stream = net::unread(std::move(server->stream), from_server_);
    context_.servers->release(std::move(*server));
}

// --- the next layer ---------------------------------------------------------------------------------------

asio::awaitable<void> NextLayerChoice::enter(NextLayer layer) {
    switch (layer) {
        case NextLayer::tls_client: co_return co_await enter_tls();
        case NextLayer::http: co_return co_await enter_http();
        case NextLayer::ignored: co_return co_await relay_ignored(context_, release_client());
        default: break;
    }
    bool const is_ignored_host = is_ignored(hosts(), names_of_server(context_));
    auto relay = is_ignored_host ? relay_ignored(context_, release_client()) : relay_tcp(context_, release_client());
    co_await std::move(relay);
}

/// The host may be ignored by the name in the ClientHello (P15).
asio::awaitable<void> NextLayerChoice::enter_tls() {
    auto stream = release_client();
    if (!has_patterns()) co_return co_await intercept_tls(context_, std::move(stream));
    // Without patterns the ClientHello is left to intercept_tls, which reads it anyway.
    auto hello = co_await take_client_hello(context_, stream);
    if (!hello) co_return co_await give_client_up(context_, hello.error());
    bool const is_ignored_host = is_ignored(hosts(), names_of_server(context_, hello->sni));
    if (is_ignored_host) co_return co_await relay_ignored(context_, std::move(stream));
    context_.hello = std::make_unique<tls::ClientHello>(std::move(*hello));
    co_await intercept_tls(context_, std::move(stream));
}

asio::awaitable<void> NextLayerChoice::enter_http() {
    auto names = names_of_server(context_);
    // Transparent and reverse modes know an IP address or a fixed server; the patterns of users are about host names.
    if (has_patterns() && !modes::traits_of(context_.mode).is_explicit && !names.empty()) {
        auto const host = host_field_of(from_client_);
        if (!host.empty()) names.push_back(to_string(Endpoint{host, context_.server->address()->port}));
    }
    bool const is_ignored_host = is_ignored(hosts(), names);
    auto inner = is_ignored_host ? relay_ignored(context_, release_client())
                                 : serve_http1(context_, release_client(), HttpMode::transparent);
    co_await std::move(inner);
}

}  // namespace

asio::awaitable<void> next_layer(Context& context, std::unique_ptr<net::Stream> stream) {
    try {
        NextLayerChoice choice(context, std::move(stream));
        co_await choice.run();
    } catch (HostPatternError const& error) {
        context.log(LogLevel::error, std::string(error.what()) + "; the connection is closed");
    }
}

}  // namespace pathology::proxycore::layers
