#include "tunnel/socks5_messages.hpp"

#include <array>

namespace pathology::proxycore::tunnel {

asio::awaitable<net::error_code> Socks5Messages::read_more() {
    std::array<char, socks5::max_message_size> block{};
    auto const [ec, n] = co_await stream_.read_some(asio::buffer(block));
    unread_.append(block.data(), n);
    co_return ec;
}

Failure Socks5Messages::malformed(socks5::Failure const& why) {
    reply_hint_ = why.reply_hint;
    return failure(Errc::not_spoken, " sent an invalid SOCKS5 message: " + why.message);
}

}  // namespace pathology::proxycore::tunnel
