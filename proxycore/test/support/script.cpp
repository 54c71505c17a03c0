#include "support/script.hpp"

#include <array>

#include "support/streams.hpp"

namespace pathology::proxycore::test {

namespace asio = boost::asio;

asio::awaitable<void> play_script(net::Stream& stream, Script const& script, std::string& received) {
    std::size_t seen = 0;
    for (auto const& turn : script) {
        std::array<char, 4096> bytes{};
        while (received.find(turn.wait_for, seen) == std::string::npos) {
            auto const [ec, n] = co_await stream.read_some(asio::buffer(bytes));
            if (ec) co_return stream.close(net::CloseMode::fin);
            received.append(bytes.data(), n);
        }
        seen = received.find(turn.wait_for, seen) + turn.wait_for.size();
        auto const failed = co_await net::send(stream, turn.send);
        if (failed && turn.then != Turn::Then::read_to_end) co_return;
        switch (turn.then) {
            case Turn::Then::go_on: break;
            case Turn::Then::fin: co_return stream.close(net::CloseMode::fin);
            case Turn::Then::reset: co_return stream.close(net::CloseMode::reset);
            case Turn::Then::half_close: stream.close(net::CloseMode::half_close); break;
            case Turn::Then::stall: co_await stream.wait_for_end(); co_return;
            case Turn::Then::read_to_end: co_await read_to_end(stream, received); break;
        }
    }
    co_await read_to_end(stream, received);
    stream.close(net::CloseMode::fin);
}

}  // namespace pathology::proxycore::test
