// pathod: a pathological HTTP daemon.
#include "program/options.hpp"
#include "program/run.hpp"

int main(int argc, char** argv) {
    pathology::proxycore::console::Console console;
    auto const options = pathology::pathod::parse_options(argc, argv);
    return options ? pathology::pathod::run(*options, console) : leave(console, options.error());
}
