// A server that speaks TLS and answers every request with two bytes, and CONNECT with a tunnel to itself.
#pragma once

#include <cstdint>
#include <mutex>
#include <pathology/proxycore/net/server.hpp>
#include <pathology/proxycore/tls/authority.hpp>
#include <pathology/proxycore/tls/tls_stream.hpp>
#include <string>
#include <vector>

#include "support/folder.hpp"

namespace pathology::pathoc::test {

namespace tls = proxycore::tls;

class TlsServer {
public:
    explicit TlsServer(tls::AcceptSettings const& settings = {},
                       std::vector<std::string> names = {"origin.test", "127.0.0.1"});

    std::string port() const { return std::to_string(server_.port()); }
    /// A file with the certificate of the authority that signed the server's.
    std::string const& authority_file() const { return authority_file_; }
    /// A certificate of the same authority with its key, in a file.
    std::string client_file() const;
    /// What was agreed on with each client so far; waits until all of them have gone.
    std::vector<tls::ConnectionInfo> seen();
    /// End connections without close_notify from now on.
    void truncate() { truncates_ = true; }

private:
    boost::asio::awaitable<void> serve(proxycore::net::Connection connection);

    pathology::test::Folder folder_;
    tls::Authority authority_;
    std::string authority_file_;
    tls::Identity identity_;
    tls::AcceptContext context_;
    std::mutex mutex_;
    std::vector<tls::ConnectionInfo> seen_;
    std::atomic<bool> truncates_ = false;
    proxycore::net::Server server_;
};

}  // namespace pathology::pathoc::test
