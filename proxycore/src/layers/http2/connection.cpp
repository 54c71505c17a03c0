#include "layers/http2/connection.hpp"

#include <algorithm>
#include <utility>

namespace pathology::proxycore::layers {
namespace {

http2::SessionSettings session_settings(HttpSettings const& http) {
    http2::SessionSettings settings;
    settings.window_updates = http2::WindowUpdates::when_consumed;
    settings.max_header_list = static_cast<std::uint32_t>(std::min<std::size_t>(http.limits.head, 0x7fffffff));
    settings.extended_connect = http.websocket;
    settings.padded_values = !http.validate_inbound_headers;
    return settings;
}

}  // namespace

Http2Connection::Http2Connection(std::unique_ptr<net::Stream> stream, std::string peer, net::TimeLimit limit,
                                 http2::Role role, HttpSettings const& settings)
    : stream_(std::move(stream)),
      timers_(async::TimerWheel::of(stream_->executor())),
      peer_(std::move(peer)),
      limit_(limit),
      session_(role, session_settings(settings)),
      driver_(*stream_, session_, *this) {
    stream_->set_time_limit(limit_);
}

void Http2Connection::close() {
    if (has_ended()) return;
    driver_.send_goaway_now();
    end_with({Errc::closed, "the connection to " + peer_ + " was closed here"});
}

/// Nothing can be sent or received any more.
void Http2Connection::end_with(Failure failure) {
    if (has_ended()) return;
    end_ = std::move(failure);
    session_.abandon(end_->message);
    on_events();
    driver_.close();
}

bool Http2Connection::on_read_error(net::error_code ec) {
    if (ec != net::Errc::timed_out || driver_.is_output_closed()) {
        auto const why = ec == asio::error::eof ? " ended the connection" : " disconnected: " + net::describe(ec);
        end_with({Errc::closed, peer_ + why});
    } else if (session_.streams() == 0) {
        session_.go_away(http2::ErrorCode::no_error);
    } else if (session_.unacknowledged_pings() > 0) {
        end_with({Errc::timed_out, peer_ + " was silent for too long", 504});
    } else {
        session_.ping();
    }
    return !has_ended();
}

/// What the peer sent before it left can still be read, so only silence ends the connection.
void Http2Connection::on_write_error(net::error_code ec) {
    if (ec == net::Errc::timed_out) end_with({Errc::timed_out, peer_ + " did not read for too long", 504});
}

bool Http2Connection::is_finished() {
    if (!session_.is_over()) return false;
    if (auto const& broken = session_.failure()) {
        auto const what = broken->message.empty() ? name(broken->code) : broken->message;
        end_with({Errc::malformed, peer_ + " broke the rules of HTTP/2: " + what});
    } else {
        end_with({Errc::closed, "the connection to " + peer_ + " came to its end"});
    }
    return true;
}

}  // namespace pathology::proxycore::layers
