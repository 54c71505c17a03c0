#include "support/frame_server.hpp"

#include <array>
#include <chrono>
#include <pathology/proxycore/http2/frame_reader.hpp>

#include "http2/frames.hpp"

namespace pathology::pathoc::test {
namespace {

namespace asio = boost::asio;
namespace http2 = proxycore::http2;
namespace net = proxycore::net;

/// What the script has next for a frame of the client; moves it out.
std::string next_for(http2::Frame const& frame, FrameScript& script) {
    auto const type = http2::FrameType{frame.header.type};
    bool const is_content = type == http2::FrameType::headers || type == http2::FrameType::data;
    if (!is_content) return {};
    auto& from = (frame.header.flags & http2::flag::end_stream) != 0 ? script.responses : script.replies;
    if (from.empty()) return {};
    auto bytes = std::move(from.front());
    from.erase(from.begin());
    return bytes;
}

}  // namespace

FrameServer::FrameServer(FrameScript script)
    : script_(std::move(script)),
      server_({}, [this](net::Connection connection) { return serve(std::move(connection)); }) {
    server_.start().value();
}

std::string FrameServer::received() const { return http2::test::lines(wire()); }

std::string FrameServer::wire() const {
    std::unique_lock lock(mutex_);
    changed_.wait_for(lock, std::chrono::seconds(20), [this] { return has_ended_; });
    return wire_;
}

void FrameServer::record(std::string_view bytes) {
    std::scoped_lock const lock(mutex_);
    wire_ += bytes;
}

void FrameServer::record_end() {
    std::scoped_lock const lock(mutex_);
    has_ended_ = true;
    changed_.notify_all();
}

asio::awaitable<void> FrameServer::serve(net::Connection connection) {
    auto script = script_;
    auto preface_left = http2::client_preface.size();
    http2::FrameReader frames;
    std::array<char, 16384> buffer{};
    co_await net::send(*connection.stream, script.hello);
    for (;;) {
        auto const got = co_await connection.stream->read_some(asio::buffer(buffer));
        if (got.n == 0) co_return record_end();
        std::string_view bytes(buffer.data(), got.n);
        auto const skipped = std::min(preface_left, bytes.size());
        preface_left -= skipped;
        frames.feed(bytes.substr(skipped));
        for (auto next = frames.next(); next && *next; next = frames.next()) {
            record(encode((*next)->header).append((*next)->payload));
            auto const left = script.responses.size();
            auto const reply = next_for(**next, script);
            co_await net::send(*connection.stream, reply);
            bool const is_last = left == 1 && script.responses.empty();
            if (script.closes && is_last) connection.stream->close(net::CloseMode::half_close);
        }
    }
}

}  // namespace pathology::pathoc::test
