#include "http2_exchange.hpp"

#include <algorithm>
#include <pathology/language/timing.hpp>
#include <pathology/proxycore/http2/names.hpp>

namespace pathology::pathod {

namespace http2 = proxycore::http2;

void Http2Exchange::begin(http2::StreamId its_stream, http2::Request const& request) {
    stream = its_stream;
    received.begin(its_stream, request);
    log_context.entry.reset();
    log_context.fault.clear();
    response.reset();
    performance = {};
    recording.bytes.clear();
    is_logged = is_closed = is_head_counted_ = is_early = has_end_ = is_awaiting_place = false;
    read_ = {};
    unread_ = 0;
    reading_for_ = UINT64_MAX;
    next_read_.reset();
    wake.reset();
    pacer = {};
    rest_ = {};
}

void Http2Exchange::take(OutgoingResponse its_response, std::size_t keep_bytes) {
    response.emplace(std::move(its_response));
    recording.limit = keep_bytes;
    if (auto const* plain = parts()) {
        left_ = plain->body.length;
        player_.start(plain->body, response->seed);
    } else {
        player.set_progress(is_early ? read_ : RequestProgress{0, true});
        player.start(response->rendered_response(), response->seed, stream);
    }
}

void Http2Exchange::receive(std::string_view data) {
    received.add_data(data);
    unread_ += data.size();
}

std::size_t Http2Exchange::read_on() {
    bool const is_held = is_early && !player.is_finished();
    auto const place = is_held ? player.place() : std::nullopt;
    if (is_held && reading_for_ != player.message_number()) {
        reading_for_ = player.message_number();
        next_read_.reset();
        reading_ = language::ReadPacer(place && place->rate ? language::pieces_of(*place->rate) : language::SetRate{});
    }
    auto const limit = is_held ? content_before(place) : UINT64_MAX;
    std::size_t now = 0;
    while (unread_ > 0 && read_.content < limit) {
        if (is_held && !next_read_) next_read_ = reading_.pause();
        if (is_held && next_read_ && *next_read_ > std::chrono::steady_clock::now()) break;
        next_read_.reset();
        auto const all = static_cast<std::size_t>(std::min(unread_, limit - read_.content));
        auto const size = is_held ? reading_.limit(all) : all;
        if (is_held) reading_.consume(size);
        unread_ -= size;
        read_.content += size;
        now += size;
    }
    read_.is_whole = has_end_ && unread_ == 0;
    player.set_progress(read_);
    return now;
}

void Http2Exchange::count_head() {
    if (is_head_counted_) return;
    is_head_counted_ = true;
    // The session writes the head with its own stream; the constant one has another, which must not be in a log.
    auto head = parts()->head;
    if (recording.limit > 0) language::set_stream(head, stream);
    count(head);
}

std::optional<http2::Content::Piece> Http2Exchange::peek(std::size_t limit) {
    if (rest_.empty() && left_ > 0) {
        auto action = player_.next();
        if (!action) {
            performance.spec = action.error();
            return std::nullopt;
        }
        auto const* send = std::get_if<language::Send>(&*action);
        if (send != nullptr) rest_ = {send->bytes.data(), send->bytes.size()};
    }
    auto const bytes = rest_.substr(0, limit);
    // The last piece carries END_STREAM, so no empty DATA frame follows it.
    return Piece{bytes, bytes.size() == left_};
}

void Http2Exchange::consume(std::size_t size) {
    count_head();
    left_ -= size;
    if (recording.limit > 0) {
        // The session makes the DATA header; the recording repeats it, so that it has the bytes of the wire.
        http2::FrameHeader header;
        header.length = static_cast<std::uint32_t>(size);
        header.flags = left_ == 0 ? http2::flag::end_stream : std::uint8_t{0};
        header.stream = stream;
        recording.append(encode(header));
        recording.append(rest_.substr(0, size));
    }
    performance.bytes_written += http2::FrameHeader::size + size;
    rest_.remove_prefix(size);
}

bool Http2Exchange::ends_with_stream() const {
    auto const& messages = response->rendered_response().messages;
    return std::all_of(messages.begin(), messages.end(), [](auto const& message) { return message.obeys_windows; });
}

void Http2Exchange::count(std::string_view bytes) {
    performance.bytes_written += bytes.size();
    if (recording.limit > 0) recording.append(bytes);
}

}  // namespace pathology::pathod
