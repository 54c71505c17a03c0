// Runs a built program to its end, or until it said something.
#pragma once

#include <csignal>
#include <string>
#include <vector>

#include "support/process.hpp"

namespace pathology::pathoc::test {

using pathology::test::Ended;

/// Runs `path` with arguments, in `folder` unless that is empty.
///
/// `interrupt_after` not empty: sends SIGINT once standard output or standard error holds that text.
inline Ended run_program(std::string const& path, std::vector<std::string> const& arguments,
                         std::string const& folder = {}, std::string const& interrupt_after = {}) {
    pathology::test::Process process(path, arguments, folder);
    if (!interrupt_after.empty() && process.read_until(interrupt_after)) process.signal(SIGINT);
    return process.wait();
}

}  // namespace pathology::pathoc::test
