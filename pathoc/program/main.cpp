// pathoc: a pathological HTTP client.
#include "program/options.hpp"
#include "program/run.hpp"

int main(int argc, char** argv) {
    pathology::proxycore::console::Console console;
    auto const options = pathology::pathoc::parse_options(argc, argv);
    return options ? pathology::pathoc::run(*options, console) : leave(console, options.error());
}
