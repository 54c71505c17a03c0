// One side of a TLS connection without any I/O: records in, records out.
//
//    from the network ──▶ prepare()/commit() ──▶ ┌────────┐ ──▶ read() ──▶ what the peer said
//                                                │ Engine │
//      to the network ◀── outgoing()/consume() ◀─└────────┘ ◀── write() ◀── what we say
#pragma once

#include <boost/asio/buffer.hpp>
#include <boost/asio/error.hpp>
#include <cstddef>
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

/// To whom a client speaks.
struct ServerName {
    /// The name to ask for; nothing = the extension is left out, which is right for addresses.
    std::optional<std::string> sni = std::nullopt;
    /// The name or address that the certificate has to be good for; looked at when the context verifies.
    std::string verified_host = {};

    /// Asks for a host name, and for no address; verifies both.
    static ServerName of(std::string const& host);
};

/// Where a step of the engine stands.
enum class Step {
    done,         ///< it could be done
    wants_input,  ///< more bytes of the peer are needed
    ended,        ///< the peer said close_notify: nothing more comes
    failed,       ///< see failure()
};

/// What one read gave.
struct Decrypted {
    Step step = Step::done;
    std::size_t n = 0;  ///< bytes placed; 0 unless done
};

/// A TLS connection over memory.
///
/// Shape:  after every call there may be something to send in outgoing(): also after one that failed, an alert.
/// Owns:   its buffers; idle, it keeps some 2 KiB of them.
/// Thread: one at a time.
class Engine {
public:
    /// A server. The chooser is asked once, unless an earlier session is resumed.
    Engine(AcceptContext const& context, IdentityChooser chooser);
    /// A client. What is wrong with the name shows at the first handshake().
    Engine(ConnectContext const& context, ServerName const& name);
    ~Engine();
    Engine(Engine&&) noexcept;

    /// For this connection, in place of the context's: what a client offers, from what a server chooses. Before the
    /// handshake.
    /// Errors: Errc::bad_settings for a name that ALPN cannot carry.
    Result<void> set_alpn(std::vector<std::string> const& protocols);
    /// For this connection, in place of the context's: the certificate that a client shows when it is asked. Before
    /// the handshake.
    /// Errors: Errc::bad_certificate_file when OpenSSL does not take it.
    Result<void> set_identity(Identity const& identity);
    /// A client goes on with a session of that server, where one is left, and keeps those that it is offered. Before
    /// the handshake. `server` is told apart from every other by all that a session must not be carried across:
    /// address, name, whom the client trusts, what it shows.
    void resume(std::shared_ptr<Sessions> sessions, std::string server);

    // --- bytes of the network ---

    /// Room for the next bytes of the peer; call when an operation wants input.
    asio::mutable_buffer prepare();
    /// The first `n` bytes of that room are filled.
    void commit(std::size_t n);
    /// The peer's side of the connection has ended. In a handshake that is a failure: eof for a client that has not
    /// said a word, else Errc::ended_in_handshake.
    void end_of_input();
    /// prepare() and commit() in one, by copy.
    void feed(std::string_view bytes);

    /// What is to be sent; good until the next call that is not const.
    asio::const_buffer outgoing() const noexcept;
    void consume(std::size_t n);
    /// Takes it all, in place of `used`, whose memory is used again.
    void take_outgoing(std::string& used);

    // --- the connection ---

    /// Goes on with the handshake. done: it is complete, though our last message may still have to be sent.
    Step handshake();
    bool is_established() const noexcept;
    /// Whether the peer needs what is in outgoing() to go on with the handshake; it does not need the session tickets
    /// that end a server's.
    bool peer_waits() const noexcept;

    /// Decrypts what has come, at most the size of `into`.
    Decrypted read(asio::mutable_buffer into);
    /// Encrypts all of it. done or failed.
    Step write(asio::const_buffer bytes);
    /// Says close_notify. Reading goes on.
    void shutdown();

    /// What ended the connection; nothing while it is well.
    std::optional<Failure> const& failure() const noexcept;
    /// What was agreed on.
    ConnectionInfo info() const;
    /// The protocol agreed on; empty without. Known when the handshake is done.
    std::string_view alpn() const noexcept;
    /// The ciphers there were to choose from, in OpenSSL's names: those a client offers. A server knows them once it
    /// has read the ClientHello, and leaves out what it never heard of.
    std::vector<std::string> cipher_list() const;

    struct State;  ///< OpenSSL's objects

private:
    std::unique_ptr<State> state_;
};

}  // namespace pathology::proxycore::tls
