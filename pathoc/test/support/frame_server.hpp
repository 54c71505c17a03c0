// An HTTP/2 server that sends what a test wants, and records the frames of its clients.
#pragma once

#include <condition_variable>
#include <cstdint>
#include <mutex>
#include <pathology/proxycore/net/server.hpp>
#include <string>
#include <vector>

namespace pathology::pathoc::test {

/// What a FrameServer sends, as bytes.
struct FrameScript {
    std::string hello{};                   ///< at once
    std::vector<std::string> responses{};  ///< one after each HEADERS or DATA frame with END_STREAM
    std::vector<std::string> replies{};    ///< one after each of them without
    bool closes = false;  ///< its side, after the last response; it reads up to the client's end in any case
};

class FrameServer {
public:
    explicit FrameServer(FrameScript script);

    std::uint16_t port() const { return server_.port(); }
    /// The frames of the clients, as lines; see proxycore::http2::test::lines(). The preface is left out. Waits, at
    /// most twenty seconds, until a client has ended its connection.
    std::string received() const;
    /// The same as bytes.
    std::string wire() const;

private:
    boost::asio::awaitable<void> serve(proxycore::net::Connection connection);
    void record(std::string_view bytes);
    void record_end();

    FrameScript script_;
    mutable std::mutex mutex_;
    mutable std::condition_variable changed_;
    std::string wire_;
    bool has_ended_ = false;  // a connection
    proxycore::net::Server server_;
};

}  // namespace pathology::pathoc::test
