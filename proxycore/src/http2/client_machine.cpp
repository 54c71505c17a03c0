// Requests, what becomes of them, and the server's GOAWAY; responses are read in client_input.cpp.
#include "http2/client_machine.hpp"

#include "http2/field_list.hpp"

namespace pathology::proxycore::http2 {
namespace {

ClientStream& ours(Stream& stream) { return static_cast<ClientStream&>(stream); }

}  // namespace

void ClientStream::renew(StreamId its_id) {
    Stream::renew(its_id);
    response.head.version = {2, 0};
    response.head.status = 0;
    response.head.fields.clear();
    response.trailers.clear();
    response.content_size = announced = 0;
    has_head = false;
    interims = 0;
}

ClientMachine::ClientMachine(ClientSettings const& settings) : Machine(settings), max_interims_(settings.max_interims) {
    begin(Side::client, session_option(settings), {{NGHTTP2_SETTINGS_ENABLE_PUSH, 0}});
}

// --- requests --------------------------------------------------------------------------------------------------------

std::optional<StreamId> ClientMachine::submit(Request const& request, Content* content) {
    if (!accepts_requests()) return std::nullopt;
    auto& stream = streams_.take(nghttp2_session_get_next_stream_id(session()));
    stream.content = content;
    FieldList const list(request);
    auto const provider = provider_of(static_cast<Stream*>(&stream));
    auto const id = nghttp2_submit_request(session(), nullptr, list.data(), list.size(),
                                           content != nullptr ? &provider : nullptr, nullptr);
    if (id < 0) {
        streams_.give_back(stream);
        return std::nullopt;
    }
    waiting_.emplace(stream.id, &stream);
    return stream.id;
}

bool ClientMachine::accepts_requests() const {
    return !is_over() && !is_leaving() && !peer_goaway_ && nghttp2_session_check_request_allowed(session()) != 0;
}

Stream* ClientMachine::find(StreamId id) const {
    if (auto* const stream = Machine::find(id)) return stream;
    auto const found = waiting_.find(id);
    return found != waiting_.end() ? found->second : nullptr;
}

void ClientMachine::reset(StreamId id, ErrorCode error) {
    auto const found = waiting_.find(id);
    if (found == waiting_.end()) return Machine::reset(id, error);
    nghttp2_submit_rst_stream(session(), NGHTTP2_FLAG_NONE, signed_id(id), static_cast<std::uint32_t>(error));
    give_up(*found->second, error, {});
}

/// Ends a stream that never reached the server.
void ClientMachine::give_up(ClientStream& stream, ErrorCode error, std::string_view reason) {
    waiting_.erase(stream.id);
    stream.reason = reason;
    announce_closed(stream, error);
    latest().is_unprocessed = true;
}

void ClientMachine::give_up_waiting(ErrorCode error, std::string_view reason) {
    while (!waiting_.empty()) give_up(*waiting_.begin()->second, error, reason);
}

void ClientMachine::abandon(std::string_view reason) {
    give_up_waiting(ErrorCode::cancel, reason);
    Machine::abandon(reason);
}

int ClientMachine::on_frame_sent(nghttp2_frame const& frame) {
    auto const found = waiting_.find(id_of(frame));
    if (frame.hd.type == NGHTTP2_HEADERS && found != waiting_.end()) {
        nghttp2_session_set_stream_user_data(session(), frame.hd.stream_id, static_cast<Stream*>(found->second));
        waiting_.erase(found);
    }
    return Machine::on_frame_sent(frame);
}

int ClientMachine::on_frame_not_sent(nghttp2_frame const& frame, int error) {
    auto const found = waiting_.find(id_of(frame));
    if (frame.hd.type != NGHTTP2_HEADERS || found == waiting_.end()) return 0;
    give_up(*found->second, ErrorCode::refused_stream, nghttp2_strerror(error));
    return 0;
}

// --- what becomes of them --------------------------------------------------------------------------------------------

std::optional<ClientEvent> ClientMachine::next() {
    auto const* const happening = next_happening();
    if (happening == nullptr) return std::nullopt;
    auto const& stream = ours(*happening->stream);
    ClientEvent event;
    event.stream = stream.id;
    event.response = &stream.response;
    event.data = happening->data;
    switch (happening->kind) {
        case Happening::Kind::interim:
            interim_ = std::move(interims_.front());
            interims_.pop_front();
            event.type = ClientEvent::Type::interim;
            event.interim = &interim_;
            break;
        case Happening::Kind::head: event.type = ClientEvent::Type::response; break;
        case Happening::Kind::data: event.type = ClientEvent::Type::data; break;
        case Happening::Kind::end: event.type = ClientEvent::Type::end; break;
        case Happening::Kind::closed:
            event.type = ClientEvent::Type::closed;
            event.error = happening->error;
            event.by_server = stream.was_reset;
            event.is_unprocessed = happening->is_unprocessed;
            event.reason = stream.reason;
            break;
    }
    return event;
}

std::vector<Stream*> ClientMachine::open_streams() {
    std::vector<Stream*> open;
    for (auto& stream : streams_) {
        if (stream.id != 0) open.push_back(&stream);
    }
    return open;
}

void ClientMachine::recycle(Stream& stream) { streams_.give_back(ours(stream)); }

/// RFC 9113 §8.7: REFUSED_STREAM, and a GOAWAY with a lower number, which nghttp2 makes the same of.
int ClientMachine::on_stream_closed(StreamId id, std::uint32_t error) {
    auto* const stream = find(id);
    if (stream == nullptr) return 0;
    if (error == NGHTTP2_REFUSED_STREAM && !stream->was_reset && peer_goaway_) stream->reason = peer_goaway_->message;
    Machine::on_stream_closed(id, error);
    latest().is_unprocessed = error == NGHTTP2_REFUSED_STREAM && !stream->is_ours;
    return 0;
}

}  // namespace pathology::proxycore::http2
