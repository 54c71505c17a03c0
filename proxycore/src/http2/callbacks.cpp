#include "http2/callbacks.hpp"

#include "http2/machine.hpp"

namespace pathology::proxycore::http2 {
namespace {

Machine& machine(void* user_data) { return *static_cast<Machine*>(user_data); }

std::string_view text(std::uint8_t const* bytes, std::size_t size) {
    return {reinterpret_cast<char const*>(bytes), size};
}

int on_begin_frame(nghttp2_session*, nghttp2_frame_hd const* header, void* user_data) {
    return machine(user_data).on_begin_frame(*header);
}

int on_begin_headers(nghttp2_session*, nghttp2_frame const* frame, void* user_data) {
    return machine(user_data).on_begin_headers(*frame);
}

int on_header(nghttp2_session*, nghttp2_frame const* frame, std::uint8_t const* name, std::size_t name_size,
              std::uint8_t const* value, std::size_t value_size, std::uint8_t, void* user_data) {
    return machine(user_data).on_header(*frame, text(name, name_size), text(value, value_size));
}

int on_invalid_header(nghttp2_session*, nghttp2_frame const* frame, std::uint8_t const* name, std::size_t name_size,
                      std::uint8_t const*, std::size_t, std::uint8_t, void* user_data) {
    return machine(user_data).on_invalid_header(*frame, text(name, name_size));
}

int on_frame_received(nghttp2_session*, nghttp2_frame const* frame, void* user_data) {
    return machine(user_data).on_frame_received(*frame);
}

int on_data(nghttp2_session*, std::uint8_t, std::int32_t stream, std::uint8_t const* data, std::size_t size,
            void* user_data) {
    return machine(user_data).on_data(static_cast<StreamId>(stream), text(data, size));
}

int on_stream_closed(nghttp2_session*, std::int32_t stream, std::uint32_t error, void* user_data) {
    return machine(user_data).on_stream_closed(static_cast<StreamId>(stream), error);
}

int before_frame_sent(nghttp2_session*, nghttp2_frame const* frame, void* user_data) {
    return machine(user_data).before_frame_sent(*frame);
}

int on_frame_sent(nghttp2_session*, nghttp2_frame const* frame, void* user_data) {
    return machine(user_data).on_frame_sent(*frame);
}

ssize_t read_content(nghttp2_session*, std::int32_t, std::uint8_t*, std::size_t limit, std::uint32_t* flags,
                     nghttp2_data_source* source, void* user_data) {
    return machine(user_data).read_content(*static_cast<Stream*>(source->ptr), limit, *flags);
}

int send_content(nghttp2_session*, nghttp2_frame* frame, std::uint8_t const* header, std::size_t /*size*/,
                 nghttp2_data_source* source, void* user_data) {
    return machine(user_data).send_content(*static_cast<Stream*>(source->ptr), *frame, header);
}

int on_frame_not_sent(nghttp2_session*, nghttp2_frame const* frame, int error, void* user_data) {
    return machine(user_data).on_frame_not_sent(*frame, error);
}

int on_error(nghttp2_session*, int, char const* message, std::size_t size, void* user_data) {
    machine(user_data).on_error({message, size});
    return 0;
}

}  // namespace

std::unique_ptr<nghttp2_session_callbacks, DeleteCallbacks> session_callbacks() {
    nghttp2_session_callbacks* callbacks = nullptr;
    if (nghttp2_session_callbacks_new(&callbacks) != 0) throw std::bad_alloc();
    nghttp2_session_callbacks_set_on_begin_frame_callback(callbacks, on_begin_frame);
    nghttp2_session_callbacks_set_on_begin_headers_callback(callbacks, on_begin_headers);
    nghttp2_session_callbacks_set_on_header_callback(callbacks, on_header);
    nghttp2_session_callbacks_set_on_invalid_header_callback(callbacks, on_invalid_header);
    nghttp2_session_callbacks_set_on_frame_recv_callback(callbacks, on_frame_received);
    nghttp2_session_callbacks_set_on_data_chunk_recv_callback(callbacks, on_data);
    nghttp2_session_callbacks_set_on_stream_close_callback(callbacks, on_stream_closed);
    nghttp2_session_callbacks_set_before_frame_send_callback(callbacks, before_frame_sent);
    nghttp2_session_callbacks_set_on_frame_send_callback(callbacks, on_frame_sent);
    nghttp2_session_callbacks_set_on_frame_not_send_callback(callbacks, on_frame_not_sent);
    nghttp2_session_callbacks_set_send_data_callback(callbacks, send_content);
    nghttp2_session_callbacks_set_error_callback2(callbacks, on_error);
    return std::unique_ptr<nghttp2_session_callbacks, DeleteCallbacks>(callbacks);
}

Option session_option(SessionSettings const& settings) {
    nghttp2_option* option = nullptr;
    if (nghttp2_option_new(&option) != 0) throw std::bad_alloc();
    // It counts the reads of a header of nine bytes, not the headers; the machine counts these.
    nghttp2_option_set_max_continuations(option, FrameHeader::size * (settings.max_continuations + std::size_t{1}));
    nghttp2_option_set_max_outbound_ack(option, settings.max_acks);
    nghttp2_option_set_no_auto_window_update(option, settings.window_updates == WindowUpdates::when_consumed ? 1 : 0);
    return Option(option);
}

nghttp2_data_provider provider_of(void* stream) {
    nghttp2_data_provider provider{};
    provider.source.ptr = stream;
    provider.read_callback = read_content;
    return provider;
}

}  // namespace pathology::proxycore::http2
