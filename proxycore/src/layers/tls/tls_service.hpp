// TLS on both sides of the proxy: certificates for clients, trust and certificates for servers.
#pragma once

#include <boost/asio/awaitable.hpp>
#include <functional>
#include <memory>
#include <pathology/proxycore/flow/connection.hpp>
#include <pathology/proxycore/layers/failure.hpp>
#include <pathology/proxycore/net/stream.hpp>
#include <string>
#include <vector>

#include "layers/settings.hpp"

namespace pathology::proxycore::tls {
class Authority;
}

namespace pathology::proxycore::layers {

namespace asio = boost::asio;
class Context;

/// What all connections share: authority, certificate cache, trust, key log. Made when the proxy starts.
///
/// Thread: that of the proxy.
class TlsService {
public:
    /// Opens the authority, making it where there is none, and reads every file that the settings name.
    /// Errors: throws OptionsError naming the option and the file.
    /// With Sides::servers there is no authority: a client of ours opens no folder of one.
    enum class Sides { both, servers };
    explicit TlsService(Settings const& settings, Sides sides = Sides::both);
    ~TlsService();
    TlsService(TlsService const&) = delete;
    TlsService& operator=(TlsService const&) = delete;

    /// Does it again for other settings; handshakes that are under way keep what they began with.
    /// Errors: as the constructor; nothing has changed then.
    void configure(Settings const& settings);

    /// Who signs the certificates that clients see.
    tls::Authority const& authority() const;  ///< not with Sides::servers
    /// What the user ought to know and what stops nothing, each a line for the log, such as an authority that has
    /// expired.
    std::vector<std::string> const& warnings() const;

    struct State;
    State& state() { return *state_; }

private:
    Sides sides_;
    std::unique_ptr<State> state_;
};

/// Puts TLS over a connection to `server`: hooks, SNI, client certificate, verification (P24-P26). What was agreed on
/// stands in the record then.
///
/// Name:   the record's `sni`, or without one the host of its address, is sent and verified. An address is verified,
///         but never sent.
/// Errors: untrusted, timed_out, closed; also noted as the record's error.
asio::awaitable<Result<std::unique_ptr<net::Stream>>> secure_server(Context& context, flow::Server& server,
                                                                    std::unique_ptr<net::Stream> stream,
                                                                    std::vector<std::string> alpn);

}  // namespace pathology::proxycore::layers
