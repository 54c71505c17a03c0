// Requires a user and a password of clients.
//
//     mode               the client sends                 the proxy requests it by
//     regular, upstream  Proxy-Authorization: Basic …     407, Proxy-Authenticate
//     reverse            Authorization: Basic …           401, WWW-Authenticate
//     socks5             RFC 1929                         the method of the greeting
//     transparent        not possible                     an error at the start
//
// A CONNECT and a SOCKS greeting authenticate their whole connection; other requests each need the field. It is not
// forwarded to the server. Replayed requests need no credentials.
#pragma once

#include <optional>
#include <pathology/proxycore/addons/addon.hpp>
#include <pathology/proxycore/addons/options.hpp>
#include <string>
#include <string_view>
#include <unordered_map>

#include "addons/credentials.hpp"

namespace pathology::proxycore::addons {

/// The user of a CONNECT or a SOCKS5 greeting that authenticated the whole connection; empty if none did. The view is
/// valid as long as the record of the client.
std::string_view user_of(flow::Client const& client);

/// The option is `proxyauth`. User and password are stored in the metadata of the flow as "proxyauth".
class ProxyAuth final : public Addon {
public:
    std::string name() const override { return "proxyauth"; }

    void load(Host& host) override;
    void configure(Options const& options, std::set<std::string> const& changed) override;
    HookSet unused() const override;
    asio::awaitable<void> client_disconnected(flow::Client& client) override;
    asio::awaitable<void> socks5_auth(Socks5AuthData& data) override;
    asio::awaitable<void> http_connect(flow::HttpFlow& flow) override;
    asio::awaitable<void> requestheaders(flow::HttpFlow& flow) override;

private:
    /// Returns the credentials of the flow if they are accepted. Otherwise sets the response.
    std::optional<Credentials> authenticate(flow::HttpFlow& flow);
    void remember(flow::Client& client, Credentials const& credentials);

    OptionalText rule_text_{};
    CredentialRule rule_{};  ///< empty = no authentication
    std::unordered_map<flow::Id, Credentials> connections_;
};

}  // namespace pathology::proxycore::addons
