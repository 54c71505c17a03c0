#include "layers/http1/output.hpp"

#include <array>
#include <pathology/proxycore/http1/serialise.hpp>

namespace pathology::proxycore::layers {
namespace {

constexpr std::size_t small_body = 16 * 1024;  // is copied behind the head: cheaper than a second buffer
constexpr std::size_t max_kept = 64 * 1024;    // capacity of the buffer between messages

using Kind = Framing::Kind;

}  // namespace

std::string& Http1Output::begin(Framing framing) {
    framing_ = framing;
    sent_ = 0;
    is_in_order_ = false;
    if (head_.capacity() > max_kept) std::string().swap(head_);
    head_.clear();
    return head_;
}

asio::awaitable<net::error_code> Http1Output::send_all(std::string_view body, http::Fields const* trailers) {
    if (framing_.kind == Kind::none) body = {};
    sent_ += body.size();
    bool const is_chunked = framing_.kind == Kind::chunked;
    std::string const tail =
        is_chunked ? http1::last_chunk(trailers != nullptr ? *trailers : http::Fields()) : std::string();
    if (is_chunked && !body.empty()) head_.append(http1::chunk_header(body.size()));
    std::string const after = is_chunked && !body.empty() ? std::string(http1::chunk_end) + tail : tail;
    if (body.size() <= small_body) {
        head_.append(body).append(after);
        is_inside_ = true;
        auto const sent = stream_.write_now(asio::buffer(head_));
        net::error_code ec;
        if (sent < head_.size() || stream_.has_unsent()) ec = co_await write(std::string_view(head_).substr(sent));
        if (!ec) end();
        co_return ec;
    }
    auto const ec = co_await write(head_, body, after);
    if (!ec) end();
    co_return ec;
}

asio::awaitable<net::error_code> Http1Output::send_head() { return write(head_); }

asio::awaitable<net::error_code> Http1Output::send_piece(std::string_view piece) {
    if (piece.empty() || framing_.kind == Kind::none) co_return net::error_code();
    sent_ += piece.size();
    if (framing_.kind != Kind::chunked) co_return co_await write(piece);
    auto const header = http1::chunk_header(piece.size());
    co_return co_await write(header, piece, http1::chunk_end);
}

asio::awaitable<net::error_code> Http1Output::finish(http::Fields const* trailers) {
    net::error_code ec;
    if (framing_.kind == Kind::chunked) {
        auto const last = http1::last_chunk(trailers != nullptr ? *trailers : http::Fields());
        ec = co_await write(last);
    }
    if (!ec) end();
    co_return ec;
}

asio::awaitable<net::error_code> Http1Output::send_aside(std::string_view bytes) {
    bool const was_inside = is_inside_;
    auto const ec = co_await write(bytes);
    is_inside_ = was_inside;
    co_return ec;
}

asio::awaitable<net::error_code> Http1Output::write(std::string_view first, std::string_view second,
                                                    std::string_view third) {
    is_inside_ = true;
    std::array<asio::const_buffer, 3> const all{asio::buffer(first), asio::buffer(second), asio::buffer(third)};
    auto const used = second.empty() ? 1u : third.empty() ? 2u : 3u;
    co_return co_await stream_.write(std::span(all).first(used));
}

void Http1Output::end() {
    is_inside_ = false;
    is_in_order_ = framing_.kind != Kind::until_close && (framing_.kind != Kind::length || sent_ == framing_.length);
}

Failure send_failure(net::error_code code, std::string_view who) {
    bool const is_late = code == net::Errc::timed_out;
    auto const what = is_late ? std::string(" did not read for too long") : " disconnected: " + net::describe(code);
    return {is_late ? Errc::timed_out : Errc::closed, std::string(who) + what, is_late ? 504u : 502u};
}

}  // namespace pathology::proxycore::layers
