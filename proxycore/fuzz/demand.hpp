// How a fuzz target says what has to hold.
#pragma once

#include <cstdio>
#include <cstdlib>
#include <string>

namespace pathology::proxycore::fuzz {

/// Ends the run, which keeps the input, when `holds` is false.
inline void demand(bool holds, std::string const& what) {
    if (holds) return;
    std::fprintf(stderr, "%s\n", what.c_str());
    std::abort();
}

}  // namespace pathology::proxycore::fuzz
