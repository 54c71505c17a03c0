// Runs a built program to its end, or to the end of our patience.
#pragma once

#include <string>
#include <vector>

namespace pathology::pathoc::test {

struct Ended {
    int status = -1;  ///< exit status; -1 when it was killed or did not end in time
    std::string out, err;
};

/// Runs `path` with arguments, in `folder` unless that is empty.
///
/// `interrupt_after` not empty: sends SIGINT once standard output or standard error holds that text.
Ended run_program(std::string const& path, std::vector<std::string> const& arguments, std::string const& folder = {},
                  std::string const& interrupt_after = {});

}  // namespace pathology::pathoc::test
