#include "support/client.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <chrono>
#include <exception>
#include <optional>
#include <pathology/proxycore/net/connect.hpp>
#include <regex>
#include <stdexcept>

namespace pathology::pathod::test {

namespace net = proxycore::net;
namespace asio = boost::asio;

constexpr auto patience = std::chrono::seconds(20);

struct Client::State {
    asio::io_context context;
    std::unique_ptr<net::Stream> stream;

    template <class T> T run(asio::awaitable<T> work) {
        std::optional<T> outcome;
        asio::co_spawn(context, std::move(work), [&](std::exception_ptr thrown, T value) {
            if (thrown) std::rethrow_exception(thrown);
            outcome.emplace(std::move(value));
        });
        context.restart();
        while (!outcome && context.run_one() > 0) {
        }
        return std::move(outcome).value();
    }

    net::ReadResult read_some(std::string& bytes) {
        auto const before = bytes.size();
        bytes.resize(before + 65536);
        auto const result = run(stream->read_some(asio::buffer(bytes.data() + before, 65536)));
        bytes.resize(before + result.n);
        return result;
    }
};

Client::Client(std::uint16_t port) : state_(std::make_unique<State>()) {
    auto connected = state_->run(net::connect("127.0.0.1", port, patience));
    // A daemon that resets connections may do so before connect(2) has told of it: another one is as good.
    for (int tries = 0; tries < 20 && !connected && connected.error().code == asio::error::connection_reset; ++tries)
        connected = state_->run(net::connect("127.0.0.1", port, patience));
    if (!connected) throw std::runtime_error(connected.error().message);
    state_->stream = std::move(*connected);
    state_->stream->set_time_limit(patience);
}

Client::~Client() { state_->stream.reset(); }

Client& Client::send(std::string_view bytes) {
    state_->run(net::send(*state_->stream, bytes));
    return *this;
}

std::size_t Client::send_until_full() {
    std::string const block(1U << 20U, 'x');
    std::size_t sent = 0;
    state_->stream->set_time_limit(std::chrono::milliseconds(200));
    while (sent < std::size_t{64U << 20U} && !state_->run(net::send(*state_->stream, block))) sent += block.size();
    state_->stream->set_time_limit(patience);
    return sent;
}

Client& Client::half_close() {
    state_->stream->close(net::CloseMode::half_close);
    return *this;
}

void Client::reset() { state_->stream->close(net::CloseMode::reset); }

std::string Client::read(std::size_t size) {
    std::string bytes;
    while (bytes.size() < size && !state_->read_some(bytes).ec) {
    }
    return bytes;
}

std::string Client::read_to_end() {
    std::string bytes;
    for (;;) {
        auto const result = state_->read_some(bytes);
        if (result.is_end()) return bytes;
        if (result.ec) return bytes + (result.ec == net::Errc::timed_out ? "[timeout]" : "[error]");
    }
}

std::string read_until(Client& client, std::string_view text) {
    std::string received;
    while (received.find(text) == received.npos) {
        auto const more = client.read(1);
        if (more.empty()) break;
        received += more;
    }
    return received;
}

std::string without_port(std::string const& text) {
    static std::regex const client("from 127\\.0\\.0\\.1:[0-9]+");
    return std::regex_replace(text, client, "from CLIENT");
}

std::string Client::ask(std::string_view bytes) { return send(bytes).half_close().read_to_end(); }

}  // namespace pathology::pathod::test
