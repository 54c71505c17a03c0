// Measures how long event loops are busy in one turn while a peer sends what takes long.
#pragma once

#include <boost/asio/awaitable.hpp>
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>

namespace pathology::integration {

using Attack = std::function<boost::asio::awaitable<void>()>;

/// Where the other client asks, and its request, whose response ends in `ok`.
struct Bystander {
    std::uint16_t port;
    std::string request = "GET /p/200:b'ok' HTTP/1.1\r\nHost: a\r\n\r\n";
};

/// Runs the attack while another client asks again and again. Fails if a turn of a loop of this process took too long,
/// or if the other client was not served.
void expect_short_turns(Bystander const& bystander, Attack const& attack);

/// Sends everything, and reads what comes until the end.
boost::asio::awaitable<void> send_and_read(std::uint16_t port, std::string bytes);

std::string repeated(std::string_view text, std::size_t times);

}  // namespace pathology::integration
