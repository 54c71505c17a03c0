// The server side of TLS: settings, certificates and the authority of a daemon.
#pragma once

#include <atomic>
#include <boost/asio/awaitable.hpp>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <pathology/language/tls_fault_stream.hpp>
#include <pathology/pathod/tls_options.hpp>
#include <pathology/proxycore/net/stream.hpp>
#include <pathology/proxycore/tls/certificate_store.hpp>
#include <pathology/proxycore/tls/clinic.hpp>
#include <pathology/proxycore/tls/context.hpp>
#include <pathology/proxycore/tls/tls_stream.hpp>
#include <string>
#include <vector>

namespace pathology::pathod {

namespace net = proxycore::net;
namespace tls = proxycore::tls;

/// Accepts TLS handshakes. TLS state is created lazily: a daemon whose options do not mention TLS makes its context and
/// its authority for the first handshake, on a worker thread, since an RSA key takes long.
///
/// Thread: every function may be called from any thread.
/// Owns:   the worker thread shares it, so it is made by std::make_shared.
class TlsAcceptor : public std::enable_shared_from_this<TlsAcceptor> {
public:
    /// `protocols` are offered by ALPN, most preferred first.
    TlsAcceptor(TlsOptions options, std::vector<std::string> protocols);

    /// The certificate (PEM) of the authority that signs generated certificates.
    tls::Result<std::string> authority_pem();

    /// A warning about the authority for the user, if it is loaded; empty if there is none.
    std::string warning() const;

    /// Checks the options that were given, so that mistakes are reported at start.
    tls::Result<void> check();

    /// Performs a handshake as the server. `host` is the host of the CONNECT, empty outside of tunnels.
    /// `report` gets each action of a TLS fault that is done, as long as the connection lives.
    boost::asio::awaitable<tls::Result<std::unique_ptr<tls::TlsStream>>> accept(
        std::unique_ptr<net::Stream> stream, std::string host, net::TimeLimit limit,
        std::function<void(proxycore::record::RecordedTlsFault const&)> report);

private:
    boost::asio::awaitable<tls::Result<void>> prepare();
    tls::Result<void> const& prepare_context();
    tls::Result<void> const& prepare_certificates();
    tls::Result<void> make_context();
    tls::Result<void> make_certificates();
    tls::LeafNames names_for(std::string const& host, std::string const& sni, std::string const& address) const;
    tls::Result<tls::Identity> select_certificate(std::string const& host, std::string const& address,
                                                  tls::IdentityQuery const& greeting);
    tls::ClinicCase const* clinic_case(std::string const& host, std::string const& sni) const;
    tls::Engine make_engine(std::string const& host, std::string const& address, tls::ClinicCase const*& selected,
                            language::TlsFaultStream& stream);
    tls::Result<void> read_fault();

    TlsOptions const options_;
    std::vector<std::string> protocols_;
    std::once_flag context_made_, certificates_made_;
    std::atomic<bool> is_prepared_ = false;  // certificates_ is made, or has failed
    tls::Result<void> context_result_, certificates_result_;
    std::optional<tls::AcceptContext> context_;
    language::TlsFault fault_;  // of the options
    std::unique_ptr<tls::CertificateStore> certificates_;
    std::unique_ptr<tls::Clinic> clinic_;  // made with certificates_
};

}  // namespace pathology::pathod
