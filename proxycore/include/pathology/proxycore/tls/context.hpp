// What many TLS connections have in common: versions, ciphers, protocols, whom to trust.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <pathology/proxycore/tls/failure.hpp>
#include <pathology/proxycore/tls/identity.hpp>
#include <pathology/proxycore/tls/version.hpp>
#include <string>
#include <vector>

namespace pathology::proxycore::tls {

class KeyLog;

/// Whom to trust when a certificate is verified. Neither file nor folder: the places the TLS library knows, of which a
/// folder that `openssl rehash` has prepared is enough.
struct Trust {
    std::string file = {};    ///< PEM, any number of certificates
    std::string folder = {};  ///< certificates under the names that `openssl rehash` makes
};

/// Both lists in OpenSSL's notation; empty = the library's choice.
struct Ciphers {
    std::string list = {};    ///< of TLS 1.2 and below; names of TLS 1.3 suites may stand among them
    std::string suites = {};  ///< of TLS 1.3
};

/// What a server asks of its clients' certificates.
enum class ClientCertificates {
    none,      ///< clients are not asked
    request,   ///< asked; none is fine, and any is taken
    verified,  ///< one that passes ServerSettings::trust is demanded
};

struct ServerSettings {
    VersionRange versions = {};
    Ciphers ciphers = {};
    std::vector<std::string> alpn = {};  ///< in our order of preference; empty = the extension is ignored
    ClientCertificates client_certificates = ClientCertificates::none;
    Trust trust = {};                           ///< for ClientCertificates::verified
    std::shared_ptr<KeyLog> key_log = nullptr;  ///< gets the secrets; none = nobody does
};

struct ClientSettings {
    VersionRange versions = {};
    Ciphers ciphers = {};
    std::vector<std::string> alpn = {};               ///< what is offered; empty = no extension
    std::optional<Identity> identity = std::nullopt;  ///< shown to a server that asks
    std::optional<Trust> verify = std::nullopt;       ///< nothing = any certificate is taken
    std::shared_ptr<KeyLog> key_log = nullptr;
};

/// What the choice of a certificate may depend on.
struct Greeting {
    std::string sni;  ///< the name the client asks for; empty when it named none
    KeyType key;      ///< RSA only for clients that cannot do with anything else
};

/// Chooses the certificate of one connection, in the middle of its handshake.
/// Errors: end the handshake with the alert internal_error, and are told as its failure.
using IdentityChooser = std::function<Result<Identity>(Greeting const&)>;

/// Made once for many connections. Immutable; copies share one state and may be used by any thread.
class ServerContext {
public:
    /// Errors: Errc::bad_settings naming the setting; Errc::bad_certificate_file for Trust.
    static Result<ServerContext> make(ServerSettings const& settings);

    struct State;  ///< OpenSSL's objects
    State const& state() const noexcept { return *state_; }

private:
    explicit ServerContext(std::shared_ptr<State const> state) : state_(std::move(state)) {}
    std::shared_ptr<State const> state_;
};

/// The same for the side that connects.
class ClientContext {
public:
    /// Errors: Errc::bad_settings naming the setting; Errc::bad_certificate_file for Trust and identity.
    static Result<ClientContext> make(ClientSettings const& settings);

    struct State;  ///< OpenSSL's objects
    State const& state() const noexcept { return *state_; }

private:
    explicit ClientContext(std::shared_ptr<State const> state) : state_(std::move(state)) {}
    std::shared_ptr<State const> state_;
};

}  // namespace pathology::proxycore::tls
