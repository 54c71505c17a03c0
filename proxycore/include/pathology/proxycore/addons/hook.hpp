// The hooks of addons, and sets of hooks.
//
//     the program     load ─ configure ─ running ─ … configure … tick … update … log ─ done
//     a client        client_connected ─ … ─ client_disconnected
//     a server        server_connect ─┬─ server_connected ─ … ─ server_disconnected
//                                     └─ server_connect_error
//     TLS             tls_clienthello ─ tls_start_client ─ tls_established_client | tls_failed_client
//                                       tls_start_server ─ tls_established_server | tls_failed_server
//     a CONNECT       http_connect ─ http_connected | http_connect_error           (http_connect_upstream: ours)
//     HTTP            requestheaders ─ request ─ responseheaders ─ response        or, at any point, error
//     WebSocket       websocket_start ─ websocket_message … ─ websocket_end        (after response)
//     TCP             tcp_start ─ tcp_message … ─ tcp_end | tcp_error
#pragma once

#include <cstdint>
#include <initializer_list>
#include <optional>
#include <string_view>

/// Applies X to each hook that is a coroutine. `load`, `configure` and `log` are plain functions.
// clang-format off
#define PATHOLOGY_AWAITABLE_HOOKS(X) \
    X(running) X(tick) X(update) X(done) X(client_connected) X(client_disconnected) X(server_connect) \
    X(server_connected) X(server_connect_error) X(server_disconnected) X(tls_clienthello) X(tls_start_client) \
    X(tls_start_server) X(tls_established_client) X(tls_established_server) X(tls_failed_client) \
    X(tls_failed_server) X(socks5_auth) X(next_layer) X(requestheaders) X(request) X(responseheaders) \
    X(response) X(error) X(http_connect) X(http_connected) X(http_connect_error) X(http_connect_upstream) \
    X(websocket_start) X(websocket_message) X(websocket_end) X(tcp_start) X(tcp_message) X(tcp_end) \
    X(tcp_error)
// clang-format on

#define PATHOLOGY_HOOKS(X) X(load) X(configure) X(log) PATHOLOGY_AWAITABLE_HOOKS(X)

namespace pathology::proxycore::addons {

#define PATHOLOGY_LIST(name) name,
enum class Hook : std::uint8_t { PATHOLOGY_HOOKS(PATHOLOGY_LIST) };
#undef PATHOLOGY_LIST

/// The name of the function: "requestheaders".
std::string_view to_string(Hook hook);

/// Finds a hook by its name, or by one of those that older documents use: `clientconnect`, `serverconnect`,
/// `client_connect`, `start` and so on.
std::optional<Hook> parse_hook(std::string_view name);

/// A set of hooks.
class HookSet {
public:
    constexpr HookSet() = default;
    constexpr HookSet(std::initializer_list<Hook> hooks) {
        for (auto const hook : hooks) add(hook);
    }

    constexpr void add(Hook hook) { bits_ |= bit(hook); }
    constexpr bool contains(Hook hook) const { return (bits_ & bit(hook)) != 0; }
    constexpr bool empty() const { return bits_ == 0; }
    constexpr HookSet operator|(HookSet other) const { return HookSet(bits_ | other.bits_); }
    /// Those of this set that are not in the other one.
    constexpr HookSet operator-(HookSet other) const { return HookSet(bits_ & ~other.bits_); }
    constexpr bool operator==(HookSet const&) const = default;

private:
    explicit constexpr HookSet(std::uint64_t bits) : bits_(bits) {}
    static constexpr std::uint64_t bit(Hook hook) { return std::uint64_t{1} << static_cast<unsigned>(hook); }

    std::uint64_t bits_ = 0;
};

}  // namespace pathology::proxycore::addons
