// The signals that end a program, and those of them that arrive while it starts.
#pragma once

#include <csignal>
#include <vector>

namespace pathology::proxycore::net {

/// SIGINT, SIGTERM and SIGHUP, which the end of a terminal sends. Without SIGHUP if the program was started to ignore it,
/// as nohup does.
std::vector<int> ending_signals();

/// Blocks these signals in this thread, and in threads that it starts, until this object is destroyed or
/// Server::run_until_signal() is called, which handles a signal that arrived before.
class BlockedSignals {
public:
    BlockedSignals();
    ~BlockedSignals();  ///< restores the mask of the thread; a pending signal is delivered
    /// Unblocks these signals in this thread.
    static void unblock();

    BlockedSignals(BlockedSignals const&) = delete;
    BlockedSignals& operator=(BlockedSignals const&) = delete;

private:
    sigset_t before_{};
};

}  // namespace pathology::proxycore::net
