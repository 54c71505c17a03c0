// A pathological HTTP server as an object: the program pathod, and what tests embed.
#pragma once

#include <boost/system/result.hpp>
#include <chrono>
#include <cstdint>
#include <memory>
#include <pathology/pathod/log.hpp>
#include <pathology/pathod/options.hpp>
#include <pathology/proxycore/console/exit_code.hpp>
#include <string>
#include <string_view>

namespace pathology::proxycore::console {
class Console;
}

namespace pathology::pathod {

/// Why a daemon did not start: sentences for the person, and the exit status a program ends with.
struct StartFailure {
    proxycore::console::ExitCode code;  ///< usage: an anchor or a file; no_connection: the address
    std::string message;                ///< names the anchor with a caret, or address and port; no newline at the end
};

/// Makes result::value() throw std::runtime_error with the failure's message.
[[noreturn]] void throw_exception_from_error(StartFailure const& failure, boost::source_location const& where);

/// Listens, and answers each request with what its path or an anchor asks for.
///
///     Daemon daemon({.anchors = {"/foo=404"}});
///     daemon.start().value();
///     fetch(daemon.url() + "/foo");
///     auto const seen = daemon.log().take(2s);
///
/// Thread: every function may be called from any thread. Stopping waits for the workers, so not from one of them.
/// Owns:   its threads and connections; none outlives stop() or the destructor.
class Daemon {
public:
    /// `console`, when there is one, gets what the program prints; it must outlive the daemon.
    explicit Daemon(DaemonOptions options = {}, proxycore::console::Console* console = nullptr);
    ~Daemon();  ///< stop()
    Daemon(Daemon const&) = delete;
    Daemon& operator=(Daemon const&) = delete;

    /// Checks the anchors, binds and listens: on return connections are accepted.
    boost::system::result<void, StartFailure> start();

    /// Puts an anchor, as in DaemonOptions::anchors, before those there are. Requests that arrive from now on meet it,
    /// until the daemon is started anew.
    /// Errors: as start(); and when the daemon was never started.
    boost::system::result<void, StartFailure> add_anchor(std::string const& anchor);

    /// Ends every connection, also one that pauses for ever, and waits for the workers. Does nothing when not running.
    void stop();

    /// For programs: waits for SIGINT or SIGTERM, then stops. Interrupted after SIGINT, else done.
    proxycore::console::ExitCode run_until_signal();

    std::uint16_t port() const;                        ///< the one listened on; 0 when not running
    std::string endpoint() const;                      ///< "127.0.0.1:9999"; empty when not running
    std::string url() const;                           ///< "http://127.0.0.1:9999", or https; no slash at the end
    std::string url_for(std::string_view spec) const;  ///< the URL answered with `spec`, which is percent-encoded
    std::uint64_t seed() const;                        ///< the one given, else the one drawn

    /// What clients over TLS have to trust: the certificate, as PEM, of the authority that signs what is made.
    /// Errors: usage, when the authority of the options cannot be had; and when the daemon was never started.
    boost::system::result<std::string, StartFailure> authority_pem() const;

    Log& log();
    Log const& log() const;

    std::size_t connections() const;  ///< open now
    /// Waits until no connection is open; false when `limit` passed first.
    bool wait_until_idle(std::chrono::steady_clock::duration limit) const;

private:
    struct State;
    std::unique_ptr<State> state_;
};

}  // namespace pathology::pathod
