#include "program/run.hpp"

#include <algorithm>
#include <atomic>
#include <cstdlib>
#include <filesystem>
#include <pathology/proxycore/addons/shared_object.hpp>
#include <pathology/proxycore/console/program.hpp>
#include <pathology/proxycore/errors.hpp>
#include <pathology/proxycore/net/blocked_signals.hpp>
#include <pathology/proxycore/proxy/proxy.hpp>
#include <pathology/proxycore/tls/key_log.hpp>
#include <utility>

#include "program/explain_route.hpp"
#include "program/output.hpp"
#include "proxy/option_names.hpp"
#include "proxy/options.hpp"

namespace pathology::pathop {
namespace {

using namespace proxycore::console;
using proxycore::proxy::Proxy;
namespace addons = proxycore::addons;
namespace option = proxycore::proxy::option;

class Program {
public:
    Program(ProgramOptions const& options, Console& console)
        : options_(options), console_(console), proxy_([this](addons::LogEntry const& entry) { record(entry); }) {}

    ExitCode run() {
        // Order: addons declare options, so they are loaded before settings are applied; what is unknown then is an
        // error.
        for (auto const& file : options_.scripts) proxy_.addons().add(addons::load_shared_object(file));
        add_output(proxy_, options_.json, console_);
        proxy_.options().apply(options_.settings);
        apply_environment();
        record_choices();
        proxy_.options().expect_nothing_deferred();
        if (options_.lists_options) return list_options();
        if (options_.explained_url) return explain_route(options_, proxy_.options(), console_);
        return serve();
    }

private:
    /// Errors during startup end the program; later ones are only logged.
    void record(addons::LogEntry const& entry) {
        if (entry.level == addons::LogLevel::error) has_failed_ = true;
    }

    /// Options take precedence over the environment. A file of the environment that cannot be written is reported, and
    /// does not keep the proxy from starting, since no option requested it (P27.b). Its folder is created.
    void apply_environment() {
        auto& options = proxy_.options();
        if (!options.get<std::string>(option::sslkeylogfile).empty()) return;
        std::filesystem::path const file = proxycore::tls::key_log_file(
            {"PATHOP_SSLKEYLOGFILE", "MITMPROXY_SSLKEYLOGFILE", "SSLKEYLOGFILE"}, &std::getenv);
        if (file.empty() || options_.lists_options) return;
        std::error_code ignored;  // open() reports it
        if (file.has_parent_path()) std::filesystem::create_directories(file.parent_path(), ignored);
        auto const opened = proxycore::tls::KeyLog::open(file);
        if (!opened) return console_.err("pathop: " + opened.error().message + "\n");
        options.set(option::sslkeylogfile, file.string());
    }

    /// The log at debug and the JSON of flows say how upstream proxies were chosen.
    void record_choices() {
        auto& options = proxy_.options();
        bool const logs_all = options.get<std::string>("termlog_verbosity") == "debug";
        if (logs_all || options_.json) options.set(option::multiupstream_explain, true);
    }

    ExitCode list_options() {
        console_.out(proxy_.options().describe());
        console_.flush();
        return ExitCode::done;
    }

    ExitCode serve() {
        // A slow reader of the output must not stop the traffic; lines are dropped and counted instead.
        console_.never_wait();
        start();
        if (has_failed_) {
            proxy_.stop();
            print_error(console_, "pathop", "exiting because of errors during startup");
            return ExitCode::failed;
        }
        warn_about_configuration_files();
        proxy_.run_until_signal();
        // The reader of the pipe ended: no success, as part of the output is lost.
        return console_.out_is_lost() ? ExitCode::failed : ExitCode::done;
    }

    void start() {
        try {
            proxy_.start();
        } catch (proxycore::proxy::ServerException const& error) {
            if (has_chosen_port()) throw;
            throw proxycore::proxy::ServerException(std::string(error.what()) + "; use -p to choose another port");
        }
    }

    /// Users of the original may rely on these files (P67).
    void warn_about_configuration_files() {
        auto const folder = proxycore::proxy::make_settings(proxy_.options()).tls.confdir;
        std::string found;
        for (auto const* name : {"config.yaml", "config.yml", "common.conf", "pathop.conf"}) {
            auto const file = std::filesystem::path(folder) / name;
            std::error_code ignored;
            if (std::filesystem::exists(file, ignored)) found += (found.empty() ? "" : ", ") + file.string();
        }
        if (found.empty()) return;
        addons::LogEntry const warning{addons::LogLevel::warn,
                                       "configuration files are not read: " + found + "; use options, see --options"};
        proxy_.perform([&] { proxy_.addons().log(warning); });
    }

    bool has_chosen_port() const {
        return std::any_of(options_.settings.begin(), options_.settings.end(), [](addons::Setting const& setting) {
            return setting.name == option::listen_port.text ||
                   (setting.name == option::mode.text && setting.value.value_or("").find('@') != std::string::npos);
        });
    }

    ProgramOptions const& options_;
    Console& console_;
    std::atomic<bool> has_failed_ = false;
    Proxy proxy_;
};

}  // namespace

int run(ProgramOptions const& options, Console& console) {
    proxycore::net::BlockedSignals const held;  // before there is any thread
    auto code = ExitCode::failed;
    try {
        code = Program(options, console).run();
    } catch (proxycore::ProxyException const& error) {
        print_error(console, "pathop", error.what());
    }
    console.flush();
    return status(code);
}

}  // namespace pathology::pathop
