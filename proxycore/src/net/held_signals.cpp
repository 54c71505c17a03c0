#include <pthread.h>

#include <pathology/proxycore/net/held_signals.hpp>

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

HeldSignals::HeldSignals() {
    auto const held = both();
    pthread_sigmask(SIG_BLOCK, &held, &before_);
}

HeldSignals::~HeldSignals() { pthread_sigmask(SIG_SETMASK, &before_, nullptr); }

void HeldSignals::deliver() {
    auto const held = both();
    pthread_sigmask(SIG_UNBLOCK, &held, nullptr);
}

}  // namespace pathology::proxycore::net
