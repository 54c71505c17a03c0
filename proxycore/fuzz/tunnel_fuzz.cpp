// Any bytes, as what the other side of a SOCKS5 or CONNECT conversation says: every conversation comes to an end, every
// message is judged the same however it is cut, and what was read can be written and read again.
//
// The first byte says how long the pieces are, the second whether there are credentials.

#include <algorithm>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <cstddef>
#include <cstdint>
#include <pathology/proxycore/net/memory_stream.hpp>
#include <pathology/proxycore/socks5/read.hpp>
#include <pathology/proxycore/tunnel/http_connect.hpp>
#include <pathology/proxycore/tunnel/socks5.hpp>
#include <string_view>

#include "demand.hpp"

namespace {

namespace asio = boost::asio;
using namespace pathology::proxycore;
using fuzz::demand;

// --- messages --------------------------------------------------------------------------------------------------------

/// Reads longer and longer beginnings: once one is judged, more bytes change nothing.
template <class T>
socks5::Outcome<T> read_growing(socks5::Outcome<T> (*read)(std::string_view), std::string_view wire) {
    for (std::size_t size = 0; size <= wire.size(); ++size) {
        auto const early = read(wire.substr(0, size));
        if (early && !*early) continue;
        auto whole = read(wire);
        demand(early.has_value() == whole.has_value(), "more bytes change the verdict");
        if (!early) {
            demand(early.error().message == whole.error().message, "more bytes change the complaint");
        } else {
            demand(*whole && (*early)->value == (*whole)->value, "more bytes change the message");
            demand((*early)->size == size && (*whole)->size == size, "a message takes bytes that are not its own");
        }
        return whole;
    }
    return read(wire);
}

template <class T> void check_message(socks5::Outcome<T> (*read)(std::string_view), std::string_view wire) {
    auto const outcome = read_growing(read, wire);
    if (!outcome || !*outcome) return;
    auto const written = serialise((*outcome)->value);
    demand(written.size() <= socks5::max_message_size, "a message past the limit");
    auto const again = read(written);
    demand(again && *again, "a message that was read cannot be read again");
    demand((*again)->value == (*outcome)->value, "a message that was read reads otherwise when written");
}

// --- conversations ---------------------------------------------------------------------------------------------------

struct Settings {
    std::size_t step;
    std::optional<tunnel::Credentials> credentials;
};

asio::awaitable<void> say(net::Stream& stream, std::string_view wire) {
    co_await net::send(stream, wire);
    stream.close(net::CloseMode::half_close);
}

/// Plays `begin(stream)` against a peer that says `wire` and ends its side.
template <class Begin> void check_conversation(std::string_view wire, Settings const& settings, Begin const& begin) {
    asio::io_context context(1);
    net::MemoryPipeOptions options;
    options.max_per_read = settings.step;
    auto pipe = net::make_memory_pipe(context.get_executor(), options);
    bool ended = false;
    asio::co_spawn(context, say(*pipe.far, wire), [](std::exception_ptr) {});
    asio::co_spawn(context, begin(std::move(pipe.near), settings), [&](std::exception_ptr thrown, auto const& result) {
        ended = true;
        demand(!thrown, "a conversation throws");
        if (!result) demand(!result.error().message.empty(), "a failure without words");
    });
    context.run();
    demand(ended, "a conversation does not end");
}

Endpoint const origin{"origin.test", 443};

auto const connect_by_socks = [](std::unique_ptr<net::Stream> stream, Settings const& settings) {
    return tunnel::socks5_connect(std::move(stream), origin, settings.credentials);
};
auto const accept_by_socks = [](std::unique_ptr<net::Stream> stream, Settings const& settings) {
    return tunnel::socks5_accept(std::move(stream), settings.credentials);
};
auto const connect_by_http = [](std::unique_ptr<net::Stream> stream, Settings const& settings) {
    return tunnel::http_connect(std::move(stream), origin, settings.credentials);
};

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(std::uint8_t const* data, std::size_t size) {
    if (size < 2) return 0;
    Settings settings{1U + data[0] % 16U, std::nullopt};
    if ((data[1] & 1) != 0) settings.credentials = tunnel::Credentials{"me", "secret"};
    std::string_view const wire(reinterpret_cast<char const*>(data) + 2, size - 2);
    check_message(socks5::read_greeting, wire);
    check_message(socks5::read_method, wire);
    check_message(socks5::read_credentials, wire);
    check_message(socks5::read_verdict, wire);
    check_message(socks5::read_request, wire);
    check_message(socks5::read_reply, wire);
    check_conversation(wire, settings, connect_by_socks);
    check_conversation(wire, settings, accept_by_socks);
    check_conversation(wire, settings, connect_by_http);
    return 0;
}
