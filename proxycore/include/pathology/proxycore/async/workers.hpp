// Threads for work that would hold an event loop.
#pragma once

#include <boost/asio/any_io_executor.hpp>

namespace pathology::proxycore::async {

/// Two threads that all loops of the process share, for computations that take longer than a turn of a loop should:
///
///     auto const made = async::run_on_loop(async::workers(), [] { return make_key(); });
///     auto key = co_await made.wait();
///
/// They start with the first call, and end with the process, after the work that has begun. Work has to end by itself,
/// and must not block on a loop.
boost::asio::any_io_executor workers();

}  // namespace pathology::proxycore::async
