// A client inside the test, which waits for each step it takes.
#pragma once

#include <boost/asio/io_context.hpp>
#include <memory>
#include <pathology/proxycore/http/fields.hpp>
#include <pathology/proxycore/layers/http2/server.hpp>
#include <pathology/proxycore/net/stream.hpp>
#include <pathology/proxycore/tls/certificate.hpp>
#include <string>
#include <string_view>

namespace pathology::proxycore::proxy::test {

namespace asio = boost::asio;

/// A response as it came.
struct Answer {
    unsigned status = 0;  ///< 0 = none came
    std::string head{}, body{};
};

/// One connection. Every wait ends by a time limit at the latest; what did not come by then is missing.
class Visitor {
public:
    explicit Visitor(std::uint16_t port, std::string const& host = "127.0.0.1");
    ~Visitor();

    /// Puts TLS over the connection, whoever's certificate is shown. An address is no name to ask for: no SNI then.
    void start_tls(std::string const& sni);

    /// Speaks HTTP/2 with the proxy from here on, and asks for a tunnel, which is what is read and written after that.
    /// Gives the status; only 200 opens one.
    unsigned open_tunnel_by_http2(std::string const& where, http::Fields const& fields = {});
    /// The same with a WebSocket; 101 opens one.
    unsigned open_websocket_by_http2(std::string const& url);
    /// `GET url` on another stream of that connection; gives the status.
    unsigned ask_beside(std::string const& url, http::Fields const& fields = {});

    void say(std::string_view bytes);
    /// Reads until `size` bytes are there.
    std::string hear(std::size_t size);
    /// Reads one whole response, interim ones left out.
    Answer hear_answer(std::string_view method = "GET");
    /// The two together.
    Answer ask(std::string_view request, std::string_view method = "GET");
    /// Reads until the other side ends.
    std::string hear_rest();
    void end(net::CloseMode how = net::CloseMode::half_close);
    /// How the last read ended, if it did not end well.
    net::error_code trouble() const { return trouble_; }
    /// The certificate that was shown.
    tls::Certificate const& certificate() const { return certificate_; }
    /// Who signed it.
    std::string issuer() const { return to_string(certificate_.issuer); }
    std::string local() const { return stream_->local_endpoint(); }

private:
    template <class Work> void run(Work work);
    layers::Http2Server& http2();

    asio::io_context context_{1};
    std::unique_ptr<layers::Http2Server> http2_;  // the proxy
    std::unique_ptr<net::Stream> stream_;
    std::string unread_;
    tls::Certificate certificate_{};
    net::error_code trouble_;
};

}  // namespace pathology::proxycore::proxy::test
