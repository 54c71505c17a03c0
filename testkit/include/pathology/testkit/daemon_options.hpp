// What a daemon of the test kit can be told before it starts.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

namespace pathology::testkit {

/// An answer attached to paths: `pattern` is a Perl-style regular expression that must match at the start of the path.
struct Anchor {
    std::string pattern, spec;
};

/// How a daemon speaks TLS. Its certificates are signed by an authority of its own, which lives in memory and ends with
/// it; a client has to trust Daemon::authority_pem(). A plain value; every member may be left out.
struct DaemonTls {
    /// What the certificate is good for, names and addresses, the first being its common name. Empty = the name that
    /// the client asks for, and 127.0.0.1.
    std::vector<std::string> names = {};
    std::string versions = "secure";          ///< `TLSv1_2`, `TLSv1_3`, `secure` (both) or `all` (from TLSv1 on)
    std::string ciphers = {};                 ///< in OpenSSL's notation; empty = its choice
    bool request_client_certificate = false;  ///< clients are asked for one; any is taken, see HasClientCertificate()
};

/// Gets a few lines about exchanges that were unfinished when their daemon ended.
using HangingReport = std::function<void(std::string const& report)>;

void tell_hanging(std::string const& report);     ///< writes it to standard error
void fail_on_hanging(std::string const& report);  ///< adds it to the test as a failure
void ignore_hanging(std::string const& report);

/// A plain value; every member may be left out: `Daemon daemon({.anchors = {{"/foo", "404"}}, .seed = 1});`
struct DaemonOptions {
    std::vector<Anchor> anchors = {};                        ///< the first that matches wins
    std::optional<std::uint64_t> seed = std::nullopt;        ///< decides all that is random; nothing = drawn
    std::optional<std::string> files_folder = std::nullopt;  ///< what `<path` and `+path` read from; nothing = no files
    unsigned threads = 1;                                    ///< that serve connections
    std::optional<DaemonTls> tls = std::nullopt;             ///< nothing = no TLS, except in tunnels (CONNECT)
    bool http2 = true;                                       ///< for clients that ask for it, by ALPN or in plain text
    bool websocket_echo = false;  ///< WebSockets that ask for no spec get back what they say; else it is only noted
    /// The longest silence while a request is read or an answer written. Pauses do not count.
    std::chrono::milliseconds time_limit = std::chrono::seconds(60);
    std::size_t log_capacity = 500;      ///< requests and other entries kept; older ones fall out
    std::size_t keep_bytes = 64 * 1024;  ///< of each request's body, and of its raw bytes
    /// Called by the destructor when an answer was not finished. A keep-alive connection that idles is no such thing.
    HangingReport on_hanging = tell_hanging;
};

}  // namespace pathology::testkit
