// The program pathoc.
#include <cstdlib>
#include <exception>
#include <pathology/pathoc/command_line.hpp>
#include <pathology/pathoc/run.hpp>
#include <pathology/proxycore/tls/key_log.hpp>

namespace {

/// The environment may ask for the secrets of TLS, but cannot keep the program from running.
void take_key_log_of_environment(pathology::pathoc::Options& options,
                                 pathology::proxycore::console::Console& terminal) {
    auto const file = pathology::proxycore::tls::key_log_file({"SSLKEYLOGFILE"}, &std::getenv);
    if (file.empty() || !options.tls.use || options.tls.key_log) return;
    if (auto const opened = pathology::proxycore::tls::KeyLog::open(file); !opened) {
        return terminal.err("pathoc: " + opened.error().message + "\n");
    }
    options.tls.key_log = file;
}

}  // namespace

int main(int argc, char** argv) {
    namespace console = pathology::proxycore::console;
    console::Console terminal;
    try {
        auto options = pathology::pathoc::parse_options({argv + 1, argv + argc});
        if (!options) return console::leave(terminal, options.error());
        take_key_log_of_environment(*options, terminal);
        return console::status(pathology::pathoc::run(*options, terminal));
    } catch (std::exception const& error) {
        terminal.err(std::string("pathoc: ") + error.what() + "\n");
        return console::status(console::ExitCode::peer);
    }
}
