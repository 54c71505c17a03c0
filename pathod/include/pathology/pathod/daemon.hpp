// A pathological HTTP server as an object: the program pathod, and what tests embed.
#pragma once

#include <boost/system/result.hpp>
#include <chrono>
#include <cstdint>
#include <memory>
#include <pathology/pathod/exchange_log.hpp>
#include <pathology/pathod/options.hpp>
#include <pathology/proxycore/console/exit_code.hpp>
#include <pathology/proxycore/failure.hpp>
#include <string>
#include <string_view>

namespace pathology::proxycore::console {
class Console;
}

namespace pathology::pathod {

/// Why a daemon did not start. The code is the program's exit status: usage for an anchor or a file, no_connection for
/// the address. The message names the anchor, with a caret, or the address.
struct StartFailure : proxycore::BasicFailure<proxycore::console::ExitCode> {};

/// Makes result::value() throw std::runtime_error with the failure's message.
[[noreturn]] void throw_exception_from_error(StartFailure const& failure, boost::source_location const& where);

/// Listens, and sends the response that the path of a request or an anchor describes.
///
///     Daemon daemon({.anchors = {"/foo=404"}});
///     daemon.start().value();
///     fetch(daemon.url() + "/foo");
///     auto const seen = daemon.log().take(2s);
///
/// Thread: every function may be called from any thread, but stop() not from a worker, which it waits for.
/// Owns:   its threads and connections; none outlives stop() or the destructor.
class Daemon {
public:
    /// `console`, if not nullptr, gets the output of the program; it must outlive the daemon.
    explicit Daemon(DaemonOptions options = {}, proxycore::console::Console* console = nullptr);
    ~Daemon();  ///< stop()
    Daemon(Daemon const&) = delete;
    Daemon& operator=(Daemon const&) = delete;

    /// Checks the anchors, binds and listens. Connections are accepted when it returns.
    boost::system::result<void, StartFailure> start();

    /// Adds an anchor, as in DaemonOptions::anchors, in front of the others. It is used for requests that arrive from
    /// now on, until the daemon is restarted. Errors: as start(); usage if the daemon was never started.
    boost::system::result<void, StartFailure> add_anchor(std::string const& anchor);
    boost::system::result<void, StartFailure> add_anchor(PathAnchor const& anchor);
    boost::system::result<void, StartFailure> add_anchor(FunctionAnchor const& anchor);

    /// Checks a spec for url_for(), as those of anchors are checked: it has to be valid for one version of HTTP.
    /// Errors: usage, with a caret.
    boost::system::result<void, StartFailure> check_spec(std::string const& spec) const;

    /// Ends every connection, pauses included, and waits for the workers. Does nothing if the daemon is not running.
    void stop();

    /// For programs: waits for SIGINT, SIGTERM or SIGHUP, then stops. Returns `interrupted` after SIGINT,
    /// `failed` if the log file did not accept all text, else `done`.
    proxycore::console::ExitCode run_until_signal();

    std::uint16_t port() const;                        ///< 0 if not running
    std::string endpoint() const;                      ///< "127.0.0.1:9999"; empty if not running
    std::string url() const;                           ///< "http://127.0.0.1:9999", or https; no trailing slash
    std::string url_for(std::string_view spec) const;  ///< the URL whose response is `spec`, percent-encoded
    std::uint64_t seed() const;                        ///< from the options, else drawn

    /// The certificate (PEM) of the authority that signs generated certificates; clients over TLS have to trust it.
    /// Errors: usage if the authority of the options cannot be loaded, or if the daemon was never started.
    boost::system::result<std::string, StartFailure> authority_pem() const;

    ExchangeLog& log();
    ExchangeLog const& log() const;

    std::size_t connections() const;  ///< open now
    /// Waits until no connection is open. Returns false if `limit` passed first.
    bool wait_until_idle(std::chrono::steady_clock::duration limit) const;

private:
    struct State;
    std::unique_ptr<State> state_;
};

}  // namespace pathology::pathod
