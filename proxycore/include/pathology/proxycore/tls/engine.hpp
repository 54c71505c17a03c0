// One endpoint of a TLS connection without I/O: records in, records out.
//
//    from the network ──▶ prepare()/commit() ──▶ ┌────────┐ ──▶ read() ──▶ plain text of the peer
//                                                │ Engine │
//      to the network ◀── outgoing()/consume() ◀─└────────┘ ◀── write() ◀── plain text of ours
#pragma once

#include <boost/asio/buffer.hpp>
#include <boost/asio/error.hpp>
#include <cstddef>
#include <functional>
#include <memory>
#include <optional>
#include <pathology/proxycore/tls/connection_info.hpp>
#include <pathology/proxycore/tls/context.hpp>
#include <pathology/proxycore/tls/failure.hpp>
#include <pathology/proxycore/tls/sessions.hpp>
#include <string>
#include <string_view>
#include <vector>

namespace pathology::proxycore::tls {

namespace asio = boost::asio;

/// The server that a client connects to.
struct ServerName {
    /// The server_name extension; std::nullopt = not sent, as for addresses (RFC 6066 §3).
    std::optional<std::string> sni = std::nullopt;
    /// The name or address that the certificate has to match, if the context verifies.
    std::string verified_host = {};

    /// Sets `sni` for a host name, but not for an address; `verified_host` for both.
    static ServerName of(std::string const& host);
};

/// The result of a step.
enum class Step {
    done,         ///< completed
    wants_input,  ///< more bytes of the peer are needed
    wants_work,   ///< of the handshake of a server: do take_work() on another thread, then continue
    ended,        ///< the peer sent close_notify: no more data follows
    failed,       ///< see failure()
};

/// The result of a read.
struct Decrypted {
    Step step = Step::done;
    std::size_t n = 0;  ///< decrypted bytes; 0 unless done
};

/// A TLS connection over memory.
///
///     handshake: wants_input, wants_work … ─▶ done ─▶ read, write ─▶ ended (close_notify of the peer)
///         └── failed ◀──────────────────────┘ final; outgoing() then has the alert
///
/// Shape:  after every call outgoing() may have bytes to send, also after a failure.
/// Owns:   its buffers, about 2 KiB for an idle connection.
/// Thread: not thread-safe.
class Engine {
public:
    /// A server. The chooser is called once, unless a session is resumed.
    Engine(AcceptContext const& context, IdentityChooser chooser);
    /// A client. An invalid name is reported by the first handshake().
    Engine(ConnectContext const& context, ServerName const& name);
    ~Engine();
    Engine(Engine&&) noexcept;

    /// Replaces the protocols of the context for this connection: the offers of a client, the choices of a server. To
    /// be called before the handshake.
    /// Errors: Errc::bad_settings for a name that ALPN cannot carry.
    Result<void> set_alpn(std::vector<std::string> const& protocols);
    /// Replaces the client certificate of the context for this connection. To be called before the handshake.
    /// Errors: Errc::bad_certificate_file if OpenSSL rejects it.
    Result<void> set_identity(Identity const& identity);
    /// Has a server change its settings by the ClientHello. Settings that OpenSSL does not have end the handshake with
    /// the alert handshake_failure. To be called before the handshake.
    void set_settings_chooser(SettingsChooser chooser);
    /// Has a server ask for work before its chooser is called, see Step::wants_work. To be called before the handshake.
    void set_preparer(IdentityPreparer preparer);
    /// The work, once after wants_work. It owns what it needs, so it may outlive the engine.
    std::function<void()> take_work();
    /// Lets a client resume a session of `server`, and store new ones. To be called before the handshake. `server` is a
    /// key of everything that a session must not be shared between: address, name, trust and client certificate.
    void resume(std::shared_ptr<Sessions> sessions, std::string server);

    // --- bytes of the network ---

    /// Returns a buffer for the next bytes of the peer. To be called after wants_input.
    asio::mutable_buffer prepare();
    /// The first `n` bytes of that buffer were read.
    void commit(std::size_t n);
    /// The peer has ended its side of the connection. During the handshake that is a failure: eof for a client that has
    /// sent nothing, else Errc::ended_in_handshake.
    void end_of_input();
    /// The same as prepare() and commit(), with a copy.
    void feed(std::string_view bytes);

    /// The bytes to send; valid until the next call that is not const.
    asio::const_buffer outgoing() const noexcept;
    void consume(std::size_t n);
    /// Swaps all of them with `used`, whose memory is reused.
    void take_outgoing(std::string& used);

    // --- the connection ---

    /// Continues the handshake. done: it is complete, but outgoing() may have our last message.
    Step handshake();
    bool is_established() const noexcept;
    /// Returns true if the peer waits for outgoing() to continue the handshake. It does not wait for the session
    /// tickets that a TLS 1.3 server sends at the end.
    bool peer_waits() const noexcept;

    /// Decrypts received records, at most the size of `into`.
    Decrypted read(asio::mutable_buffer into);
    /// Encrypts all bytes. Returns done or failed.
    Step write(asio::const_buffer bytes);
    /// Sends close_notify. Reading remains possible.
    void shutdown();

    /// What ended the connection; std::nullopt if there was no failure.
    std::optional<Failure> const& failure() const noexcept;
    /// The negotiated properties.
    ConnectionInfo info() const;
    /// The selected protocol; empty if there is none. Known after the handshake.
    std::string_view alpn() const noexcept;
    /// The ciphers that the client offers, in OpenSSL's names. A server has them after the ClientHello, without ciphers
    /// that OpenSSL does not know.
    std::vector<std::string> cipher_list() const;

    struct State;  ///< OpenSSL's objects

private:
    std::unique_ptr<State> state_;
};

}  // namespace pathology::proxycore::tls
