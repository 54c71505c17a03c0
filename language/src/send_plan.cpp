//     Send        write, wait until all of it is sent
//     bulk        512 KiB blocks by write_now() as long as the socket accepts whole blocks; the rest by next()
//     Pause       wait, by a Pacer; the end of the connection ends it early
//     Disconnect  end_connection(), end
//     Finished    end

#include <pathology/language/send_plan.hpp>

#include <algorithm>
#include <array>
#include <boost/asio/experimental/awaitable_operators.hpp>
#include <pathology/language/pacer.hpp>
#include <pathology/proxycore/async/timeout.hpp>
#include <vector>

namespace pathology::language {

namespace asio = boost::asio;
namespace async = proxycore::async;
namespace net = proxycore::net;

void CapturedBytes::append(std::span<char const> more) {
    auto const n = std::min(more.size(), limit - std::min(limit, bytes.size()));
    bytes.append(more.data(), n);
}

namespace {

constexpr std::size_t bulk_block = 512U << 10U;
constexpr net::Duration max_stall = std::chrono::seconds(10);  // of a peer that does not read, before a reset

/// Sends as much of a large value as the connection accepts without waiting, in large blocks for few system calls. No
/// coroutine is suspended between filling a block and sending it, so all connections of a thread share one block.
std::uint64_t send_bulk(net::Stream& stream, Player& player) {
    static thread_local std::vector<char> block;
    std::uint64_t sent = 0;
    while (player.bulk_size() >= bulk_block) {
        block.resize(bulk_block);
        if (player.peek_bulk(block).has_error()) break;  // next() reports it
        auto const n = stream.write_now(asio::buffer(block));
        player.skip_bulk(n);
        sent += n;
        if (n < block.size()) break;
    }
    return sent;
}

/// Waits for the end of the connection. A peer that has closed its side may still read, so a limited pause goes on; an
/// unlimited one ends.
asio::awaitable<net::error_code> wait_for_disconnect(net::Stream& stream, bool for_ever) {
    auto const ec = co_await stream.wait_for_end();
    if (ec == asio::error::eof && !for_ever) co_await async::pause(std::nullopt);
    co_return ec;
}

/// Pauses; returns the error that ended the connection meanwhile.
asio::awaitable<net::error_code> pause_or_disconnect(net::Stream& stream, net::TimeLimit length) {
    using namespace asio::experimental::awaitable_operators;
    auto both = async::pause(length) || wait_for_disconnect(stream, !length);
    auto const first = co_await std::move(both);
    co_return first.index() == 0 ? std::get<0>(first) : std::get<1>(first);
}

}  // namespace

asio::awaitable<void> end_connection(net::Stream& stream, Ending how) {
    switch (how) {
        case Ending::fin: break;
        case Ending::half: co_return stream.close(net::CloseMode::half_close);
        case Ending::cut: co_return stream.close(net::CloseMode::truncate);
        case Ending::reset:
            co_await net::wait_until_delivered(stream, max_stall);
            co_return stream.close(net::CloseMode::reset);
        case Ending::hold: co_await stream.wait_for_end(); break;
    }
    stream.close(net::CloseMode::fin);
}

asio::awaitable<SendResult> send_plan(net::Stream& stream, Player& player, CapturedBytes* capture) {
    SendResult result;
    Pacer pacer;
    for (;;) {
        // Bulk data bypasses the capture, so it waits until the capture is full.
        if (capture == nullptr || capture->is_full()) result.bytes_written += send_bulk(stream, player);
        auto action = player.next();
        if (action.has_error()) {
            result.spec = std::move(action).error();
            co_return result;
        }
        if (auto const* send = std::get_if<Send>(&*action)) {
            std::array<asio::const_buffer, 1> const buffers{asio::const_buffer(send->bytes.data(), send->bytes.size())};
            if (capture != nullptr) capture->append(send->bytes);
            result.connection = co_await stream.write(buffers);
            if (result.connection.failed()) co_return result;
            result.bytes_written += send->bytes.size();
        } else if (auto const* pause = std::get_if<Pause>(&*action)) {
            auto const end = pacer.end_of(*pause);
            net::TimeLimit length;
            if (end) length = std::max(*end - Pacer::Clock::now(), net::Duration(0));
            result.connection = co_await pause_or_disconnect(stream, length);
            if (result.connection.failed()) co_return result;
        } else if (auto const* disconnect = std::get_if<Disconnect>(&*action)) {
            result.ending = disconnect->how;
            co_await end_connection(stream, disconnect->how);
            co_return result;
        } else {
            co_return result;
        }
    }
}

}  // namespace pathology::language
