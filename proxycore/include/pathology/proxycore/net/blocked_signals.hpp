// SIGINT and SIGTERM that arrive while a program starts.
#pragma once

#include <csignal>

namespace pathology::proxycore::net {

/// Blocks both signals in this thread, and in threads that it starts, until this object is destroyed or
/// Server::run_until_signal() is called, which handles a signal that arrived before.
class BlockedSignals {
public:
    BlockedSignals();
    ~BlockedSignals();  ///< restores the mask of the thread; a pending signal is delivered
    /// Unblocks both signals in this thread.
    static void unblock();

    BlockedSignals(BlockedSignals const&) = delete;
    BlockedSignals& operator=(BlockedSignals const&) = delete;

private:
    sigset_t before_{};
};

}  // namespace pathology::proxycore::net
