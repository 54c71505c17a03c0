// TLS on both sides of the proxy: certificates for clients, trust and certificates for servers.
#pragma once

#include <boost/asio/awaitable.hpp>
#include <memory>
#include <pathology/proxycore/flow/connection.hpp>
#include <pathology/proxycore/layers/failure.hpp>
#include <pathology/proxycore/layers/settings.hpp>
#include <pathology/proxycore/net/stream.hpp>
#include <string>
#include <vector>

namespace pathology::proxycore::layers {

namespace asio = boost::asio;
class Context;

/// What all connections share: authority, certificate cache, trust, key log. Made when the proxy starts.
class TlsService {
public:
    /// Opens the authority, making it where there is none, and reads every file that the settings name.
    /// Errors: throws flow::OptionsError naming the option and the file.
    explicit TlsService(Settings const& settings);
    ~TlsService();
    TlsService(TlsService const&) = delete;
    TlsService& operator=(TlsService const&) = delete;

    struct State;
    State& state() { return *state_; }

private:
    std::unique_ptr<State> state_;
};

/// Puts TLS over a connection to `server`: hooks, SNI, client certificate, verification (P24-P26). What was agreed on
/// stands in the record then.
/// Errors: untrusted, timed_out, closed; also noted as the record's error.
asio::awaitable<Result<std::unique_ptr<net::Stream>>> secure_server(Context& context, flow::Server& server,
                                                                    std::unique_ptr<net::Stream> stream,
                                                                    std::vector<std::string> alpn);

}  // namespace pathology::proxycore::layers
