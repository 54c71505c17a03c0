// Peers of the proxy that end in the middle of an exchange, in each way that their protocol has.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <pathology/proxycore/http2/names.hpp>
#include <pathology/proxycore/net/stream.hpp>
#include <string>
#include <utility>
#include <vector>

#include "proxy/origin.hpp"
#include "proxy/secure_origin.hpp"
#include "proxy/test_client.hpp"

namespace pathology::integration {

/// What a peer speaks. Over TLS, HTTP/2 is chosen by ALPN; without it, it is by prior knowledge.
enum class Protocol { http1, http1_tls, http2, http2_tls };
constexpr bool is_http2(Protocol protocol) { return protocol == Protocol::http2 || protocol == Protocol::http2_tls; }
constexpr bool is_tls(Protocol protocol) { return protocol == Protocol::http1_tls || protocol == Protocol::http2_tls; }
std::string to_string(Protocol protocol);

/// A client and a server, of each two protocols that a proxy brings together: over TLS, a server is asked over the
/// version that its client uses.
std::vector<std::pair<Protocol, Protocol>> pairs_of_protocols();

/// One way to end, of a stream or of a connection.
struct End {
    std::string name;
    std::optional<proxycore::net::CloseMode> how{};      ///< nothing = the connection goes on
    std::string frames{};                                ///< that come before that, over HTTP/2
    std::optional<proxycore::http2::ErrorCode> reset{};  ///< the code of the RST_STREAM among them
};
/// FIN, with TLS behind close_notify and without it, and RST.
std::vector<End> ends_of_connection(Protocol protocol);
/// RST_STREAM with each code of RFC 9113 §7.
std::vector<End> resets(std::uint32_t stream);
/// END_STREAM of stream 1.
End end_of_stream();
/// GOAWAY with this last stream, and `how` behind it.
End goaway(std::uint32_t last, proxycore::http2::ErrorCode code, std::optional<proxycore::net::CloseMode> how);

/// Ends behind all that was written.
boost::asio::awaitable<void> play_end(proxycore::net::Stream& stream, End const& end);

/// The response of a server of HTTP/2 without TLS to HTTP/1: it is asked again over HTTP/2.
boost::asio::awaitable<void> speak_http2(proxycore::net::Stream& stream);

/// A message of which `content` is here, out of `size` bytes.
std::string request_of(Protocol protocol, std::string_view content, std::size_t size, std::uint32_t stream = 1);
std::string response_of(bool is_http2, std::string_view content, std::size_t size, std::uint32_t stream = 1);
/// What `begin` lacks of `begin end`.
std::string rest_of_response(bool is_http2, std::uint32_t stream);

/// One connection of a server, which finds out what the proxy speaks.
class ServerPeer {
public:
    explicit ServerPeer(proxycore::net::Stream& stream) : stream_(stream) {}

    /// Waits for the head of the next request; returns false if the peer sends no more. Over HTTP/2 the first call sends SETTINGS.
    boost::asio::awaitable<bool> read_request();
    /// Waits for this in text(); false = the connection ended before.
    boost::asio::awaitable<bool> read_until(std::string const& part);
    /// What came: bytes, or over HTTP/2 frames as lines.
    std::string text() const;
    /// Over HTTP/2, the stream of the last request.
    std::uint32_t stream() const { return 2 * requests_ - 1; }
    bool is_http2() const { return received_.starts_with("PRI "); }

private:
    proxycore::net::Stream& stream_;
    std::string received_;
    std::uint32_t requests_ = 0;
};

/// A server behind a reverse proxy; `conduct` is run for each of its connections.
class EndingServer {
public:
    using Conduct = proxycore::proxy::test::Origin::Conduct;
    EndingServer(Protocol protocol, Conduct conduct);

    /// Of a proxy in front of it.
    std::string mode() const { return "reverse:" + (secure_ ? secure_->url() : plain_->url()); }

private:
    std::unique_ptr<proxycore::proxy::test::Origin> plain_;
    std::unique_ptr<proxycore::proxy::test::SecureOrigin> secure_;
};

/// A client of the proxy.
class EndingClient {
public:
    EndingClient(Protocol protocol, std::uint16_t proxy);

    void send(std::string const& bytes) { client_.send(bytes); }
    /// A request on the next stream.
    void send_request(std::string_view content = {}, std::size_t size = 0);
    /// A CONNECT, and the first bytes of the tunnel.
    void open_tunnel(std::string const& server, std::string_view bytes);
    /// Waits until this part of a content has come.
    void read_until(std::string const& part);
    /// Waits for a response, or for its end: its status, its content (of no page), and how it ended: `whole`, `FIN`,
    /// `FIN without close_notify`, `RST`, or `RST_STREAM` with its code.
    std::string read_response();
    void end(End const& end);

private:
    std::optional<std::string> outcome(bool has_ended) const;
    std::optional<std::string> outcome_of_http1(bool has_ended) const;
    std::optional<std::string> outcome_of_http2(bool has_ended) const;
    std::string how_it_ended() const;

    Protocol protocol_;
    proxycore::proxy::test::TestClient client_;
    std::string received_;
    std::uint32_t requests_ = 0;
};

}  // namespace pathology::integration
