// The built pathod as a process.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "support/process.hpp"

namespace pathology::pathod::test {

using pathology::test::BackgroundReaper;
using pathology::test::Ended;

class Program : public pathology::test::Process {
public:
    explicit Program(std::vector<std::string> arguments) : Process(PATHOD_PROGRAM, std::move(arguments)) {}
};

inline Ended run_program(std::vector<std::string> arguments) {
    return pathology::test::run(PATHOD_PROGRAM, std::move(arguments));
}

}  // namespace pathology::pathod::test
