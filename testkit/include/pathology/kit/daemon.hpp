// A pathological HTTP server inside a test.
#pragma once

#include <chrono>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <pathology/kit/expectation.hpp>
#include <pathology/kit/match.hpp>
#include <pathology/kit/message.hpp>
#include <pathology/kit/responses.hpp>
#include <pathology/kit/taken.hpp>
#include <pathology/kit/verdict.hpp>
#include <source_location>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

namespace pathology::kit {

/// A response for all paths that match: `pattern` is any Perl-style regular expression, matched at the start of the
/// path, or a filter such as `~m POST`, matched with the request. `spec` may have alternatives, `503 | 503 | 200`:
/// doc/pathod.md.
struct Anchor {
    std::string pattern, spec;
};

/// TLS settings of a daemon. Certificates are signed by an authority that the daemon makes in memory; clients have to
/// trust Daemon::authority_pem().
struct DaemonTls {
    /// Names and addresses of the certificate; the first is its common name. If empty: the name in the client's SNI,
    /// and 127.0.0.1.
    std::vector<std::string> names = {};
    std::string versions = "secure";          ///< `TLSv1_2`, `TLSv1_3`, `secure` (both) or `all` (from TLSv1 on)
    std::string ciphers = {};                 ///< in OpenSSL's notation; empty: OpenSSL's default
    bool request_client_certificate = false;  ///< accepts any certificate; see HasClientCertificate()
    /// Without `names`, names such as `expired.localhost` get certificates and handshakes with that fault: doc/tls.md.
    bool clinic = true;
    std::string fault = {};  ///< of the records that it sends, such as `drecord2,rst`: doc/tls.md
};

/// What clients get that connect.
enum class Listening {
    accept,
    refuse,       ///< the port is taken and refuses them
    full_backlog  ///< nothing: connecting hangs
};

/// Receives a few lines about exchanges that were unfinished when their daemon stopped.
using HangingReport = std::function<void(std::string const& report)>;

void log_hanging(std::string const& report);      ///< writes it to standard error
void fail_on_hanging(std::string const& report);  ///< fails the test
void ignore_hanging(std::string const& report);

/// Receives a few lines about the requests that neither a response nor an expectation was for.
using UnmatchedReport = std::function<void(std::string const& report)>;

void fail_on_unmatched(std::string const& report);  ///< fails the test
void ignore_unmatched(std::string const& report);

/// Every member has a default: `Daemon daemon({.anchors = {{"/foo", "404"}}, .seed = 1});`
struct DaemonOptions {
    std::vector<Anchor> anchors = {};                  ///< the first that matches wins
    std::optional<std::uint64_t> seed = std::nullopt;  ///< of everything random; std::nullopt: drawn
    std::optional<std::string> files_folder =
        std::nullopt;                             ///< that `<path` and `+path` read from; std::nullopt: no files
    unsigned threads = 1;                         ///< that handle connections
    std::optional<DaemonTls> tls = std::nullopt;  ///< std::nullopt: TLS only in tunnels (CONNECT)
    bool http2 = true;                            ///< accept HTTP/2, by ALPN or in plain text
    bool websocket_echo = false;  ///< echo messages on WebSockets without a spec; if false, only record them
    /// What each connection gets when it is accepted, before TLS and before it is read: a spec such as `raw:d0,rst`.
    std::optional<std::string> on_accept = std::nullopt;
    /// How long each connection waits before it is accepted, as a pause of specs: `500ms`, `1-3s`; `f`: for ever.
    std::optional<std::string> accept_delay = std::nullopt;
    Listening listening = Listening::accept;
    std::optional<std::uint64_t> receive_buffer = std::nullopt;  ///< bytes; std::nullopt: the system's
    bool http2_window_updates = true;                            ///< false: large uploads over HTTP/2 stall
    bool strict = false;  ///< respond to malformed requests as the RFCs require, instead of closing
    /// Idle timeout while a request is read or a response written. Pauses of a spec do not count.
    std::chrono::milliseconds time_limit = std::chrono::seconds(60);
    std::size_t log_capacity = 500;      ///< entries kept, requests and others; the oldest are dropped
    std::size_t keep_bytes = 64 * 1024;  ///< of each request's body, and of its raw bytes
    /// Called by the destructor if a response was not finished. Idle keep-alive connections are not reported.
    HangingReport on_hanging = log_hanging;
    /// Called by the destructor if requests got pathod's own response that there is none for them, and no expectation
    /// matches them. Empty: they fail the test if it called on() with a RequestMatch, or expect().
    UnmatchedReport on_unmatched = {};
};

/// Why a daemon did not start, in a sentence; for an invalid anchor with the spec and a caret.
class DaemonError : public std::runtime_error {
public:
    using std::runtime_error::runtime_error;
};

/// Listens on a free port of 127.0.0.1, responds as URLs and anchors specify, and records the requests.
///
///     pathology::kit::Daemon daemon;
///     auto const url = daemon.url_for("200:b@1k:d500");           // the body breaks off
///     EXPECT_FALSE(my_client.fetch(url).complete);
///     EXPECT_THAT(daemon.take_request(2s), Optional(HasMethod("GET")));
///
/// A request is recorded as soon as it was read, before the first byte of its response is sent: once a client has any
/// of the response, the request is here. CONNECT is not recorded; input that is not a valid request is in
/// protocol_errors().
///
/// Thread: every function may be called from any thread.
/// Owns:   its threads and connections, which end with it.
class Daemon {
public:
    using Limit = std::chrono::steady_clock::duration;

    /// Starts; on return connections are accepted.
    /// Errors: throws DaemonError if an anchor is invalid or no port is free.
    explicit Daemon(DaemonOptions options = {});

    /// Closes all connections, then reports unfinished responses to DaemonOptions::on_hanging.
    ~Daemon();
    /// The daemon runs on, with its connections, records and expectations. Of the source only assignment and destruction
    /// are allowed then.
    Daemon(Daemon&& other) noexcept;
    Daemon& operator=(Daemon&& other) noexcept;  ///< ends the daemon that was here, as the destructor

    /// Responds on paths that `pattern` matches, or to requests that it selects as a filter, before all earlier
    /// anchors; see Anchor for the pattern, Responses for the rest.
    /// Errors: throws DaemonError, as the constructor.
    template <std::convertible_to<std::string_view> Pattern>
    void on(Pattern const& pattern, Responses responses, std::source_location where = std::source_location::current()) {
        on_pattern(pattern, std::move(responses), where);
    }

    /// Responds to the requests that `match` means, before all earlier anchors; see Responses.
    ///
    ///     daemon.on({.method = "POST", .path = "/pay"}, {"503", "503", "200:b'ok'"});
    ///     daemon.on({.path = "/slow"}, respond(200).body("late").delay(500ms));
    ///     daemon.on({.path = "/sum"}, [](Request const& request) { return respond(200).body(request.body); });
    ///
    /// Errors: throws DaemonError, with a caret, if a spec or the filter is invalid.
    void on(RequestMatch match, Responses responses, std::source_location where = std::source_location::current());

    /// Expects requests from now on, at least one if nothing else is said. What does not come true fails the test when
    /// the daemon is destroyed, at the line of this call. It gives no response. The reference is valid as long as the
    /// daemon.
    Expectation& expect(RequestMatch match, std::source_location where = std::source_location::current());

    /// Waits until all expectations hold, at most for `limit`; which do not, and why.
    [[nodiscard]] Verdict verify(Limit limit = Limit::zero()) const;

    /// The first hundred requests that neither a response nor an expectation was for.
    std::vector<Request> unmatched() const;

    // --- address ---
    std::uint16_t port() const;
    std::string url() const;                       ///< "http://127.0.0.1:40001", or https; no slash at the end
    std::string url(std::string_view path) const;  ///< url() and the path, which begins with a slash
    /// The URL whose response is `spec`; `+PATH` is read for each request.
    /// Errors: throws DaemonError if the spec is invalid, with the spec and a caret.
    std::string url_for(std::string_view spec) const;

    // --- TLS ---
    std::string authority_pem() const;   ///< the certificate of the authority, as PEM
    std::string authority_file() const;  ///< a file with it; removed with the daemon

    std::uint64_t seed() const;  ///< as DaemonOptions::seed it repeats everything random

    // --- received messages ---
    /// Waits for the oldest request not taken yet. Empty after `limit`; access throws NothingTaken then, which says
    /// what came instead.
    [[nodiscard]] Taken<Request> take_request(Limit limit);

    /// Waits until `n` requests are recorded, at most for `limit`. Returns all there are then, oldest first.
    [[nodiscard]] std::vector<Request> wait_for_requests(std::size_t n, Limit limit) const;

    std::vector<Request> requests() const;  ///< all recorded, oldest first
    Taken<Request> last_request() const;    ///< the newest
    /// Waits until `n` WebSocket frames were received on all connections, at most for `limit`. Returns all there are
    /// then, oldest first.
    [[nodiscard]] std::vector<Frame> wait_for_frames(std::size_t n, Limit limit) const;

    std::vector<Frame> frames() const;                 ///< all recorded, oldest first
    std::vector<std::string> protocol_errors() const;  ///< `Bad HTTP request line: …`, `Timeout`
    void forget();  ///< drops all of these, taken or not, and unmatched(); keeps anchors and expectations

    // --- state ---
    std::vector<Request> unfinished() const;  ///< whose responses are being written, or pause
    std::size_t connections() const;          ///< open ones

    /// Waits until every connection was closed by either side. Fails after `limit`, and names the open ones.
    [[nodiscard]] Verdict wait_until_idle(Limit limit) const;

    /// Closes all connections and stops listening; records are kept. The second call does nothing.
    void stop();

private:
    std::string complaints() const;

    void on_pattern(std::string_view pattern, Responses responses, std::source_location where);

    class Impl;
    std::unique_ptr<Impl> impl_;
};

}  // namespace pathology::kit
