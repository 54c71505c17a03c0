#include "program/run.hpp"

#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/signal_set.hpp>
#include <boost/asio/steady_timer.hpp>
#include <cstdlib>
#include <exception>
#include <pathology/language/tables.hpp>
#include <pathology/proxycore/console/program.hpp>
#include <pathology/proxycore/http/escaped.hpp>
#include <pathology/proxycore/net/blocked_signals.hpp>
#include <pathology/proxycore/tls/key_log.hpp>
#include <vector>

#include "program/preview.hpp"
#include "program/runner.hpp"
#include "route.hpp"

namespace pathology::pathoc {
namespace {

namespace asio = boost::asio;
namespace record = proxycore::record;
using proxycore::console::Console;
using proxycore::console::ExitCode;
using proxycore::console::print_error;

constexpr auto tick_interval = std::chrono::milliseconds(50);

/// The event loop of a run, on the calling thread: the runner, a tick, and the signals that end it.
class RunLoop {
public:
    explicit RunLoop(Runner& runner) : runner_(runner) {}

    void run() {
        asio::co_spawn(context_, runner_.run(),
                       asio::bind_cancellation_slot(stopping_.slot(), [this](std::exception_ptr thrown) {
                           done_ = true;
                           thrown_ = std::move(thrown);
                       }));
        for (int const signal : proxycore::net::ending_signals()) signals_.add(signal);
        // The first signal ends the run in order: the exchange is cancelled, and the summary and the results are printed.
        signals_.async_wait([this](boost::system::error_code ec, int signal) {
            if (ec) return;
            interrupted_ = true;
            runner_.interrupt(signal);
            stopping_.emit(asio::cancellation_type::terminal);
        });
        tick();
        // Not run(): the tick and the signal are always pending, so the context never runs out of work.
        while (!done_) context_.run_one();
        if (thrown_ && !interrupted_) std::rethrow_exception(thrown_);  // a cancelled coroutine ends by throwing
    }

private:
    void tick() {
        ticks_.expires_after(tick_interval);
        ticks_.async_wait([this](boost::system::error_code ec) {
            if (ec) return;
            runner_.tick();
            tick();
        });
    }

    Runner& runner_;
    asio::io_context context_{1};
    asio::cancellation_signal stopping_;
    asio::signal_set signals_{context_};
    asio::steady_timer ticks_{context_};
    std::exception_ptr thrown_;
    bool done_ = false, interrupted_ = false;
};

language::Settings spec_settings(ProgramOptions const& options) {
    language::Settings settings;
    settings.role = language::Role::client;
    settings.protocol = options.http2 ? language::Protocol::http2 : language::Protocol::http1;
    settings.http2.scheme = options.tls.use ? "https" : "http";
    // With -c the host of the CONNECT is the server; HOST is the proxy.
    settings.request_host = options.tunnel ? options.tunnel->host : options.host;
    // The user of the program may read these files anyway, unlike the clients of pathod.
    settings.files = language::FileAccess::anywhere();
    return settings;
}

/// A bad SSLKEYLOGFILE is reported, and does not keep the program from running, since no option requested it.
void apply_key_log_of_environment(TlsOptions& tls, Console& console) {
    auto const file = proxycore::tls::key_log_file({"SSLKEYLOGFILE"}, &std::getenv);
    if (file.empty() || !tls.use || tls.key_log) return;
    if (auto const opened = proxycore::tls::KeyLog::open(file); !opened) {
        return print_error(console, "pathoc", opened.error().message);
    }
    tls.key_log = file;
}

std::string list_user_agents() {
    std::string text = "User agent strings:\n";
    for (auto const& agent : language::known_user_agents()) {
        text.append("   ") += agent.shortcut;
        text.append(" ").append(agent.name) += '\n';
    }
    return text;
}

ExitCode send_specs(ProgramOptions const& options, std::span<Script const> scripts, Console& console,
                    record::Clock const& clock) {
    auto tls_options = options.tls;
    apply_key_log_of_environment(tls_options, console);
    auto route = route_of(connection_options(options));
    if (auto const added = add_tls(route, tls_options); !added) {
        print_error(console, "pathoc", added.error().message);
        return ExitCode::usage;
    }
    Runner runner(options, scripts, console, std::move(route), clock);
    RunLoop(runner).run();
    return runner.exit_code();
}

ExitCode run_program(ProgramOptions const& options, Console& console, record::Clock const& clock) {
    if (options.show_user_agents) {
        console.out(list_user_agents());
        return ExitCode::done;
    }
    // A memo compares frozen specs: two messages are equal only if their random values are.
    bool const freezes = options.explain || options.memo;
    auto const freezing = freezes ? language::Freezing::where_it_fits : language::Freezing::none;
    // A preview prints the messages before the first that cannot be sent.
    auto const checking = options.preview ? Checking::when_sent : Checking::before_sending;
    auto const settings = spec_settings(options);
    std::vector<Script> scripts;
    for (auto const& argument : options.specs) {
        auto script = load_script(argument, settings, freezing, checking);
        if (!script) {
            console.err(proxycore::http::terminal_text(script.error().text, proxycore::http::WhiteSpace::lines));
            return ExitCode::usage;
        }
        scripts.push_back(std::move(*script));
    }
    return options.preview ? preview(options, scripts, console) : send_specs(options, scripts, console, clock);
}

}  // namespace

int run(ProgramOptions const& options, Console& console, record::Clock const& clock) {
    try {
        return status(run_program(options, console, clock));
    } catch (std::exception const& error) {
        print_error(console, "pathoc", error.what());
        return status(ExitCode::peer);
    }
}

}  // namespace pathology::pathoc
