// Waits for what the forwarder has no event for.
#pragma once

#include <chrono>
#include <thread>

#include "support/play.hpp"

namespace pathology::proxycore::forwarder::test {

/// Asks until the predicate is true; false after the patience.
template <class Predicate> bool wait_for(Predicate predicate) {
    auto const end = std::chrono::steady_clock::now() + proxycore::test::patience;
    while (!predicate() && std::chrono::steady_clock::now() < end)
        std::this_thread::sleep_for(std::chrono::milliseconds(5));
    return predicate();
}

}  // namespace pathology::proxycore::forwarder::test
