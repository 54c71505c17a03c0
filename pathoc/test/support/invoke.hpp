// Runs pathoc inside the test, from its command line on.
#pragma once

#include <pathology/pathoc/command_line.hpp>
#include <pathology/pathoc/run.hpp>
#include <pathology/proxycore/console/console.hpp>
#include <string>
#include <vector>

namespace pathology::pathoc::test {

struct Outcome {
    int status = -1;
    std::string out, err;
};

inline Outcome invoke(std::vector<std::string> arguments) {
    Outcome outcome;
    proxycore::console::Console console(outcome.out, outcome.err);
    auto const options = parse_options(std::move(arguments));
    outcome.status = options ? proxycore::console::status(run(*options, console)) : leave(console, options.error());
    console.flush();
    return outcome;
}

}  // namespace pathology::pathoc::test
