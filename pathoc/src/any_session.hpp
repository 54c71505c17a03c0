// A session of either protocol: HTTP/1 or HTTP/2.
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
        auto const ignore_frames = [](bool, http2::Frame const&) {};
        if (protocol == language::Protocol::http2) {
            http2_.emplace(std::move(stream), settings, Http2Preface::full, ignore_frames);
        } else {
            http1_.emplace(std::move(stream), settings);
        }
    }

    /// The stream for a message, to be called once for each, with the number of times that it was sent before; always
    /// 1 for HTTP/1.
    std::uint32_t stream_of(language::Message const& message, std::uint64_t repetition) {
        if (http2_) stream_ = streams_.next(message, repetition);
        return stream_;
    }

    boost::asio::awaitable<Result<SendResult>> send(SendRequest message) {
        return http2_ ? http2_->send(message, stream_) : http1_->send(message);
    }
    boost::asio::awaitable<Result<Response>> exchange(SendRequest message) {
        return http2_ ? http2_->exchange(message, stream_) : http1_->exchange(message);
    }

    std::string const& sent() const { return http2_ ? http2_->sent() : http1_->sent(); }
    std::string partial() const { return http2_ ? http2_->partial() : http1_->partial(); }
    bool is_usable() const { return !http2_ || http2_->is_usable(); }

    /// The HTTP/1 session, which alone has pipelining and upgrades; nullptr for HTTP/2.
    Session* http1() { return http1_ ? &*http1_ : nullptr; }

private:
    std::optional<Session> http1_;
    std::optional<Http2Session> http2_;
    language::ClientStreams streams_;
    std::uint32_t stream_ = 1;
};

}  // namespace pathology::pathoc
