// Suspends a coroutine for a time, or until it is cancelled.
#pragma once

#include <boost/asio/awaitable.hpp>
#include <boost/system/error_code.hpp>
#include <pathology/proxycore/async/timeout.hpp>

namespace pathology::proxycore::async {

/// Waits for `length`; std::nullopt: until cancelled.
///
/// Cancel: terminal; returns operation_aborted at once. Otherwise the returned code is empty.
boost::asio::awaitable<boost::system::error_code> pause(TimeLimit length);

}  // namespace pathology::proxycore::async
