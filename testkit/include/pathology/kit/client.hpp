// A pathological HTTP client inside a test, for servers under test.
#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <pathology/kit/message.hpp>
#include <string>
#include <string_view>
#include <vector>

namespace pathology::kit {

/// TLS settings of a client.
struct ClientTls {
    /// A PEM file of trusted authorities: the server's certificate has to be signed by one of them and valid for the
    /// host. std::nullopt: accept any certificate.
    std::optional<std::string> trust = std::nullopt;
    std::optional<std::string> sni = std::nullopt;          ///< std::nullopt: the host, unless an address; "": none
    std::optional<std::string> certificate = std::nullopt;  ///< a PEM file with certificate and key
    std::vector<std::string> alpn = {"http/1.1"};           ///< the protocols offered
    std::string versions = "secure";                        ///< `TLSv1_2`, `TLSv1_3`, `secure` (both) or `all`
    std::string ciphers = {};                               ///< in OpenSSL's notation; empty: OpenSSL's default
};

/// The server of a client, and its limits.
struct ClientOptions {
    std::string host = "127.0.0.1";  ///< name or address
    std::uint16_t port = 80;
    std::optional<ClientTls> tls = std::nullopt;  ///< std::nullopt: plain text
    bool http2 = false;                           ///< use HTTP/2, over TLS with ALPN `h2`; request() only
    std::chrono::milliseconds time_limit = std::chrono::seconds(5);  ///< idle timeout; for connecting in all
    std::optional<std::uint64_t> seed = std::nullopt;                ///< of everything random; std::nullopt: drawn
    std::size_t keep_bytes = 1U << 20U;                              ///< of each body, and of each response's raw bytes
};

/// Sends the messages of specs over one connection at a time, and reads the responses.
///
///     pathology::kit::Client client({.port = my_server.port()});
///     EXPECT_THAT(client.request("get:/:h'Host'=@100k,ascii_letters"), HasStatus(431)) << client.replay();
///
/// The first call that needs the connection opens it; after the server closed it, the next call opens a new one.
/// Thread: not thread-safe. Calls block until they have their response or the time limit passed.
class Client {
public:
    explicit Client(ClientOptions options = {});
    ~Client();
    Client(Client&&) noexcept;
    Client& operator=(Client&&) noexcept;

    /// Sends every message of the spec, each after the response to the one before. Returns the last response.
    Response request(std::string_view spec);

    /// Sends every message of the spec without waiting for responses: pipelines, frames, broken requests. Returns the
    /// failure, empty on success. A server that stops reading is not a failure, since it may have responded.
    std::string send(std::string_view spec);

    /// Reads the response to the oldest request without one.
    Response receive();

    /// Reads the next WebSocket frame; after a `ws` request and its 101 response.
    Frame receive_frame();

    std::string const& sent() const;  ///< the exact bytes of the last message sent
    std::string const& spec() const;  ///< its frozen spec: sent again, it gives the same bytes
    std::uint64_t seed() const;       ///< the one given, else the one drawn

    /// The command that sends the last message again, for failure messages.
    std::string replay() const;

    bool is_open() const;
    void close();

private:
    class Impl;
    std::unique_ptr<Impl> impl_;
};

}  // namespace pathology::kit
