// Which layer comes next, by the first bytes and by what the outer layers know (P10).
//
//     the client's bytes ─▶ guess ─┬─▶ TLS · HTTP · TCP · passed through unseen
//          ▲                       │
//          └── more, for a while ◀─┘  and where the client stays silent, the server may speak first (P11)
#include <boost/asio/experimental/awaitable_operators.hpp>
#include <pathology/proxycore/async/timeout.hpp>
#include <pathology/proxycore/layers/hosts.hpp>
#include <pathology/proxycore/layers/layers.hpp>
#include <pathology/proxycore/net/prefixed_stream.hpp>
#include <utility>

#include "layers/guess_layer.hpp"
#include "layers/host_field.hpp"
#include "layers/peek.hpp"
#include "layers/race_with_disconnect.hpp"
#include "layers/tls/client_tls.hpp"
#include "layers/tls/peek_hello.hpp"

namespace pathology::proxycore::layers {
namespace {

using addons::LogLevel;
using addons::NextLayer;

constexpr std::size_t most_layers = 32;  // TLS in TLS and tunnels in tunnels are fine; without end they are an attack

class NextLayerChoice {
public:
    NextLayerChoice(Context& context, std::unique_ptr<net::Stream> stream)
        : context_(context),
          client_(std::move(stream)),
          is_tcp_(modes::traits_of(context.mode).protocol == modes::Protocol::tcp || is_tcp(hosts(), names_of_server(context))) {}

    asio::awaitable<void> run();

private:
    asio::awaitable<NextLayer> choose();
    asio::awaitable<NextLayer> ask_addons(NextLayer guess);
    asio::awaitable<void> go_on_with(NextLayer layer);
    asio::awaitable<void> enter_tls();
    asio::awaitable<void> enter_http();

    FirstBytes known() const;
    asio::awaitable<bool> read_more();
    asio::awaitable<void> let_server_speak();
    static asio::awaitable<void> hear(net::Stream& from, std::string& into, bool& has_ended);
    net::TimeLimit patience() const;
    std::unique_ptr<net::Stream> leave() { return net::unread(std::move(client_), std::move(from_client_)); }

    HostSettings const& hosts() const { return context_.settings->hosts; }
    bool has_patterns() const { return !hosts().ignore.empty() || !hosts().allow.empty(); }

    Context& context_;
    std::unique_ptr<net::Stream> client_;
    std::string from_client_, from_server_;
    bool is_tcp_;
    bool has_time_ = true;  // more bytes of the client may be waited for
    bool has_ended_ = false;
    bool has_asked_server_ = false;
    addons::OwnLayer own_layer_;  // of an addon, in place of one of ours
};

asio::awaitable<void> NextLayerChoice::run() {
    if (context_.layers.size() >= most_layers)
        co_return context_.log(LogLevel::warn, "too many layers inside each other: the connection is closed");
    if (hosts().allow.empty() && is_ignored(hosts(), names_of_server(context_)))
        co_return co_await relay_ignored(context_, std::move(client_));
    auto const layer = co_await choose();
    if (own_layer_) co_return co_await own_layer_(context_, leave());
    if (layer != NextLayer::undecided) co_await go_on_with(layer);
}

asio::awaitable<NextLayer> NextLayerChoice::choose() {
    for (;;) {
        auto const layer = co_await ask_addons(guess_layer(known()));
        if (own_layer_ || layer != NextLayer::undecided) co_return layer;
        bool const goes_on = co_await read_more();
        if (!goes_on) co_return NextLayer::undecided;
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
    if (context_.client->tls_established() && context_.client->alpn) known.alpn = *context_.client->alpn;
    known.is_tcp_host = is_tcp_;
    known.is_http_only = modes::traits_of(context_.mode).protocol == modes::Protocol::http;
    known.takes_tcp = context_.settings->http.rawtcp;
    known.has_time = has_time_;
    return known;
}

asio::awaitable<void> NextLayerChoice::hear(net::Stream& from, std::string& into, bool& has_ended) {
    auto const ec = co_await read_into(from, into);
    has_ended = ec.failed() && ec != asio::error::operation_aborted;
}

// --- listening -------------------------------------------------------------------------------------------------------

/// False when nobody says anything any more.
asio::awaitable<bool> NextLayerChoice::read_more() {
    if (has_ended_) co_return false;
    auto const size_before = from_client_.size();
    auto reading = hear(*client_, from_client_, has_ended_);
    co_await async::with_timeout(patience(), std::move(reading));
    if (from_client_.size() > size_before) co_return true;
    if (!has_ended_ && from_client_.empty()) {
        co_await let_server_speak();
        co_return true;
    }
    has_time_ = false;
    co_return !from_client_.empty();
}

/// Where only HTTP can come, it is waited for; else a client that stays silent may wait for its server.
net::TimeLimit NextLayerChoice::patience() const {
    auto blind = known();
    blind.has_time = false;
    bool const is_asked = from_client_.empty() && has_asked_server_;
    if (is_asked || guess_layer(blind) == NextLayer::http) return std::nullopt;
    return context_.settings->times.tunnel_probe;
}

/// A server that cannot be had is told to the client when it asks for something; one that left has said it all.
asio::awaitable<void> NextLayerChoice::let_server_speak() {
    has_asked_server_ = true;
    if (is_own_site(hosts(), *context_.server)) co_return;
    std::optional<Failure> left;
    auto taking = context_.servers->take(context_.server);
    auto server_or_failure = co_await race_with_disconnect(std::move(taking), wait_for_client_end(*client_), left);
    has_ended_ = left.has_value();
    if (left || !*server_or_failure) co_return;
    auto& server = *server_or_failure;
    bool server_has_ended = false;
    {
        using namespace asio::experimental::awaitable_operators;
        auto either = hear(*client_, from_client_, has_ended_) || hear(*server->stream, from_server_, server_has_ended);
        co_await std::move(either);
    }
    has_time_ = !server_has_ended;
    server->stream = net::unread(std::move(server->stream), from_server_);
    context_.servers->keep(std::move(*server));
}

// --- going on --------------------------------------------------------------------------------------------------------

asio::awaitable<void> NextLayerChoice::go_on_with(NextLayer layer) {
    switch (layer) {
        case NextLayer::tls_client: co_return co_await enter_tls();
        case NextLayer::http: co_return co_await enter_http();
        case NextLayer::ignored: co_return co_await relay_ignored(context_, leave());
        default: break;
    }
    bool const is_let_through = is_ignored(hosts(), names_of_server(context_));
    auto relay = is_let_through ? relay_ignored(context_, leave()) : relay_tcp(context_, leave());
    co_await std::move(relay);
}

/// The name that the client asks for may be one to pass through (P15).
asio::awaitable<void> NextLayerChoice::enter_tls() {
    auto stream = leave();
    if (!has_patterns()) co_return co_await intercept_tls(context_, std::move(stream));
    auto hello = co_await take_client_hello(context_, stream);
    if (!hello) co_return co_await give_client_up(context_, hello.error());
    bool const is_let_through = is_ignored(hosts(), names_of_server(context_, hello->sni));
    if (is_let_through) co_return co_await relay_ignored(context_, std::move(stream));
    context_.hello = std::make_unique<tls::ClientHello>(std::move(*hello));
    co_await intercept_tls(context_, std::move(stream));
}

asio::awaitable<void> NextLayerChoice::enter_http() {
    auto names = names_of_server(context_);
    if (has_patterns() && !modes::traits_of(context_.mode).is_explicit && !names.empty()) {
        auto const host = host_field_of(from_client_);
        if (!host.empty()) names.push_back(to_string(Endpoint{host, context_.server->address()->port}));
    }
    bool const is_let_through = is_ignored(hosts(), names);
    auto inner =
        is_let_through ? relay_ignored(context_, leave()) : serve_http1(context_, leave(), HttpMode::transparent);
    co_await std::move(inner);
}

}  // namespace

asio::awaitable<void> next_layer(Context& context, std::unique_ptr<net::Stream> stream) {
    NextLayerChoice choice(context, std::move(stream));
    co_await choice.run();
}

}  // namespace pathology::proxycore::layers
