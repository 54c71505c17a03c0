// The state of an engine: an SSL object, its buffers, and its failure.
#pragma once

#include <pathology/proxycore/tls/client_hello.hpp>
#include <pathology/proxycore/tls/engine.hpp>
#include <string>

#include "tls/context.hpp"
#include "tls/memory_bio.hpp"
#include "tls/openssl.hpp"
#include "tls/sessions.hpp"

namespace pathology::proxycore::tls {

struct Engine::State {
    enum class Side { server, client };

    State(SSL_CTX* ctx, Side its_side);

    bool is_server() const noexcept { return side == Side::server; }
    /// The name of the peer in messages.
    std::string peer() const { return is_server() ? "the client" : "the server"; }

    void record_first(std::string_view bytes);
    bool is_broken() const;  ///< nothing can be sent any more; after a truncation that is still possible

    /// Without data SSL_read would allocate a buffer of 16 KiB, only to find nothing.
    bool has_something_to_read() const;

    /// Sets the certificate of this connection.
    /// Errors: Errc::bad_certificate_file.
    Result<void> use(Identity const& identity);

    /// Stores a resumed session again if it is older than TLS 1.3: it may be reused, and the server need not send a new
    /// one.
    void keep_resumed();

    Step settle(int outcome);  ///< converts the result of a call of OpenSSL
    Step fail(Failure why);
    Failure explain();
    /// Why the peer may have ended the connection, as the end of a sentence; empty if nothing is known.
    std::string cause_of_end() const;
    void send_version_alert();

    IdentityQuery make_query();
    /// Changes the settings of this connection.
    /// Errors: Errc::bad_settings for what OpenSSL does not have; Errc::refused for an alert.
    Result<void> use(HandshakeSettings const& settings);

    // Callbacks of OpenSSL.
    static int keep_hello(SSL* ssl, int* alert, void* nothing);
    static int choose_identity(SSL* ssl, void* self);
    static int staple(SSL* ssl, void* nothing);
    static int choose_protocol(SSL* ssl, unsigned char const** chosen, unsigned char* size,
                               unsigned char const* offered, unsigned offered_size, void* nothing);
    static int keep_session(SSL* ssl, SSL_SESSION* session);
    static void notice(SSL const* ssl, int where, int value);

    Buffers buffers;
    SslPtr ssl;
    Side side;
    IdentityChooser chooser;
    SettingsChooser settings_chooser;
    IdentityPreparer preparer;
    std::function<void()> work;          // of the preparer, until it is taken
    std::optional<IdentityQuery> query;  // of the ClientHello, until the certificate is chosen
    ClientHello hello;                   // of the client of a server, until the certificate is chosen
    std::string alpn;                    // choices of a server, in wire format
    bool ignores_offers = false;         // of ALPN: the first choice is selected
    std::string ocsp_response;           // of a server, stapled to its certificate
    std::shared_ptr<Sessions> sessions;  // of a client; nullptr = no resumption
    std::string server;
    std::string first_bytes;   // of the peer, for the message about one that does not use TLS
    std::size_t consumed = 0;  // bytes of buffers.outgoing
    bool is_established = false;
    bool has_refused_renegotiation = false;  // and nothing was read since
    std::optional<Alert> alert;              // a fatal one
    std::optional<Failure> chooser_failure;
    std::optional<Failure> failure;
};

}  // namespace pathology::proxycore::tls
