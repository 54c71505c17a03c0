// A pathological HTTP server inside a test.
#pragma once

#include <gtest/gtest.h>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <pathology/testkit/daemon_options.hpp>
#include <pathology/testkit/frame.hpp>
#include <pathology/testkit/request.hpp>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

namespace pathology::testkit {

/// Why a daemon did not start; what() has a sentence, and of a refused anchor the spec with a caret.
class DaemonError : public std::runtime_error {
public:
    using std::runtime_error::runtime_error;
};

/// Listens on a free port of 127.0.0.1, answers what URLs and anchors ask for, and remembers what it was asked.
///
///     pathology::testkit::Daemon daemon;
///     auto const url = daemon.url_for("200:b@1k:d500");           // the body breaks off
///     EXPECT_FALSE(my_client.fetch(url).complete);
///     EXPECT_THAT(daemon.take_request(2s), Optional(HasMethod("GET")));
///
/// A request is remembered as soon as it was read, before the first byte of its answer is sent: a client that has seen
/// any of the answer finds its request here. CONNECT is not remembered, nor is what is no request (see complaints()).
///
/// Thread: every function may be called from any thread.
/// Owns:   its threads and connections; they end with it, also those that hang.
class Daemon {
public:
    using Limit = std::chrono::steady_clock::duration;

    /// Starts; on return connections are accepted.
    /// Errors: DaemonError when an anchor is refused or the system gives no port.
    explicit Daemon(DaemonOptions options = {});

    /// Ends all connections, then tells DaemonOptions::on_hanging which answers were not finished.
    ~Daemon();
    Daemon(Daemon const&) = delete;
    Daemon& operator=(Daemon const&) = delete;

    /// From now on answers `spec` on paths that `pattern` matches, whatever was said about them before; see Anchor.
    /// Errors: DaemonError, as in the constructor.
    void on(std::string_view pattern, std::string_view spec);

    // --- where it is ---
    std::uint16_t port() const;
    std::string url() const;                           ///< "http://127.0.0.1:40001", or https; no slash at the end
    std::string url(std::string_view path) const;      ///< url() and the path, which begins with a slash
    std::string url_for(std::string_view spec) const;  ///< the URL that is answered with `spec`

    // --- whom to trust, over TLS ---
    std::string authority_pem() const;   ///< the certificate of the authority, as PEM
    std::string authority_file() const;  ///< the name of a file that holds it as long as the daemon lives

    std::uint64_t seed() const;  ///< what replays everything random: DaemonOptions::seed

    // --- what it was asked ---
    /// Waits for the oldest request that was not taken yet; nothing when `limit` passed first.
    [[nodiscard]] std::optional<Request> take_request(Limit limit);

    /// Waits until `n` requests are remembered and gives them, oldest first; when `limit` passes first, those there
    /// are.
    [[nodiscard]] std::vector<Request> wait_for_requests(std::size_t n, Limit limit) const;

    std::vector<Request> requests() const;        ///< all that are remembered, oldest first
    std::optional<Request> last_request() const;  ///< the newest
    /// Waits until `n` WebSocket frames were received, on all connections, and gives them, oldest first; when `limit`
    /// passes first, those there are.
    [[nodiscard]] std::vector<Frame> wait_for_frames(std::size_t n, Limit limit) const;

    std::vector<Frame> frames() const;            ///< all that are remembered, oldest first
    std::vector<std::string> complaints() const;  ///< what was no request: `Bad HTTP request line: …`, `Timeout`
    void forget();                                ///< all of these, taken or not; anchors stay

    // --- what it still does ---
    std::vector<Request> unfinished() const;  ///< whose answers are being written, or pause
    std::size_t connections() const;          ///< that are open

    /// Waits until every connection was closed, by either side. A failure names what was still open after `limit`.
    [[nodiscard]] testing::AssertionResult wait_for_silence(Limit limit) const;

    /// Ends all connections and stops listening; what was asked stays. Does nothing the second time.
    void stop();

private:
    class Impl;
    std::unique_ptr<Impl> impl_;
};

}  // namespace pathology::testkit
