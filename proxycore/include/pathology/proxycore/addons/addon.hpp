// The base class of addons. An addon overrides hooks as public functions; hooks that it does not override cost nothing.
//
//     class Greeter : public addons::Addon {
//     public:
//         std::string name() const override { return "greeter"; }
//         asio::awaitable<void> response(flow::HttpFlow& flow) override {
//             flow.response->headers.set("X-Greeting", "hello");
//             co_return;
//         }
//     };
//     chain.add(std::make_shared<Greeter>());
//
// Guarantees
//     G1  Each HTTP flow gets exactly one of `response` and `error`.
//     G2  `responseheaders` comes before `response`, also for a response that an addon made.
//     G3  In `requestheaders` and `responseheaders` the content has not been read; `stream` is decided there.
//     G4  With streaming, `request` and `response` come after the body has passed; `response` may precede `request`.
//     G5  Hooks of one flow never overlap; the next step waits for the hook before it.
//     G6  Addons are called in the order of their registration; AddonHalt ends the round.
//     G7  Another exception becomes a line of the log, and the round goes on.
//     G8  A flow that was intercepted waits at the end of the round.
//     G9  Setting `response` in `request` prevents any contact with a server.
//     G10 Every hook sees its connections as they are at that moment.
//
// A hook may await anything; it must not block its thread, unless it is listed in concurrent().
#pragma once

#include <boost/asio/awaitable.hpp>
#include <memory>
#include <pathology/proxycore/addons/hook.hpp>
#include <pathology/proxycore/addons/hook_data.hpp>
#include <pathology/proxycore/addons/log_entry.hpp>
#include <pathology/proxycore/errors.hpp>
#include <pathology/proxycore/flow/http_flow.hpp>
#include <pathology/proxycore/flow/tcp_flow.hpp>
#include <set>
#include <span>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

namespace pathology::proxycore::addons {

namespace asio = boost::asio;
class Host;
class Options;
struct AddonHandle;

/// An addon that cannot be loaded, or that breaks the rules for addons.
class AddonError : public ProxyException {
public:
    using ProxyException::ProxyException;
};

/// Thrown by a hook to end the round: the addons after it are not called this time. Not logged.
class AddonHalt : public ProxyException {
public:
    AddonHalt() : ProxyException("an addon ended the round of this hook") {}
};

/// Every hook has an empty default.
class Addon {
public:
    Addon() = default;
    Addon(Addon const&) = delete;
    Addon& operator=(Addon const&) = delete;
    virtual ~Addon() = default;

    /// One word that identifies the addon, also in errors; unique in a chain.
    virtual std::string name() const = 0;
    /// Addons that are added and removed with this one, and called after it.
    virtual std::vector<AddonHandle> parts();
    /// The hooks that block: each call runs on a worker thread, and only its flow waits. Not allowed: load, configure,
    /// log and tick.
    virtual HookSet concurrent() const { return {}; }

    // --- the program ---
    /// The addon was added; declares its options here. `host` is valid until done() has returned.
    virtual void load(Host& host);
    /// The options `changed` have new values; in the first call it has all names. Throws OptionsError to reject them.
    virtual void configure(Options const& options, std::set<std::string> const& changed);
    /// The hooks that would do nothing with the options as they are; asked after each configure(). They are not called,
    /// and cost nothing, until that changes.
    virtual HookSet unused() const { return {}; }
    /// Whether the hook would do nothing with this flow; then it is not called for it. Worth it for a hook that acts on few
    /// flows: a call makes a coroutine.
    virtual bool ignores(Hook /*hook*/, flow::HttpFlow const& /*flow*/) const noexcept { return false; }
    virtual asio::awaitable<void> running();  ///< the program listens; for one that was added later, at once
    virtual asio::awaitable<void> tick();     ///< about ten times a second
    /// Another addon changed these flows.
    virtual asio::awaitable<void> update(std::span<flow::Flow* const> flows);
    virtual void log(LogEntry const& entry);  ///< a line was logged
    virtual asio::awaitable<void> done();     ///< the addon was removed, or the program ends

    // --- connections ---
    virtual asio::awaitable<void> client_connected(flow::Client& client);  ///< set `error` to reject it
    virtual asio::awaitable<void> client_disconnected(flow::Client& client);
    virtual asio::awaitable<void> server_connect(ServerConnectionData& data);  ///< before; set `error` to cancel
    virtual asio::awaitable<void> server_connected(ServerConnectionData& data);
    virtual asio::awaitable<void> server_connect_error(ServerConnectionData& data);  ///< instead of server_connected
    virtual asio::awaitable<void> server_disconnected(ServerConnectionData& data);

    // --- TLS ---
    virtual asio::awaitable<void> tls_clienthello(ClientHelloData& data);
    virtual asio::awaitable<void> tls_start_client(ClientTlsData& data);
    virtual asio::awaitable<void> tls_start_server(ServerTlsData& data);
    virtual asio::awaitable<void> tls_established_client(ClientTlsData& data);
    virtual asio::awaitable<void> tls_established_server(ServerTlsData& data);
    virtual asio::awaitable<void> tls_failed_client(ClientTlsData& data);
    virtual asio::awaitable<void> tls_failed_server(ServerTlsData& data);

    // --- before the protocol is known ---
    virtual asio::awaitable<void> socks5_auth(Socks5AuthData& data);
    virtual asio::awaitable<void> next_layer(NextLayerData& data);

    // --- HTTP ---
    virtual asio::awaitable<void> requestheaders(flow::HttpFlow& flow);
    virtual asio::awaitable<void> request(flow::HttpFlow& flow);
    virtual asio::awaitable<void> responseheaders(flow::HttpFlow& flow);
    virtual asio::awaitable<void> response(flow::HttpFlow& flow);
    virtual asio::awaitable<void> error(flow::HttpFlow& flow);
    virtual asio::awaitable<void> http_connect(flow::HttpFlow& flow);  ///< set a response other than 2xx to refuse
    virtual asio::awaitable<void> http_connected(flow::HttpFlow& flow);
    virtual asio::awaitable<void> http_connect_error(flow::HttpFlow& flow);
    virtual asio::awaitable<void> http_connect_upstream(flow::HttpFlow& flow);  ///< our own CONNECT, before it is sent

    // --- WebSocket: the message is the last one of the flow ---
    virtual asio::awaitable<void> websocket_start(flow::HttpFlow& flow);
    virtual asio::awaitable<void> websocket_message(flow::HttpFlow& flow);
    virtual asio::awaitable<void> websocket_end(flow::HttpFlow& flow);

    // --- TCP: the message is the last one of the flow ---
    virtual asio::awaitable<void> tcp_start(flow::TcpFlow& flow);
    virtual asio::awaitable<void> tcp_message(flow::TcpFlow& flow);
    virtual asio::awaitable<void> tcp_end(flow::TcpFlow& flow);
    virtual asio::awaitable<void> tcp_error(flow::TcpFlow& flow);
};

/// The hooks that T overrides, computed at compile time.
template <class T> constexpr HookSet hooks_of() {
    static_assert(!std::is_same_v<T, Addon>, "the type must be that of the addon itself");
    HookSet hooks;
    // A function that T inherits unchanged still belongs to Addon. One that is private or overloaded counts as its own.
#define PATHOLOGY_ADD(name)                                                                           \
    if constexpr (!requires { requires std::is_same_v<decltype(&T::name), decltype(&Addon::name)>; }) \
        hooks.add(Hook::name);
    PATHOLOGY_HOOKS(PATHOLOGY_ADD)
#undef PATHOLOGY_ADD
    return hooks;
}

/// An addon and the hooks that it overrides; made of a pointer to the derived type.
struct AddonHandle {
    std::shared_ptr<Addon> addon;
    HookSet hooks;

    template <class T> AddonHandle(std::shared_ptr<T> own) : addon(std::move(own)), hooks(hooks_of<T>()) {}
    /// For an addon whose derived type is not known.
    AddonHandle(std::shared_ptr<Addon> some, HookSet called) : addon(std::move(some)), hooks(called) {}
};

/// A hook and the function that it calls, for AddonChain::run().
template <class... Arguments> struct HookPoint {
    using Function = asio::awaitable<void> (Addon::*)(Arguments...);
    constexpr HookPoint(Hook its_hook, Function its_function) : hook(its_hook), function(its_function) {}
    Hook hook;
    Function function;
};

namespace hooks {
#define PATHOLOGY_DEFINE(name) inline constexpr HookPoint name{Hook::name, &Addon::name};
PATHOLOGY_AWAITABLE_HOOKS(PATHOLOGY_DEFINE)
#undef PATHOLOGY_DEFINE
}  // namespace hooks

}  // namespace pathology::proxycore::addons
