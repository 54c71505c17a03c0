// The completion token of this project: errors of an Asio operation are returned, not thrown.
#pragma once

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/use_awaitable.hpp>

namespace pathology::proxycore::async {

/// `auto [ec, n] = co_await socket.async_read_some(buffer, as_values);`
inline constexpr boost::asio::as_tuple_t<boost::asio::use_awaitable_t<>> as_values{};

}  // namespace pathology::proxycore::async
