#include "support/streams.hpp"

#include <array>

namespace pathology::proxycore::test {

namespace asio = boost::asio;

asio::awaitable<std::string> read_exactly(net::Stream& stream, std::size_t size) {
    std::string text(size, '\0');
    std::size_t filled = 0;
    while (filled < size) {
        auto const [ec, n] = co_await stream.read_some(asio::buffer(text) + filled);
        if (ec) break;
        filled += n;
    }
    text.resize(filled);
    co_return text;
}

asio::awaitable<net::error_code> read_to_end(net::Stream& stream, std::string& into) {
    std::array<char, 16384> block{};
    for (;;) {
        auto const [ec, n] = co_await stream.read_some(asio::buffer(block));
        if (ec) co_return ec;
        into.append(block.data(), n);
    }
}

asio::awaitable<void> echo(net::Stream& stream) {
    std::array<char, 4096> block{};
    for (;;) {
        auto const [ec, n] = co_await stream.read_some(asio::buffer(block));
        if (ec) break;
        if (co_await net::send(stream, std::string_view(block.data(), n))) break;
    }
    stream.close(net::CloseMode::fin);
}

}  // namespace pathology::proxycore::test
