#include <pthread.h>

#include <pathology/proxycore/net/blocked_signals.hpp>

namespace pathology::proxycore::net {
namespace {

sigset_t both() {
    sigset_t signals;
    sigemptyset(&signals);
    sigaddset(&signals, SIGINT);
    sigaddset(&signals, SIGTERM);
    return signals;
}

}  // namespace

BlockedSignals::BlockedSignals() {
    auto const held = both();
    pthread_sigmask(SIG_BLOCK, &held, &before_);
}

// A signal during the start would end the program by its default action; blocked, it is pending until a handler exists.
BlockedSignals::~BlockedSignals() { pthread_sigmask(SIG_SETMASK, &before_, nullptr); }

void BlockedSignals::unblock() {
    auto const held = both();
    pthread_sigmask(SIG_UNBLOCK, &held, nullptr);
}

}  // namespace pathology::proxycore::net
