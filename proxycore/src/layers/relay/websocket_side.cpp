#include "layers/relay/websocket_side.hpp"

#include <openssl/rand.h>
#include <array>
#include <pathology/proxycore/async/turns.hpp>
#include <stdexcept>
#include <utility>

namespace pathology::proxycore::layers {
namespace {

constexpr std::size_t websocket_read_size = 64 * 1024;

/// Unpredictable keys (RFC 6455 §10.3). One call of RAND_bytes makes 64 of them.
class MaskingKeys {
public:
    websocket::MaskingKey operator()() {
        if (used_ == keys_.size()) refill();
        return keys_[used_++];
    }

private:
    void refill() {
        if (RAND_bytes(reinterpret_cast<unsigned char*>(keys_.data()), sizeof keys_) != 1)
            throw std::runtime_error("OpenSSL has no random numbers for masking keys");
        used_ = 0;
    }
    std::array<websocket::MaskingKey, 64> keys_{};
    std::size_t used_ = keys_.size();
};

websocket::SessionSettings settings_of(websocket::Role role,
                                       std::optional<websocket::DeflateParameters> const& deflate) {
    websocket::SessionSettings settings;
    settings.role = role;
    settings.deflate = deflate;
    settings.responds = false;
    if (role == websocket::Role::client) settings.masking_key = MaskingKeys();
    return settings;
}

}  // namespace

WebSocketSide::WebSocketSide(net::Stream& stream, websocket::Role role,
                             std::optional<websocket::DeflateParameters> const& deflate, std::string_view name)
    : stream_(stream), role_(role), session_(settings_of(role, deflate)), name_(name) {}

asio::awaitable<net::error_code> WebSocketSide::read() {
    auto const buffer = session_.prepare(websocket_read_size);
    auto const [ec, n] = co_await stream_.read_some(asio::buffer(buffer.data(), buffer.size()));
    if (!ec) session_.commit(n);
    co_return ec;
}

asio::awaitable<void> WebSocketSide::send_rest() {
    for (async::TurnTimer turn; session_.is_sending(); session_.send_step())
        if (turn.is_long()) co_await turn.pass();
}

void WebSocketSide::close(websocket::Close const& why) {
    auto const owed = std::exchange(owed_, std::nullopt);
    // A violation of this peer takes precedence over what the other side sent.
    session_.close(owed && owed->is_violation ? owed->why : why);
}

void WebSocketSide::owe_close(websocket::Close const& to) {
    if (!session_.is_over()) owed_ = Owed{{to.code, {}}, false};
}

asio::awaitable<void> WebSocketSide::send_owed() {
    if (!owed_) co_return;
    auto const why = owed_->why;
    close(why);
    co_await flush();
}

asio::awaitable<net::error_code> WebSocketSide::flush() {
    // Both pumps and the injector write to this side. The first is the writer: it repeats until nothing is left, so the
    // others need only wait for it. Their bytes are in the session, in order.
    if (is_writing_) {
        while (is_writing_) co_await written_.wait();
        co_return write_error_;
    }
    struct Writing {
        explicit Writing(WebSocketSide& its_side) : side(its_side) { side.is_writing_ = true; }
        ~Writing() {
            side.is_writing_ = false;
            side.written_.notify();
        }
        Writing(Writing const&) = delete;
        Writing& operator=(Writing const&) = delete;
        WebSocketSide& side;
    } const writing(*this);
    while (!write_error_ && !session_.outgoing().empty()) {
        session_.take_outgoing(being_written_);
        write_error_ = co_await net::send(stream_, being_written_);
    }
    co_return write_error_;
}

}  // namespace pathology::proxycore::layers
