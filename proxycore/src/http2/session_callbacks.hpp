// What nghttp2 calls. The first block reads (session_input.cpp), the second writes (session_output.cpp).
#pragma once
#include <nghttp2/nghttp2.h>

#include <pathology/proxycore/http2/session.hpp>
#include <string_view>

#include "http2/stream.hpp"

namespace pathology::proxycore::http2 {

inline std::int32_t signed_id(StreamId stream) { return static_cast<std::int32_t>(stream); }
inline StreamId id_of(nghttp2_frame const& frame) { return static_cast<StreamId>(frame.hd.stream_id); }
inline std::string_view text_of(std::uint8_t const* bytes, std::size_t size) {
    return {reinterpret_cast<char const*>(bytes), size};
}

/// Results are nghttp2's codes; `session` is the Session.
struct Session::Callbacks {
    static int on_begin_frame(nghttp2_session*, nghttp2_frame_hd const* header, void* session);
    static int on_begin_headers(nghttp2_session*, nghttp2_frame const* frame, void* session);
    static int on_header(nghttp2_session*, nghttp2_frame const* frame, std::uint8_t const* name, std::size_t name_size,
                         std::uint8_t const* value, std::size_t value_size, std::uint8_t flags, void* session);
    static int on_invalid_header(nghttp2_session*, nghttp2_frame const* frame, std::uint8_t const*, std::size_t,
                                 std::uint8_t const*, std::size_t, std::uint8_t, void* session);
    static int on_frame_received(nghttp2_session*, nghttp2_frame const* frame, void* session);
    static int on_data(nghttp2_session*, std::uint8_t, std::int32_t stream, std::uint8_t const* data, std::size_t size,
                       void* session);
    static int on_stream_closed(nghttp2_session*, std::int32_t stream, std::uint32_t error, void* session);
    static int on_error(nghttp2_session*, int, char const* message, std::size_t size, void* session);

    static int before_frame_sent(nghttp2_session*, nghttp2_frame const* frame, void* session);
    static int on_frame_sent(nghttp2_session*, nghttp2_frame const* frame, void* session);
    static int on_frame_not_sent(nghttp2_session*, nghttp2_frame const* frame, int error, void* session);
    static ssize_t read_content(nghttp2_session*, std::int32_t, std::uint8_t*, std::size_t limit, std::uint32_t* flags,
                                nghttp2_data_source* source, void* session);
    static int send_content(nghttp2_session*, nghttp2_frame* frame, std::uint8_t const* header, std::size_t,
                            nghttp2_data_source* source, void* session);
    /// A provider for a stream's content.
    static nghttp2_data_provider provider_of(Stream& stream);

private:
    // --- steps of the functions above ---
    static void record_frame(Session& session, nghttp2_frame_hd const& header);
    static void remember_windows(Session& session);
    static void check_windows(Session& session);
    static bool is_flooded_by(Session& session, nghttp2_frame const& frame);
    static bool resets_too_often(Session& session);
    static bool is_too_large(Session const& session, Stream const& stream);
    static void on_section(Session& session, Stream& stream);
    static void on_request_head(Session& session, Stream& stream);
    static void on_response_head(Session& session, Stream& stream);
    static void on_goaway(Session& session, nghttp2_goaway const& frame);
    static std::string reason_for(Session& session, Stream const& stream, std::uint32_t error);
    static bool send_trailers(Session& session, Stream const& stream);
};

/// The session that a callback was registered with.
inline Session& session_of(void* pointer) { return *static_cast<Session*>(pointer); }

}  // namespace pathology::proxycore::http2
