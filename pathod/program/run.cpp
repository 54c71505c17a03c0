#include "program/run.hpp"

#include <cstdlib>
#include <pathology/pathod/daemon.hpp>
#include <pathology/proxycore/console/program.hpp>
#include <pathology/proxycore/console/version.hpp>
#include <pathology/proxycore/net/blocked_signals.hpp>
#include <pathology/proxycore/tls/key_log.hpp>

#include "program/background.hpp"

namespace pathology::pathod {
namespace {

using namespace proxycore::console;

std::string_view doing(Listening listening) {
    switch (listening) {
        case Listening::accept: break;
        case Listening::refuse: return "refusing connections on";
        case Listening::full_backlog: return "with a full backlog on";
    }
    return "listening on";
}

/// Prints the address. With --json it goes to standard error, since standard output is JSON alone.
void print_address(Daemon const& daemon, DaemonOptions const& options, Console& console) {
    auto const line = "pathod " + std::string(version()) + " " + std::string(doing(options.listening)) + " " +
                      daemon.endpoint() + "\n";
    if (options.json) return console.err(line);
    console.out(line);
    console.flush();
}

/// A bad SSLKEYLOGFILE is reported, and does not keep the daemon from starting, since no option requested it.
void apply_key_log_of_environment(DaemonOptions& options, Console& console) {
    auto const file = proxycore::tls::key_log_file({"SSLKEYLOGFILE"}, &std::getenv);
    if (file.empty() || options.tls.key_log) return;
    if (auto const opened = proxycore::tls::KeyLog::open(file); !opened) {
        return print_error(console, "pathod", opened.error().message);
    }
    options.tls.key_log = file;
}

ExitCode serve(DaemonOptions options, Background& background, Console& console) {
    // A signal between start and run_until_signal() must not be lost.
    proxycore::net::BlockedSignals const held;
    console.never_wait();
    apply_key_log_of_environment(options, console);
    Daemon daemon(options, &console);
    if (auto const started = daemon.start(); !started) {
        print_error(console, "pathod", started.error().message);
        return started.error().code;
    }
    print_address(daemon, options, console);
    // Without the address nobody finds the daemon. end_program() prints the reason.
    auto const failure = console.out_failure();
    if (failure && failure != std::errc::broken_pipe) return ExitCode::failed;
    background.detach();
    return daemon.run_until_signal();
}

}  // namespace

int run(ProgramOptions const& options, Console& console) {
    if (options.show_clinic) return status(show_clinic(console));
    if (options.preview) return status(preview(*options.preview, options.http2, options.daemon, console));
    Background background;
    if (options.daemonize) {
        // Before any thread exists: fork() copies only the calling thread.
        if (auto const outcome = background.enter()) return *outcome;
    }
    auto const outcome = status(serve(options.daemon, background, console));
    background.report(outcome);
    return outcome;
}

}  // namespace pathology::pathod
