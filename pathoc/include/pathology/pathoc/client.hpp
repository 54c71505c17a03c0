// A client for tests and embedding: sends what a spec says, on the calling thread, and gives the reply.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <pathology/language/files.hpp>
#include <pathology/pathoc/failure.hpp>
#include <pathology/proxycore/endpoint.hpp>
#include <pathology/pathoc/reply.hpp>
#include <pathology/pathoc/tls_options.hpp>
#include <pathology/proxycore/record/exchange.hpp>
#include <pathology/proxycore/tunnel/credentials.hpp>
#include <string>
#include <string_view>

namespace pathology::pathoc {

using proxycore::tunnel::Credentials;

/// To whom a client speaks, and how patiently.
struct ClientOptions {
    std::string host = "127.0.0.1";  ///< name or address
    std::uint16_t port = 80;
    std::optional<proxycore::HostPort> tunnel;             ///< CONNECT there first, `host` being the proxy; port 80 unless given
    std::optional<Credentials> proxy_auth;  ///< for that proxy (Basic)
    std::optional<proxycore::HostPort> socks;  ///< reach `host` through this SOCKS5 server, which resolves it; port 1080 unless given
    std::optional<Credentials> socks_auth;  ///< for that server
    TlsOptions tls = {};                    ///< spoken with the server, inside of any tunnel
    bool http2 = false;                     ///< requests go by HTTP/2, over TLS with the protocol `h2` alone
    std::chrono::nanoseconds time_limit = std::chrono::seconds(10);  ///< of inactivity; for connecting in all
    std::optional<std::uint64_t> seed;   ///< of everything random; nothing = another one for each client
    std::size_t body_limit = 1U << 20U;  ///< bytes of a body that are kept
    std::size_t raw_limit = 1U << 20U;   ///< bytes of a reply, and of what was sent, that are kept
    language::FileAccess files = language::FileAccess::anywhere();  ///< what `<` and `+` in specs may read
};

/// What a spec put on the wire.
struct Sent {
    std::string spec;  ///< the frozen canonical spelling of the last message: sent again, it gives the same bytes
    std::string raw;   ///< the exact bytes of the last message, as many as are kept
    std::uint64_t bytes = 0;    ///< of all messages
    bool disconnected = false;  ///< the spec closed the connection
};

/// One connection at a time to one server. It is opened by the first call that needs it, kept while the server keeps
/// it, and opened anew after it ended.
///
///     Client client({.port = daemon.port()});
///     auto const reply = client.request("get:/p/200:b'hi'").value();  // throws ClientError on failure
///     EXPECT_EQ(reply.body, "hi");
///
/// Errors: every wait ends by the time limit with Errc::timed_out; nothing else is thrown.
/// Thread: one at a time; calls block the calling thread and run nothing between calls.
class Client {
public:
    explicit Client(ClientOptions options);
    ~Client();
    Client(Client&&) noexcept;
    Client& operator=(Client&&) noexcept;

    /// Sends every message of the spec, each after the reply to the one before, and gives the last reply.
    /// Errors: the first failure; Errc::closed_by_spec after a disconnect in the spec.
    Result<Reply> request(std::string_view spec);

    /// Sends every message of the spec one after the other, waiting for no reply: pipelines, frames, broken requests.
    Result<Sent> send(std::string_view spec);

    /// Reads the reply to the oldest request that was sent and not yet answered. Not by HTTP/2, where request() has it.
    Result<Reply> receive();

    /// Reads one WebSocket frame; for connections on which a `ws` request was answered by 101.
    Result<proxycore::record::RecordedFrame> receive_frame();

    /// What the last call put on the wire, also when it failed.
    Sent const& last_sent() const;

    /// The exact bytes that came of the last reply, when it broke off; as many as are kept.
    std::string const& partial() const;

    /// The seed in use, for the message of a failing test.
    std::uint64_t seed() const;

    /// What was agreed on with the server by the last connection, its certificates included; null in plain text.
    std::shared_ptr<proxycore::record::RecordedTls const> const& tls() const;

    bool is_open() const;
    void close();

private:
    class Impl;
    std::unique_ptr<Impl> impl_;
};

}  // namespace pathology::pathoc
