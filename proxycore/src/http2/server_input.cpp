// What the client sends, made into requests.
#include <pathology/proxycore/http/escaped.hpp>
#include <pathology/proxycore/http/target.hpp>
#include <utility>

#include "http2/server_machine.hpp"

namespace pathology::proxycore::http2 {
namespace {

/// The place of a pseudo-header field; null for those of a response, which nghttp2 refuses before.
std::string* pseudo_field(Request& request, std::string_view name) {
    if (name == ":method") return &request.head.method;
    if (name == ":path") return &request.head.target;
    if (name == ":scheme") return &request.scheme;
    if (name == ":authority") return &request.authority;
    if (name == ":protocol") return &request.protocol;
    return nullptr;
}

/// Whether two authorities name one place: letters have no case, and the port of the scheme may stay away.
bool is_same_place(std::string_view one, std::string_view other, std::string_view scheme) {
    auto const a = http::parse_authority(one), b = http::parse_authority(other);
    if (!a.valid || !b.valid) return one == other;
    std::string_view const usual = scheme == "https" ? "443" : scheme == "http" ? "80" : "";
    auto const port_of = [&](http::Authority const& named) { return named.port.empty() ? usual : named.port; };
    return http::equals_ignoring_case(a.host, b.host) && port_of(a) == port_of(b);
}

/// What makes a head malformed and is nothing to nghttp2: RFC 9113 §8.3.1. Empty = nothing does.
std::string fault_of(Request const& request) {
    auto const& authority = request.authority;
    if (authority.find('@') != std::string::npos && (request.scheme == "http" || request.scheme == "https"))
        return "the authority " + http::quoted(authority) + " has user information";
    auto const host = request.head.fields.first("host");
    if (!host || authority.empty() || is_same_place(*host, authority, request.scheme)) return {};
    return "the Host field says " + http::quoted(*host) + " and :authority " + http::quoted(authority);
}

void add_frame(Request& request, FrameHeader const& header) {
    ++request.frame_count;
    if (request.frames.size() < most_frames_kept) request.frames.push_back(header);
}

ServerStream& ours(Stream& stream) { return static_cast<ServerStream&>(stream); }

}  // namespace

void ServerMachine::note(nghttp2_frame_hd const& header) {
    begun_ = {static_cast<std::uint32_t>(header.length), header.type, header.flags, false,
              static_cast<StreamId>(header.stream_id)};
    if (begun_.stream == 0) return add_frame(between_, begun_);
    if (auto* const stream = find_ours(begun_.stream)) add_frame(stream->request, begun_);
}

int ServerMachine::on_begin_frame(nghttp2_frame_hd const& header) {
    note(header);
    // RFC 9113 §5.1.1: a new stream has a higher number than all before. One that was refused may still have trailers.
    bool const is_old = header.type == NGHTTP2_HEADERS && header.stream_id % 2 == 1 && !has_refused() &&
                        header.stream_id < nghttp2_session_get_last_proc_stream_id(session());
    if (is_old && nghttp2_session_find_stream(session(), header.stream_id) == nullptr) {
        hang_up(ErrorCode::protocol_error, "HEADERS for stream " + std::to_string(header.stream_id) +
                                               ", which is none and lower than an earlier one");
    }
    return Machine::on_begin_frame(header);
}

int ServerMachine::on_begin_headers(nghttp2_frame const& frame) {
    if (frame.headers.cat != NGHTTP2_HCAT_REQUEST) {
        if (auto* const stream = find(id_of(frame))) stream->list_size = 0;  // trailers
        return 0;
    }
    auto& stream = streams_.take(id_of(frame));
    nghttp2_session_set_stream_user_data(session(), frame.hd.stream_id, static_cast<Stream*>(&stream));
    std::swap(stream.request.frames, between_.frames);
    stream.request.frame_count = std::exchange(between_.frame_count, 0);
    add_frame(stream.request, begun_);
    return 0;
}

void ServerMachine::add_field(Stream& stream, std::string_view name, std::string_view value) {
    auto& request = ours(stream).request;
    if (ours(stream).has_head) {
        request.trailers.add(name, value);
    } else if (auto* const place = pseudo_field(request, name)) {
        *place = value;
    } else {
        request.head.fields.add(name, value);
    }
}

void ServerMachine::take_section(Stream& stream) {
    if (std::exchange(ours(stream).has_head, true)) return;
    auto fault = fault_of(ours(stream).request);
    if (!fault.empty()) return refuse(stream, ErrorCode::protocol_error, std::move(fault));
    announce(Happening::Kind::head, stream);
}

std::uint64_t& ServerMachine::content_size(Stream& stream) { return ours(stream).request.content_size; }

}  // namespace pathology::proxycore::http2
