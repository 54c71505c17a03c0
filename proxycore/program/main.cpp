// pathop: an intercepting HTTP proxy.
#include <pathology/proxycore/console/program.hpp>

#include "program/options.hpp"
#include "program/run.hpp"

int main(int argc, char** argv) {
    using namespace pathology::proxycore::console;
    open_standard_streams();
    Console console;
    auto const options = pathology::pathop::parse_options(argc, argv);
    auto const status = options ? pathology::pathop::run(*options, console) : leave(console, options.error());
    return end_program(console, "pathop", status, ExitCode::failed);
}
