// A client inside the test, which waits for each step it takes.
#pragma once

#include <boost/asio/io_context.hpp>
#include <memory>
#include <pathology/proxycore/http/fields.hpp>
#include <pathology/proxycore/net/stream.hpp>
#include <pathology/proxycore/tls/certificate.hpp>
#include <string>
#include <string_view>
#include <vector>

namespace pathology::proxycore::layers {
class Http2Server;
class ServerStream;
}  // namespace pathology::proxycore::layers

namespace pathology::proxycore::proxy::test {

namespace asio = boost::asio;

/// A response as it came.
struct ReceivedResponse {
    unsigned status = 0;  ///< 0 = none came
    std::string head{}, body{};
};

/// One connection. Every wait ends by a time limit at the latest; what did not come by then is missing.
class TestClient {
public:
    explicit TestClient(std::uint16_t port, std::string const& host = "127.0.0.1");
    ~TestClient();

    /// Puts TLS over the connection, whoever's certificate is shown. An address is no name to ask for: no SNI then.
    /// `protocols` are those of ALPN.
    void start_tls(std::string const& sni, std::vector<std::string> const& protocols = {});

    /// Speaks HTTP/2 with the proxy from here on, and asks for a tunnel, which is what is read and written after that.
    /// Gives the status; only 200 opens one.
    unsigned open_tunnel_by_http2(std::string const& where, http::Fields const& fields = {});
    /// The same with a WebSocket; 101 opens one.
    unsigned open_websocket_by_http2(std::string const& url, http::Fields const& more = {});
    /// `GET url` on another stream of that connection; gives the status.
    unsigned get_on_new_stream(std::string const& url, http::Fields const& fields = {});
    /// Sends `GET url` on another stream of that connection; gives its number, for read_stream().
    std::size_t send_on_new_stream(std::string const& url);
    /// The same with `POST url`, whose body does not come.
    std::size_t begin_on_new_stream(std::string const& url);
    /// Reads the whole response of that stream. Status 0 = the stream was reset, or the connection has ended; `head`
    /// says why.
    ReceivedResponse read_stream(std::size_t number);

    void send(std::string_view bytes);
    /// Reads until `size` bytes are there.
    std::string read(std::size_t size);
    /// Reads what comes next; empty at the end.
    std::string read_some();
    /// Reads one whole response, interim ones left out.
    ReceivedResponse read_response(std::string_view method = "GET");
    /// The two together.
    ReceivedResponse request(std::string_view bytes, std::string_view method = "GET");
    /// Reads until the other side ends.
    std::string read_to_end();
    /// Until the proxy's system has all that was sent, so that a reset loses nothing.
    void wait_until_delivered();
    void close(net::CloseMode how = net::CloseMode::half_close);
    /// How the last read ended, if it did not end well.
    net::error_code error() const { return error_; }
    /// The certificate that was shown.
    tls::Certificate const& certificate() const { return certificate_; }
    /// Who signed it.
    std::string issuer() const { return to_string(certificate_.issuer); }
    std::string local() const { return to_string(stream_->local_endpoint()); }

private:
    template <class Work> void run(Work work);
    layers::Http2Server& http2();

    asio::io_context context_{1};
    std::unique_ptr<layers::Http2Server> http2_;                  // the proxy
    std::vector<std::unique_ptr<layers::ServerStream>> streams_;  // of send_on_new_stream()
    std::unique_ptr<net::Stream> stream_;
    std::string unread_;
    tls::Certificate certificate_{};
    net::error_code error_;
};

}  // namespace pathology::proxycore::proxy::test
