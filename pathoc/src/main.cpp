// The program pathoc.
#include <exception>
#include <pathology/pathoc/command_line.hpp>
#include <pathology/pathoc/run.hpp>

int main(int argc, char** argv) {
    namespace console = pathology::proxycore::console;
    console::Console terminal;
    try {
        auto const options = pathology::pathoc::parse_options({argv + 1, argv + argc});
        if (!options) return console::leave(terminal, options.error());
        return console::status(pathology::pathoc::run(*options, terminal));
    } catch (std::exception const& error) {
        terminal.err(std::string("pathoc: ") + error.what() + "\n");
        return console::status(console::ExitCode::peer);
    }
}
