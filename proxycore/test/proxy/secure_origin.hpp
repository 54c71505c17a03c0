// An HTTPS server inside the test.
#pragma once

#include <memory>
#include <mutex>
#include <pathology/proxycore/net/server.hpp>
#include <pathology/proxycore/tls/context.hpp>
#include <string>
#include <vector>

#include "proxy/origin.hpp"

namespace pathology::proxycore::proxy::test {

/// Answers every request with the name that the client asked TLS for, or takes TLS off once more before that. Over
/// HTTP/2, requests for /silent get no response.
class SecureOrigin {
public:
    struct Options {
        tls::AcceptSettings settings{};
        unsigned times = 1;      ///< TLS inside of TLS; 0 = none, and `http2` is by prior knowledge
        unsigned farewells = 0;  ///< so many connections, the first, end without a word
        std::string host = "127.0.0.1";
        std::uint16_t port = 0;       ///< 0 = a free one
        bool http2 = false;           ///< takes HTTP/2 if the client offers it
        bool requires_http1 = false;  ///< resets requests of HTTP/2 with HTTP_1_1_REQUIRED
        Origin::Conduct conduct{};    ///< is run over each connection in place of answering
    };
    /// Shows `identity` to everybody.
    explicit SecureOrigin(tls::Identity identity);
    SecureOrigin(tls::Identity identity, Options options);

    std::uint16_t port() const { return server_.port(); }
    std::uint64_t accepted() const { return server_.accepted(); }
    /// `https://127.0.0.1:1234`
    std::string url() const { return "https://" + to_string(server_.local_endpoint()); }

private:
    boost::asio::awaitable<void> serve(std::unique_ptr<net::Stream> stream);

    tls::Identity identity_;
    tls::AcceptContext context_;
    unsigned times_, farewells_;
    bool http2_, requires_http1_;
    Origin::Conduct conduct_;
    net::Server server_;
};

}  // namespace pathology::proxycore::proxy::test
