//     Send        write, wait until all of it is sent
//     bulk        512 KiB blocks by write_now() as long as the socket accepts whole blocks; the rest by next()
//     Pause       wait, by a Pacer; the end of the connection ends it early
//     Disconnect  end_connection(), end
//     Finished    end

#include <pathology/language/send_plan.hpp>

#include <algorithm>
#include <array>
#include <pathology/language/pacer.hpp>
#include <pathology/proxycore/async/timeout.hpp>
#include <vector>

#include "pause_stream.hpp"

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

/// Pauses until the time comes; without one until `limit` has passed, which is Errc::timed_out.
asio::awaitable<net::error_code> pause_until(net::Stream& stream, std::optional<Pacer::Clock::time_point> end,
                                             net::TimeLimit limit) {
    if (end) limit = std::max(*end - Pacer::Clock::now(), net::Duration(0));
    auto const ec = co_await pause_or_disconnect(stream, limit, !end);
    bool const has_passed = !ec && !end;
    co_return has_passed ? net::make_error_code(net::Errc::timed_out) : ec;
}

}  // namespace

asio::awaitable<net::error_code> end_connection(net::Stream& stream, Ending how, net::TimeLimit limit) {
    auto mode = net::CloseMode::fin;
    net::error_code ec;
    switch (how) {
        case Ending::fin: break;
        case Ending::half: mode = net::CloseMode::half_close; break;
        case Ending::cut: mode = net::CloseMode::truncate; break;
        case Ending::reset:
            mode = net::CloseMode::reset;
            co_await net::wait_until_delivered(stream, max_stall);
            break;
        case Ending::hold: {
            auto const end = co_await async::with_timeout(limit, stream.wait_for_end());
            if (!end) ec = net::Errc::timed_out;
            break;
        }
    }
    stream.close(mode);
    co_return ec;
}

asio::awaitable<SendResult> send_plan(net::Stream& stream, Player& player, CapturedBytes* capture,
                                      net::TimeLimit limit) {
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
            result.connection = co_await pause_until(stream, pacer.end_of(*pause), limit);
            result.is_overdue = result.connection == net::Errc::timed_out;
            if (result.connection.failed()) co_return result;
        } else if (auto const* disconnect = std::get_if<Disconnect>(&*action)) {
            result.ending = disconnect->how;
            result.connection = co_await end_connection(stream, disconnect->how, limit);
            result.is_overdue = result.connection.failed();
            co_return result;
        } else {
            co_return result;
        }
    }
}

}  // namespace pathology::language
