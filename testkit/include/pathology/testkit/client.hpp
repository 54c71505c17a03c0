// A pathological HTTP client inside a test, for servers under test.
#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <pathology/testkit/frame.hpp>
#include <pathology/testkit/reply.hpp>
#include <string>
#include <string_view>
#include <vector>

namespace pathology::testkit {

/// How a client speaks TLS. A plain value; every member may be left out.
struct ClientTls {
    /// A PEM file of those whom the client trusts; the server has to show a certificate of theirs that is good for the
    /// host. Nothing = any certificate is taken.
    std::optional<std::string> trust = std::nullopt;
    std::optional<std::string> sni = std::nullopt;  ///< nothing = the host, unless that is an address; "" = none
    std::optional<std::string> certificate = std::nullopt;  ///< a PEM file with its own certificate and key
    std::vector<std::string> alpn = {"http/1.1"};           ///< the protocols offered
    std::string versions = "secure";                        ///< `TLSv1_2`, `TLSv1_3`, `secure` (both) or `all`
    std::string ciphers = {};                               ///< in OpenSSL's notation; empty = its choice
};

/// To whom a client speaks, and how patiently. A plain value; every member may be left out.
struct ClientOptions {
    std::string host = "127.0.0.1";  ///< name or address
    std::uint16_t port = 80;
    std::optional<ClientTls> tls = std::nullopt;  ///< nothing = plain text
    bool http2 = false;  ///< requests go by HTTP/2, which request() alone waits for; over TLS with ALPN `h2`
    std::chrono::milliseconds time_limit = std::chrono::seconds(5);  ///< of silence; for connecting in all
    std::optional<std::uint64_t> seed = std::nullopt;                ///< of all that is random; nothing = drawn
    std::size_t keep_bytes = 1U << 20U;                              ///< of each body, and of each reply's raw bytes
};

/// Sends what specs say over one connection at a time, and reads the replies.
///
///     pathology::testkit::Client client({.port = my_server.port()});
///     EXPECT_THAT(client.request("get:/:h'Host'=@100k,ascii_letters"), HasStatus(431)) << client.replay();
///
/// The connection is opened by the first call that needs it, kept as long as the server keeps it, then opened anew.
/// Thread: one at a time. Calls block until they have their reply or the time limit passed.
class Client {
public:
    explicit Client(ClientOptions options = {});
    ~Client();
    Client(Client&&) noexcept;
    Client& operator=(Client&&) noexcept;

    /// Sends every message of the spec, each after the reply to the one before, and gives the last reply.
    Reply request(std::string_view spec);

    /// Sends every message of the spec without waiting for replies: pipelines, frames, broken requests. Gives the
    /// failure, empty when there was none. A server that stops reading is none: what it says can be received.
    std::string send(std::string_view spec);

    /// Reads the reply to the oldest request that was sent and not answered yet.
    Reply receive();

    /// Reads the next WebSocket frame; after a `ws` request that was answered by 101.
    Frame receive_frame();

    std::string const& sent() const;  ///< the exact bytes of the last message sent
    std::string const& spec() const;  ///< its spelling with nothing left to chance: sent again, it gives these bytes
    std::uint64_t seed() const;       ///< the one given, else the one drawn

    /// For failure messages: how to send the last message again.
    std::string replay() const;

    bool is_open() const;
    void close();

private:
    class Impl;
    std::unique_ptr<Impl> impl_;
};

}  // namespace pathology::testkit
