#include "program/run.hpp"

#include <pathology/pathod/daemon.hpp>
#include <pathology/proxycore/console/version.hpp>

#include "program/background.hpp"
#include "program/preview.hpp"

namespace pathology::pathod {
namespace {

using namespace proxycore::console;

/// The first line, which says where the daemon can be reached. It is talk when standard output is JSON.
void greet(Daemon const& daemon, DaemonOptions const& options, Console& console) {
    auto const line = "pathod " + std::string(version()) + " listening on " + daemon.endpoint() + "\n";
    if (options.json) return console.err(line);
    console.out(line);
    console.flush();
}

ExitCode serve(DaemonOptions const& options, Background& background, Console& console) {
    Daemon daemon(options, &console);
    if (auto const started = daemon.start(); !started) {
        console.err("pathod: " + started.error().message + "\n");
        return started.error().code;
    }
    greet(daemon, options, console);
    background.detach();
    return daemon.run_until_signal();
}

}  // namespace

int run(ProgramOptions const& options, Console& console) {
    if (options.preview) return status(preview(*options.preview, options.http2, options.daemon, console));
    Background background;
    if (options.daemonize) {
        if (auto const outcome = background.enter()) return *outcome;
    }
    auto const outcome = status(serve(options.daemon, background, console));
    background.report(outcome);
    return outcome;
}

}  // namespace pathology::pathod
