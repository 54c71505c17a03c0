#include <pthread.h>

#include <pathology/proxycore/net/blocked_signals.hpp>

namespace pathology::proxycore::net {
namespace {

bool is_ignored(int signal) {
    struct sigaction present {};
    return sigaction(signal, nullptr, &present) == 0 && (present.sa_flags & SA_SIGINFO) == 0 &&
           present.sa_handler == SIG_IGN;
}

sigset_t set_of_ending_signals() {
    sigset_t signals;
    sigemptyset(&signals);
    for (int const signal : ending_signals()) sigaddset(&signals, signal);
    return signals;
}

}  // namespace

std::vector<int> ending_signals() {
    std::vector<int> signals{SIGINT, SIGTERM};
    if (!is_ignored(SIGHUP)) signals.push_back(SIGHUP);
    return signals;
}

BlockedSignals::BlockedSignals() {
    auto const held = set_of_ending_signals();
    pthread_sigmask(SIG_BLOCK, &held, &before_);
}

// A signal during the start would end the program by its default action; blocked, it is pending until a handler exists.
BlockedSignals::~BlockedSignals() { pthread_sigmask(SIG_SETMASK, &before_, nullptr); }

void BlockedSignals::unblock() {
    auto const held = set_of_ending_signals();
    pthread_sigmask(SIG_UNBLOCK, &held, nullptr);
}

}  // namespace pathology::proxycore::net
