#include <pathology/language/perform.hpp>

#include <algorithm>
#include <array>
#include <pathology/proxycore/net/pause.hpp>

namespace pathology::language {

namespace asio = boost::asio;
namespace net = proxycore::net;

void Recording::append(std::span<char const> more) {
    auto const n = std::min(more.size(), limit - std::min(limit, bytes.size()));
    bytes.append(more.data(), n);
}

asio::awaitable<Performance> perform(net::Stream& stream, Player& player, Recording* recording) {
    Performance result;
    for (;;) {
        auto action = player.next();
        if (action.has_error()) {
            result.spec = std::move(action).error();
            co_return result;
        }
        if (auto const* send = std::get_if<Send>(&*action)) {
            std::array<asio::const_buffer, 1> const buffers{asio::const_buffer(send->bytes.data(), send->bytes.size())};
            if (recording != nullptr) recording->append(send->bytes);
            result.connection = co_await stream.write(buffers);
            if (result.connection.failed()) co_return result;
            result.bytes_written += send->bytes.size();
        } else if (auto const* pause = std::get_if<Pause>(&*action)) {
            std::optional<net::Duration> const length = pause->length;
            result.connection = co_await net::pause(length);
            if (result.connection.failed()) co_return result;
        } else if (std::holds_alternative<Disconnect>(*action)) {
            stream.close(net::HowToClose::fin);
            result.disconnected = true;
            co_return result;
        } else {
            co_return result;
        }
    }
}

}  // namespace pathology::language
