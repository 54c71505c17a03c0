#include "layers/peek.hpp"

#include <array>
#include <pathology/proxycore/net/prefixed_stream.hpp>
#include <utility>

namespace pathology::proxycore::layers {
namespace {

constexpr std::size_t peek_size = 512;  // held by each silent client

}  // namespace

asio::awaitable<net::error_code> read_into(net::Stream& stream, std::string& bytes) {
    std::array<char, peek_size> block;
    auto const [ec, n] = co_await stream.read_some(asio::buffer(block));
    bytes.append(block.data(), n);
    co_return ec;
}

asio::awaitable<std::string> peek(std::unique_ptr<net::Stream>& stream, std::size_t min) {
    std::string bytes;
    net::error_code end;
    while (bytes.size() < min && !end) end = co_await read_into(*stream, bytes);
    stream = net::unread(std::move(stream), bytes);
    co_return bytes;
}

}  // namespace pathology::proxycore::layers
