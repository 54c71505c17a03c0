// Doing nothing for a while, or until cancelled.
#pragma once

#include <pathology/proxycore/net/stream.hpp>

namespace pathology::proxycore::net {

/// Waits for `length`; nullopt = for ever.
///
/// Cancel: terminal; gives operation_aborted at once. Without it the error is empty.
asio::awaitable<error_code> pause(TimeLimit length);

}  // namespace pathology::proxycore::net
