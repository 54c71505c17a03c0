// pathod: a pathological HTTP daemon.
#include <pathology/proxycore/console/program.hpp>

#include "program/options.hpp"
#include "program/run.hpp"

int main(int argc, char** argv) {
    using namespace pathology::proxycore::console;
    open_standard_streams();
    Console console;
    auto const options = pathology::pathod::parse_options(argc, argv);
    auto const status = options ? pathology::pathod::run(*options, console) : leave(console, options.error());
    // The daemon serves on if nobody reads its log any more.
    bool const serves = options && !options->preview && !options->show_clinic;
    return end_program(console, "pathod", status, serves ? ExitCode::done : ExitCode::unread);
}
