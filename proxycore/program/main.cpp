// pathop: an intercepting HTTP proxy.
#include "program/options.hpp"
#include "program/run.hpp"

int main(int argc, char** argv) {
    pathology::proxycore::console::Console console;
    auto const options = pathology::pathop::parse_options(argc, argv);
    return options ? pathology::pathop::run(*options, console) : leave(console, options.error());
}
