// What a daemon shows and asks for in TLS.
#pragma once

#include <boost/asio/awaitable.hpp>
#include <memory>
#include <mutex>
#include <optional>
#include <pathology/pathod/tls_options.hpp>
#include <pathology/proxycore/net/stream.hpp>
#include <pathology/proxycore/tls/certificate_store.hpp>
#include <pathology/proxycore/tls/context.hpp>
#include <pathology/proxycore/tls/tls_stream.hpp>
#include <string>
#include <vector>

namespace pathology::pathod {

namespace net = proxycore::net;
namespace tls = proxycore::tls;

/// The TLS settings, the certificates and the authority of a daemon. Who never uses TLS does not pay for it: what is
/// not needed at start is made by the first handshake.
///
/// Thread: every function may be called from any thread.
class Security {
public:
    /// `protocols` are what the daemon speaks, in its order of preference. `options` must outlive it.
    Security(TlsOptions const& options, std::vector<std::string> protocols);

    /// The certificate that clients have to trust, as PEM; of the authority that signs what is made.
    tls::Result<std::string> authority_pem();

    /// What the user ought to know of the authority, where there is one already; empty when all is well.
    std::string warning() const;

    /// Finds out at start what is wrong with the options, as far as any were given.
    tls::Result<void> check();

    /// The server's side of a handshake. `host` is that of the CONNECT, or empty.
    boost::asio::awaitable<tls::Result<std::unique_ptr<tls::TlsStream>>> accept(std::unique_ptr<net::Stream> stream,
                                                                                std::string host, net::TimeLimit limit);

private:
    tls::Result<void> const& prepare_context();
    tls::Result<void> const& prepare_certificates();
    tls::Result<void> make_context();
    tls::Result<void> make_certificates();
    tls::LeafNames names_for(std::string const& host, std::string const& sni, std::string const& address) const;
    tls::Result<tls::Identity> choose(std::string const& host, std::string const& address,
                                      tls::IdentityQuery const& greeting);

    TlsOptions const& options_;
    std::vector<std::string> protocols_;
    std::once_flag context_made_, certificates_made_;
    tls::Result<void> context_outcome_, certificates_outcome_;
    std::optional<tls::AcceptContext> context_;
    std::unique_ptr<tls::CertificateStore> certificates_;
};

}  // namespace pathology::pathod
