// Settings that many TLS connections share: versions, ciphers, ALPN, trust. One context accepts, the other connects.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <pathology/proxycore/tls/accepted_certificates.hpp>
#include <pathology/proxycore/tls/client_hello.hpp>
#include <pathology/proxycore/tls/failure.hpp>
#include <pathology/proxycore/tls/identity.hpp>
#include <pathology/proxycore/tls/version.hpp>
#include <string>
#include <vector>

namespace pathology::proxycore::tls {

class KeyLog;

/// The authorities to trust. Neither file nor folder = the default places of OpenSSL.
struct Trust {
    std::string file = {};    ///< PEM, any number of certificates
    std::string folder = {};  ///< certificates named as `openssl rehash` does
};

/// Both lists in OpenSSL's notation; empty = OpenSSL's defaults.
struct Ciphers {
    std::string list = {};    ///< for TLS 1.2 and below; may include TLS 1.3 suite names
    std::string suites = {};  ///< for TLS 1.3
};

/// Whether a certificate is requested from clients.
enum class ClientCertificates {
    none,      ///< not requested
    request,   ///< requested; any certificate is accepted, and none
    verified,  ///< required, and verified against AcceptSettings::trust
};

struct AcceptSettings {
    VersionRange versions = {};
    Ciphers ciphers = {};
    std::vector<std::string> alpn = {};  ///< in our order of preference; empty = the extension is ignored
    ClientCertificates client_certificates = ClientCertificates::none;
    Trust trust = {};                           ///< for ClientCertificates::verified
    std::shared_ptr<KeyLog> key_log = nullptr;  ///< receives the secrets; nullptr = not logged
};

struct ConnectSettings {
    VersionRange versions = {};
    Ciphers ciphers = {};
    std::vector<std::string> alpn = {};               ///< what is offered; empty = no extension
    std::optional<Identity> identity = std::nullopt;  ///< sent to a server that requests one
    std::optional<Trust> verify = std::nullopt;       ///< std::nullopt = certificates are not verified
    std::shared_ptr<KeyLog> key_log = nullptr;
};

/// What replaces the settings of the context for one accepted connection.
struct HandshakeSettings {
    std::optional<VersionRange> versions = std::nullopt;
    std::string ciphers = {};  ///< a list in OpenSSL's notation for TLS 1.2 and below; empty = that of the context
    /// The protocols of ALPN; empty = the extension is ignored.
    std::optional<std::vector<std::string>> alpn = std::nullopt;
    bool ignores_offers = false;  ///< the first protocol of `alpn` is selected, whether the client offers it or not
    std::string dh_group = {};    ///< OpenSSL's name of the group for DHE below TLS 1.3; empty = chosen by the key
    bool any_security = false;    ///< OpenSSL's security level 0, which has no minimum for keys, digests and ciphers
    bool requires_client_certificate = false;          ///< any certificate is accepted, but none is not
    std::optional<std::uint8_t> alert = std::nullopt;  ///< ends the handshake with this alert after the ClientHello
};

/// Chooses them by the ClientHello, before anything else is chosen. It may be called again for a second ClientHello
/// (RFC 8446 §4.1.4).
using SettingsChooser = std::function<HandshakeSettings(ClientHello const&)>;

/// Properties of the ClientHello that the choice of a certificate may depend on.
struct IdentityQuery {
    std::string sni;                ///< server_name; empty if the client sent none
    KeyType key;                    ///< of a certificate that is issued: RSA only for clients that cannot use ECDSA
    AcceptedCertificates accepted;  ///< for a choice between certificates
};

/// Chooses the certificate of a connection during its handshake.
/// Errors: end the handshake with the alert internal_error; they become its failure.
using IdentityChooser = std::function<Result<Identity>(IdentityQuery const&)>;

/// Returns work to be done before the chooser is called, on another thread since it takes long, such as
/// CertificateStore::slow_work(); empty if there is none.
using IdentityPreparer = std::function<std::function<void()>(IdentityQuery const&)>;

/// For accepted connections. Immutable; copies share one state and may be used by any thread.
class AcceptContext {
public:
    /// Errors: Errc::bad_settings naming the setting; Errc::bad_certificate_file for Trust.
    static Result<AcceptContext> make(AcceptSettings const& settings);

    struct State;  ///< OpenSSL's objects
    State const& state() const noexcept { return *state_; }

private:
    explicit AcceptContext(std::shared_ptr<State const> state) : state_(std::move(state)) {}
    std::shared_ptr<State const> state_;
};

/// For connections that we open.
class ConnectContext {
public:
    /// Errors: Errc::bad_settings naming the setting; Errc::bad_certificate_file for Trust and identity.
    static Result<ConnectContext> make(ConnectSettings const& settings);

    struct State;  ///< OpenSSL's objects
    State const& state() const noexcept { return *state_; }

private:
    explicit ConnectContext(std::shared_ptr<State const> state) : state_(std::move(state)) {}
    std::shared_ptr<State const> state_;
};

}  // namespace pathology::proxycore::tls
