#include "matrix/tcp_server.hpp"

#include <array>
#include <utility>

#include "support/play.hpp"
#include "tls/engine_pair.hpp"

namespace pathology::integration::matrix {

namespace asio = boost::asio;
namespace net = proxycore::net;
using net::CloseMode;
using proxycore::proxy::test::Origin;
using proxycore::proxy::test::SecureOrigin;

TcpServer::TcpServer(Security security) {
    Origin::Conduct conduct = [this](net::Stream& stream) { return serve(stream); };
    if (security == Security::plain) {
        plain_ = std::make_unique<Origin>(std::move(conduct));
        return;
    }
    SecureOrigin::Options options;
    options.conduct = std::move(conduct);
    secure_ = std::make_unique<SecureOrigin>(proxycore::tls::test::identity_for({"127.0.0.1"}), std::move(options));
}

std::string TcpServer::received() const {
    std::scoped_lock const lock(mutex_);
    return received_;
}

void TcpServer::forget() {
    std::scoped_lock const lock(mutex_);
    received_.clear();
}

asio::awaitable<void> TcpServer::serve(net::Stream& stream) {
    std::array<char, 256> block{};
    std::size_t size = 0;
    while (size < tcp_ping.size()) {
        auto const [ec, n] = co_await stream.read_some(asio::buffer(block));
        if (ec) co_return;
        size += n;
        std::scoped_lock const lock(mutex_);
        received_.append(block.data(), n);
    }
    bool const is_whole = fault == Fault::none;
    std::string const response(tcp_pong.substr(0, is_whole ? tcp_pong.size() : 2));
    co_await net::send(stream, response);
    if (fault == Fault::reset) {
        co_await net::wait_until_delivered(stream, proxycore::test::patience);
        co_return stream.close(CloseMode::reset);
    }
    if (fault == Fault::half_close) stream.close(CloseMode::half_close);
    if (fault == Fault::cut) co_return stream.close(CloseMode::truncate);
    if (fault == Fault::truncate) co_return stream.close(CloseMode::fin);
    for (bool is_open = true; is_open;) {
        auto const [ec, n] = co_await stream.read_some(asio::buffer(block));
        is_open = !ec;
    }
    stream.close(CloseMode::fin);
}

}  // namespace pathology::integration::matrix
