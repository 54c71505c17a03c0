// What the server sends, made into responses.
#include <algorithm>
#include <charconv>
#include <pathology/proxycore/http/escaped.hpp>
#include <utility>

#include "http2/client_machine.hpp"

namespace pathology::proxycore::http2 {
namespace {

ClientStream& ours(Stream& stream) { return static_cast<ClientStream&>(stream); }

}  // namespace

int ClientMachine::on_begin_frame(nghttp2_frame_hd const& header) {
    if (header.type == NGHTTP2_PUSH_PROMISE) {  // RFC 9113 §8.4
        hang_up(ErrorCode::protocol_error, "PUSH_PROMISE, where SETTINGS said that there is no push");
    }
    if (header.type == NGHTTP2_DATA) {
        auto* const stream = find(static_cast<StreamId>(header.stream_id));
        if (stream != nullptr) ours(*stream).announced = content_size(*stream) + header.length;
    }
    return Machine::on_begin_frame(header);
}

int ClientMachine::on_begin_headers(nghttp2_frame const& frame) {
    if (auto* const stream = find(id_of(frame))) stream->list_size = 0;
    return 0;
}

void ClientMachine::add_field(Stream& stream, std::string_view name, std::string_view value) {
    auto& response = ours(stream).response;
    if (ours(stream).has_head) {
        response.trailers.add(name, value);
    } else if (name == ":status") {
        std::from_chars(value.data(), value.data() + value.size(), response.head.status);
    } else {
        response.head.fields.add(name, value);
    }
}

void ClientMachine::take_section(Stream& any) {
    auto& stream = ours(any);
    if (stream.has_head) return;
    auto& head = stream.response.head;
    if (head.status < 100) {
        return refuse(stream, ErrorCode::protocol_error, "a status of " + std::to_string(head.status));
    }
    if (head.status >= 200) {
        stream.has_head = true;
        return announce(Happening::Kind::head, stream);
    }
    if (++stream.interims > max_interims_) {
        return refuse(stream, ErrorCode::enhance_your_calm,
                      "more than " + std::to_string(max_interims_) + " interim responses");
    }
    interims_.push_back(head);
    head.fields.clear();
    announce(Happening::Kind::interim, stream);
}

std::uint64_t& ClientMachine::content_size(Stream& stream) { return ours(stream).response.content_size; }

std::string ClientMachine::complaint_about(Stream const& any) const {
    auto const& stream = static_cast<ClientStream const&>(any);
    auto const size = std::to_string(std::max(stream.announced, stream.response.content_size));
    auto const length = stream.response.head.fields.first("content-length");
    if (length && *length != size)
        return "content-length is \"" + std::string(*length) + "\", and " + size + " bytes came";
    if (!stream.has_head) return "it begins with no head of a response";
    return "what follows the head is neither content nor trailers";
}

int ClientMachine::on_frame_received(nghttp2_frame const& frame) {
    if (frame.hd.type == NGHTTP2_SETTINGS && (frame.hd.flags & NGHTTP2_FLAG_ACK) == 0) has_peer_settings_ = true;
    if (frame.hd.type == NGHTTP2_GOAWAY) take_goaway(frame.goaway);
    return Machine::on_frame_received(frame);
}

void ClientMachine::take_goaway(nghttp2_goaway const& frame) {
    std::string_view const said(reinterpret_cast<char const*>(frame.opaque_data), frame.opaque_data_len);
    auto const code = ErrorCode{frame.error_code};
    std::string message = "GOAWAY: last stream " + std::to_string(frame.last_stream_id) + ", " + name(code);
    if (!said.empty()) message += ", \"" + http::escaped(said) + "\"";
    peer_goaway_ = Failure{code, std::move(message)};
    give_up_waiting(ErrorCode::refused_stream, peer_goaway_->message);
}

}  // namespace pathology::proxycore::http2
