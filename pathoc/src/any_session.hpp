// A session of either protocol, for those who only send and hear.
#pragma once

#include <boost/asio/awaitable.hpp>
#include <memory>
#include <optional>
#include <pathology/language/http2.hpp>
#include <pathology/pathoc/session.hpp>
#include <string>
#include <utility>

#include "http2_session.hpp"

namespace pathology::pathoc {

class AnySession {
public:
    AnySession(std::unique_ptr<proxycore::net::Stream> stream, SessionSettings settings, language::Protocol protocol) {
        auto const nobody_watches = [](bool, http2::Frame const&) {};
        if (protocol == language::Protocol::http2) {
            http2_.emplace(std::move(stream), settings, Http2Greeting::full, nobody_watches);
        } else {
            http1_.emplace(std::move(stream), settings);
        }
    }

    /// The stream that a message goes out on; asked once for each message. 1 by HTTP/1.
    std::uint32_t stream_of(language::Message const& message) {
        if (http2_) stream_ = streams_.next(message);
        return stream_;
    }

    boost::asio::awaitable<Result<Written>> send(Outgoing message) {
        return http2_ ? http2_->send(message, stream_) : http1_->send(message);
    }
    boost::asio::awaitable<Result<Reply>> exchange(Outgoing message) {
        return http2_ ? http2_->exchange(message, stream_) : http1_->exchange(message);
    }

    std::string const& sent() const { return http2_ ? http2_->sent() : http1_->sent(); }
    std::string partial() const { return http2_ ? http2_->partial() : http1_->partial(); }
    bool is_usable() const { return !http2_ || http2_->is_usable(); }

    /// What HTTP/2 has not: replies in the order of requests, and what follows an upgrade. Null by HTTP/2.
    Session* http1() { return http1_ ? &*http1_ : nullptr; }

private:
    std::optional<Session> http1_;
    std::optional<Http2Session> http2_;
    language::ClientStreams streams_;
    std::uint32_t stream_ = 1;
};

}  // namespace pathology::pathoc
