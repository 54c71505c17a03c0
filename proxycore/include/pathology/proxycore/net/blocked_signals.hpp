// SIGINT and SIGTERM that come while a program is still setting itself up.
#pragma once

#include <csignal>

namespace pathology::proxycore::net {

/// Both signals wait, for this thread and for those that it starts, until the end of this object or until
/// Server::run_until_signal(): it takes one that came before it was called, and the process does not die of it.
class BlockedSignals {
public:
    BlockedSignals();
    ~BlockedSignals();  ///< gives the thread what it had before; a signal that still waits is delivered
    /// Lets this thread have them again.
    static void unblock();

    BlockedSignals(BlockedSignals const&) = delete;
    BlockedSignals& operator=(BlockedSignals const&) = delete;

private:
    sigset_t before_{};
};

}  // namespace pathology::proxycore::net
