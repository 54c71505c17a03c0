// The inside of an engine: one connection of OpenSSL, its buffers, and what went wrong with it.
#pragma once

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
    /// What the other side is called in messages.
    std::string peer() const { return is_server() ? "the client" : "the server"; }

    void note_first(std::string_view bytes);
    bool is_broken() const;  ///< nothing can be said any more; after a truncation it still can

    /// Spares OpenSSL a look at nothing, for which it would make a buffer.
    bool has_something_to_read() const;

    /// Shows it on this connection.
    /// Errors: Errc::bad_certificate_file.
    Result<void> use(Identity const& identity);

    /// A session that is older than TLS 1.3 can be used again, and a server need not offer another.
    void keep_resumed();

    Step settle(int outcome);  ///< the step after a call of OpenSSL's
    Step fail(Failure why);
    Failure explain();

    // What OpenSSL calls back.
    static int choose_identity(SSL* ssl, void* self);
    static int choose_protocol(SSL* ssl, unsigned char const** chosen, unsigned char* size,
                               unsigned char const* offered, unsigned offered_size, void* nothing);
    static int keep_session(SSL* ssl, SSL_SESSION* session);
    static void notice(SSL const* ssl, int where, int value);

    Buffers buffers;
    SslPtr ssl;
    Side side;
    IdentityChooser chooser;
    std::string alpn;                    // a server's choice, in the form of the wire
    std::shared_ptr<Sessions> sessions;  // where a client finds those of `server`, and keeps them
    std::string server;
    std::string first_bytes;   // the first few that came, to tell what a peer speaks that does not speak TLS
    std::size_t consumed = 0;  // of what is outgoing
    bool is_established = false;
    std::optional<Alert> alert;
    std::optional<Failure> chooser_failure;
    std::optional<Failure> failure;
};

}  // namespace pathology::proxycore::tls
