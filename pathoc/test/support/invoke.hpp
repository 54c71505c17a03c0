// Runs pathoc inside the test, from its command line on.
#pragma once

#include <pathology/proxycore/console/console.hpp>
#include <string>
#include <vector>

#include "program/options.hpp"
#include "program/run.hpp"

namespace pathology::pathoc::test {

struct Outcome {
    int status = -1;
    std::string out, err;
};

/// parse_options() of arguments without the program's name.
inline auto parse(std::vector<std::string> const& arguments) {
    std::vector<char const*> argv{"pathoc"};
    for (auto const& argument : arguments) argv.push_back(argument.c_str());
    return parse_options(static_cast<int>(argv.size()), argv.data());
}

inline Outcome invoke(std::vector<std::string> const& arguments, proxycore::record::Clock const& clock = {}) {
    Outcome outcome;
    proxycore::console::Console console(outcome.out, outcome.err);
    auto const options = parse(arguments);
    outcome.status = options ? run(*options, console, clock) : leave(console, options.error());
    console.flush();
    return outcome;
}

}  // namespace pathology::pathoc::test
