// TLS with the server, the last layer of a route, and with proxies of the route.
#pragma once

#include <boost/asio/awaitable.hpp>
#include <memory>
#include <pathology/language/tls_fault.hpp>
#include <pathology/pathoc/failure.hpp>
#include <pathology/pathoc/tls_options.hpp>
#include <pathology/proxycore/net/stream.hpp>
#include <pathology/proxycore/tls/tls_stream.hpp>
#include <string>

namespace pathology::pathoc {

/// Made once for all connections of a run.
class TlsLayer {
public:
    /// For the server `host`; nullptr if the options do not use TLS.
    /// Errors: Errc::tls_failed for invalid options and unreadable files.
    static Result<std::shared_ptr<TlsLayer const>> make(TlsOptions const& options, std::string const& host);

    /// For proxies; they are verified as the server is, with the same authorities. The other options are about the
    /// server.
    /// Errors: as above.
    static Result<std::shared_ptr<TlsLayer const>> make_for_proxies(TlsOptions const& options);

    /// Runs the handshake over `stream`; in the second form with the server `host`.
    /// Errors: Errc::tls_failed with the reason; Errc::timed_out. Either closes the stream.
    boost::asio::awaitable<Result<std::unique_ptr<proxycore::tls::TlsStream>>> pass(
        std::unique_ptr<proxycore::net::Stream> stream, proxycore::net::TimeLimit limit) const;
    boost::asio::awaitable<Result<std::unique_ptr<proxycore::tls::TlsStream>>> pass(
        std::unique_ptr<proxycore::net::Stream> stream, proxycore::net::TimeLimit limit, std::string const& host) const;

private:
    boost::asio::awaitable<Result<std::unique_ptr<proxycore::tls::TlsStream>>> shake_hands(
        std::unique_ptr<proxycore::net::Stream> stream, proxycore::net::TimeLimit limit,
        proxycore::tls::ServerName const& name) const;

    TlsLayer(proxycore::tls::ConnectContext context, proxycore::tls::ServerName name, language::TlsFault fault)
        : context_(std::move(context)), name_(std::move(name)), fault_(std::move(fault)) {}

    proxycore::tls::ConnectContext context_;
    proxycore::tls::ServerName name_;
    language::TlsFault fault_;
};

}  // namespace pathology::pathoc
