// How this project awaits an Asio operation: errors arrive as values.
#pragma once

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/use_awaitable.hpp>

namespace pathology::proxycore::net {

using Token = boost::asio::as_tuple_t<boost::asio::use_awaitable_t<>>;

/// `auto [ec, n] = co_await socket.async_read_some(buffer, as_values);`
inline constexpr Token as_values{};

}  // namespace pathology::proxycore::net
