// A blocking client for tests and embedding: sends what a spec describes and returns the response.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <pathology/language/files.hpp>
#include <pathology/language/plan.hpp>
#include <pathology/pathoc/failure.hpp>
#include <pathology/pathoc/response.hpp>
#include <pathology/pathoc/tls_options.hpp>
#include <pathology/proxycore/endpoint.hpp>
#include <pathology/proxycore/record/exchange.hpp>
#include <pathology/proxycore/tunnel/hop.hpp>
#include <string>
#include <string_view>
#include <vector>

namespace pathology::pathoc {

using proxycore::tunnel::Credentials;

/// The server, the proxies of the route, and limits.
struct ClientOptions {
    std::string host = "127.0.0.1";  ///< name or address
    std::uint16_t port = 80;
    std::vector<proxycore::tunnel::Hop> proxies{};  ///< to go through, the nearest first; see tunnel::parse_hops()
    std::optional<proxycore::HostPort>
        tunnel;  ///< the server; `host` is then a proxy, used by CONNECT; port 80 unless given
    std::optional<Credentials> proxy_auth;  ///< for the proxy (Basic)
    std::optional<proxycore::HostPort>
        socks;  ///< behind `proxies`: a SOCKS5 server that connects to `host` and resolves its name; port 1080 unless given
    std::optional<Credentials> socks_auth;  ///< for the SOCKS5 server
    TlsOptions tls = {};                    ///< with the server, inside any tunnel
    bool http2 = false;                     ///< HTTP/2; over TLS, `h2` is the only protocol offered
    language::SetRate read_rate = {};       ///< at which bytes of the server are read; the default is full speed
    std::optional<std::uint64_t> receive_buffer =
        std::nullopt;             ///< bytes of the receive buffer; nullopt: of the system
    bool http2_reads_on = false;  ///< see SessionSettings::reads_on
    std::chrono::nanoseconds time_limit = std::chrono::seconds(10);  ///< idle timeout; for connecting, the total time
    std::optional<std::uint64_t> seed;   ///< decides everything random; std::nullopt: drawn for each client
    std::size_t body_limit = 1U << 20U;  ///< bytes of each content that are kept
    std::size_t raw_limit = 1U << 20U;   ///< raw bytes of each response and of each sent message that are kept
    language::FileAccess files = language::FileAccess::anywhere();  ///< the files that `<` and `+` in specs may read
};

/// What was sent for a spec.
struct Sent {
    std::string spec;           ///< the last message, frozen: sent again, it gives the same bytes
    std::string raw;            ///< the bytes of the last message, up to raw_limit
    std::uint64_t bytes = 0;    ///< of all messages
    bool disconnected = false;  ///< the spec closed the connection
};

/// A client of one server with one connection at a time. It is opened by the first call that needs it, kept while the
/// server keeps it, and opened anew after it ended.
///
///     Client client({.port = daemon.port()});
///     auto const response = client.request("get:/p/200:b'hi'").value();  // throws ClientError on a failure
///     EXPECT_EQ(response.body, "hi");
///
/// Errors: a wait beyond the time limit fails with Errc::timed_out. Functions return failures and throw none.
/// Thread: not thread-safe. Calls block the calling thread, and nothing runs between calls.
class Client {
public:
    explicit Client(ClientOptions options);
    ~Client();
    Client(Client&&) noexcept;
    Client& operator=(Client&&) noexcept;

    /// Sends every message of the spec, each after the response to the one before, and returns the last response.
    /// Errors: the first failure; Errc::closed_by_spec after a disconnect in the spec.
    Result<Response> request(std::string_view spec);

    /// Sends every message of the spec without waiting for responses: pipelines, frames, broken requests.
    Result<Sent> send(std::string_view spec);

    /// Reads the response to the oldest request of send() that has none yet. HTTP/1 only.
    Result<Response> receive();

    /// Reads one WebSocket frame; after a 101 response to `ws`.
    Result<proxycore::record::RecordedFrame> receive_frame();

    /// What the last call sent, also if it failed.
    Sent const& last_sent() const;

    /// The bytes received of the last response if it was incomplete, up to raw_limit.
    std::string const& partial() const;

    /// The seed in use, to be printed by a failing test.
    std::uint64_t seed() const;

    /// The TLS properties of the last connection, with the certificates of the server; nullptr for plain text.
    std::shared_ptr<proxycore::record::RecordedTls const> const& tls() const;

    bool is_open() const;
    void close();

private:
    class Impl;
    std::unique_ptr<Impl> impl_;
};

}  // namespace pathology::pathoc
