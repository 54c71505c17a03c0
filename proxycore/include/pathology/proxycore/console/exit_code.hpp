// What the exit status of pathod, pathoc and pathop means.
#pragma once

namespace pathology::proxycore::console {

enum class ExitCode : int {
    done = 0,           ///< everything asked for happened
    peer = 1,           ///< the peer misbehaved, or an expectation failed
    failed = 1,         ///< of pathop, whatever it was: it knows no other
    usage = 2,          ///< a bad option, file or specification
    no_connection = 3,  ///< could not bind or connect
    time_limit = 4,     ///< a time limit passed
    interrupted = 130,  ///< ended by SIGINT (128 + 2, as shells say it)
};

/// The number to return from main.
constexpr int status(ExitCode code) noexcept { return static_cast<int>(code); }

}  // namespace pathology::proxycore::console
