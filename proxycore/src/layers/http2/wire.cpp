#include "layers/http2/wire.hpp"

#include <array>
#include <boost/asio/experimental/awaitable_operators.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <utility>
#include <vector>

namespace pathology::proxycore::layers {
namespace {

constexpr std::size_t room_for_reading = 16 * 1024;
constexpr std::size_t most_out = 64 * 1024;  // bytes that are sent by one call
constexpr std::size_t idle_out = 4 * 1024;   // what a connection at rest may keep of it
constexpr std::size_t most_queued = 2000;    // frames that wait for a peer who does not read

}  // namespace

Http2Wire::Http2Wire(std::unique_ptr<net::Stream> stream, std::string who, net::TimeLimit limit)
    : stream_(std::move(stream)),
      who_(std::move(who)),
      limit_(limit) {
    stream_->set_time_limit(limit_);
}

asio::awaitable<void> Http2Wire::run() {
    using namespace asio::experimental::awaitable_operators;
    auto both = read() && write();
    co_await std::move(both);
}

void Http2Wire::close() {
    if (has_ended()) return;
    if (!is_writing_ && !is_mute_) {
        say_goodbye();
        out_.clear();
        drain(out_, most_out);
        stream_->write_now(asio::buffer(out_));
    }
    give_up({Failure::Kind::closed, "the connection to " + who_ + " was closed here"});
}

// --- reading ---------------------------------------------------------------------------------------------------------

asio::awaitable<void> Http2Wire::read() {
    std::vector<char> room(room_for_reading);
    while (!has_ended()) {
        if (queued() > most_queued && !is_mute_) {
            co_await reader_.wait();
            continue;
        }
        auto const [ec, n] = co_await stream_->read_some(asio::buffer(room));
        if (ec) {
            end_input(ec);
        } else {
            take({room.data(), n});
        }
    }
    ring();
}

void Http2Wire::take(std::string_view bytes) {
    feed(bytes);
    take_events();
    ring();
}

void Http2Wire::end_input(net::error_code ec) {
    if (has_ended() || ec == asio::error::operation_aborted) return;  // the next co_await throws
    if (ec != net::Errc::timed_out || is_mute_) {
        auto const why = ec == asio::error::eof ? " ended the connection" : " is gone: " + net::describe(ec);
        return give_up({Failure::Kind::closed, who_ + why});
    }
    if (streams() == 0) {
        say_goodbye();
    } else if (!asks_for_life()) {
        return give_up({Failure::Kind::timed_out, who_ + " was silent for too long", 504});
    }
    ring();
}

/// Nothing more can be said or heard.
void Http2Wire::give_up(Failure failure) {
    if (has_ended()) return;
    end_ = std::move(failure);
    abandon(end_->message);
    take_events();
    stream_->close(net::CloseMode::fin);
    writer_.notify();
    reader_.notify();
}

// --- writing ---------------------------------------------------------------------------------------------------------

asio::awaitable<void> Http2Wire::write() {
    while (!has_ended() && !is_mute_) {
        drain(out_, most_out);
        take_events();
        if (!out_.empty()) {
            co_await flush();
        } else if (is_over()) {
            end_session();
        } else {
            if (out_.capacity() > idle_out && streams() == 0) std::string().swap(out_);
            co_await writer_.wait();
            // Others that are ready now may have something to say, too: it goes out with one call.
            co_await asio::post(stream_->executor(), asio::use_awaitable);
        }
    }
}

void Http2Wire::end_session() {
    auto const broken = failure();
    if (!broken) return give_up({Failure::Kind::closed, "the connection to " + who_ + " came to its end"});
    auto const what = broken->message.empty() ? name(broken->code) : broken->message;
    give_up({Failure::Kind::malformed, who_ + " broke the rules of HTTP/2: " + what});
}

asio::awaitable<void> Http2Wire::flush() {
    std::array<asio::const_buffer, 1> const all{asio::buffer(out_)};
    is_writing_ = true;
    auto const ec = co_await stream_->write(all);
    if (ec == asio::error::operation_aborted) co_return;  // the next co_await throws
    is_writing_ = false;
    out_.clear();
    reader_.notify();
    if (ec == net::Errc::timed_out) {
        give_up({Failure::Kind::timed_out, who_ + " took nothing for too long", 504});
    } else if (ec) {
        is_mute_ = true;  // what the peer said before it left can still be read
    }
}

// --- for streams -----------------------------------------------------------------------------------------------------

void Http2Wire::resume(http2::StreamId stream) {
    resume_content(stream);
    ring();
}

void Http2Wire::consume(http2::StreamId stream, std::size_t size) {
    consume_content(stream, size);
    ring();
}

void Http2Wire::ignore(http2::StreamId stream) {
    ignore_content(stream);
    ring();
}

void Http2Wire::reset(http2::StreamId stream, http2::ErrorCode error) {
    reset_stream(stream, error);
    ring();
}

}  // namespace pathology::proxycore::layers
