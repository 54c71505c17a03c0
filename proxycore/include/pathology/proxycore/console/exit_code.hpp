// The exit status of pathod, pathoc and pathop.
#pragma once

namespace pathology::proxycore::console {

enum class ExitCode : int {
    done = 0,           ///< success
    peer = 1,           ///< the peer failed or misbehaved
    failed = 1,         ///< any error of pathop
    usage = 2,          ///< an invalid option, file or spec
    no_connection = 3,  ///< bind or connect failed
    time_limit = 4,     ///< a time limit was exceeded
    interrupted = 130,  ///< SIGINT: 128 + 2, as in shells
    unread = 141,       ///< the reader of standard output is gone: 128 + 13, as SIGPIPE in shells
};

/// The number to return from main.
constexpr int status(ExitCode code) noexcept { return static_cast<int>(code); }

}  // namespace pathology::proxycore::console
