// What callers do with a session. What nghttp2 calls is in session_input.cpp and session_output.cpp.
#include <algorithm>
#include <new>
#include <utility>

#include "base64.hpp"
#include "http2/field_list.hpp"
#include "http2/session_callbacks.hpp"

namespace pathology::proxycore::http2 {
namespace {

constexpr std::uint32_t default_window = 65535;  // RFC 9113 §6.9.2

struct DeleteCallbacks {
    void operator()(nghttp2_session_callbacks* callbacks) const { nghttp2_session_callbacks_del(callbacks); }
};
struct DeleteOption {
    void operator()(nghttp2_option* option) const { nghttp2_option_del(option); }
};

std::unique_ptr<nghttp2_option, DeleteOption> make_option(Role role, SessionSettings const& settings) {
    nghttp2_option* option = nullptr;
    if (nghttp2_option_new(&option) != 0) throw std::bad_alloc();
    // nghttp2 counts reads of a header of nine bytes, not headers; on_begin_frame counts these.
    nghttp2_option_set_max_continuations(option, FrameHeader::size * (settings.max_continuations + std::size_t{1}));
    nghttp2_option_set_no_rfc9113_leading_and_trailing_ws_validation(option, settings.padded_values ? 1 : 0);
    nghttp2_option_set_max_outbound_ack(option, settings.max_acks);
    bool const updates_windows = settings.window_updates == WindowUpdates::at_once && !settings.is_observer;
    nghttp2_option_set_no_auto_window_update(option, updates_windows ? 0 : 1);
    // nghttp2 would end the connection with INTERNAL_ERROR; on_frame_received counts resets.
    if (role == Role::server) nghttp2_option_set_stream_reset_rate_limit(option, UINT64_MAX, 0);
    return std::unique_ptr<nghttp2_option, DeleteOption>(option);
}

std::vector<nghttp2_settings_entry> make_entries(Role role, SessionSettings const& settings) {
    std::vector<nghttp2_settings_entry> entries;
    if (role == Role::client) {
        entries.push_back({NGHTTP2_SETTINGS_ENABLE_PUSH, 0});
    } else {
        entries.push_back({NGHTTP2_SETTINGS_MAX_CONCURRENT_STREAMS, settings.max_streams});
        if (settings.extended_connect) entries.push_back({NGHTTP2_SETTINGS_ENABLE_CONNECT_PROTOCOL, 1});
    }
    entries.push_back({NGHTTP2_SETTINGS_INITIAL_WINDOW_SIZE, settings.stream_window});
    entries.push_back({NGHTTP2_SETTINGS_MAX_HEADER_LIST_SIZE, settings.max_header_list});
    return entries;
}

/// The field list that stands for bytes of the caller's: one byte of HPACK, which is thrown away.
nghttp2_nv placeholder_field() {
    static std::string name = ":status", value = "200";
    return {reinterpret_cast<std::uint8_t*>(name.data()), reinterpret_cast<std::uint8_t*>(value.data()), name.size(),
            value.size(), NGHTTP2_NV_FLAG_NO_COPY_NAME | NGHTTP2_NV_FLAG_NO_COPY_VALUE};
}

std::uint32_t peer_setting(nghttp2_session* session, nghttp2_settings_id id) {
    return nghttp2_session_get_remote_settings(session, id);
}

}  // namespace

void Stream::renew(StreamId its_id) {
    id = its_id;
    user_data = nullptr;
    section_size = unconsumed = 0;
    reason.clear();
    has_padded_value = has_head = reset_by_peer = reset_by_us = is_ignored = is_closed = false;
    content = nullptr;
    request.head.method.clear();
    request.head.target.clear();
    request.head.version = {2, 0};
    request.head.fields.clear();
    request.scheme.clear();
    request.authority.clear();
    request.protocol.clear();
    request.trailers.clear();
    request.content_size = request.frame_count = 0;
    request.frames.clear();
    head = {};
    has_placeholder = is_taken_over = is_finished = false;
    requested = allowed = 0;
    continues = 0;
    response.head.version = {2, 0};
    response.head.status = 0;
    response.head.fields.clear();
    response.trailers.clear();
    response.content_size = announced_size = 0;
    is_unsent = false;
    interims = 0;
}

// --- life ------------------------------------------------------------------------------------------------------------

void Session::Delete::operator()(nghttp2_session* session) const { nghttp2_session_del(session); }

Session::Session(Role role, SessionSettings const& settings)
    : role_(role),
      settings_(settings),
      streams_(std::make_unique<StreamTable>()),
      resets_left_(settings.reset_burst),
      resets_since_(std::chrono::steady_clock::now()),
      allows_push_(settings.is_observer) {  // until record_sent() gets SETTINGS that disable it
    nghttp2_session_callbacks* made = nullptr;
    if (nghttp2_session_callbacks_new(&made) != 0) throw std::bad_alloc();
    std::unique_ptr<nghttp2_session_callbacks, DeleteCallbacks> const callbacks(made);
    nghttp2_session_callbacks_set_on_begin_frame_callback(made, Callbacks::on_begin_frame);
    nghttp2_session_callbacks_set_on_begin_headers_callback(made, Callbacks::on_begin_headers);
    nghttp2_session_callbacks_set_on_header_callback(made, Callbacks::on_header);
    nghttp2_session_callbacks_set_on_invalid_header_callback(made, Callbacks::on_invalid_header);
    nghttp2_session_callbacks_set_on_frame_recv_callback(made, Callbacks::on_frame_received);
    nghttp2_session_callbacks_set_on_data_chunk_recv_callback(made, Callbacks::on_data);
    nghttp2_session_callbacks_set_on_stream_close_callback(made, Callbacks::on_stream_closed);
    nghttp2_session_callbacks_set_before_frame_send_callback(made, Callbacks::before_frame_sent);
    nghttp2_session_callbacks_set_on_frame_send_callback(made, Callbacks::on_frame_sent);
    nghttp2_session_callbacks_set_on_frame_not_send_callback(made, Callbacks::on_frame_not_sent);
    nghttp2_session_callbacks_set_send_data_callback(made, Callbacks::send_content);
    nghttp2_session_callbacks_set_error_callback2(made, Callbacks::on_error);

    nghttp2_session* session = nullptr;
    auto const option = make_option(role, settings);
    auto const make = is_server() ? nghttp2_session_server_new2 : nghttp2_session_client_new2;
    if (make(&session, made, this, option.get()) != 0) throw std::bad_alloc();
    session_.reset(session);
    if (settings.is_observer) return;
    auto const entries = make_entries(role, settings);
    nghttp2_submit_settings(session, NGHTTP2_FLAG_NONE, entries.data(), entries.size());
    ++unacknowledged_settings_;
    if (settings.connection_window > default_window) {
        nghttp2_session_set_local_window_size(session, NGHTTP2_FLAG_NONE, 0,
                                              static_cast<std::int32_t>(settings.connection_window));
    }
}

Session::~Session() = default;

Result<void> Session::upgrade(std::string_view http2_settings, http::RequestHead const& head) {
    auto const payload = decode_base64url(http2_settings);
    auto& stream = streams_->acquire(1);
    stream.request.head.method = head.method;
    stream.request.head.target = head.target;
    stream.request.head.fields = head.fields;
    stream.request.authority = head.fields.first("host").value_or("");
    stream.request.scheme = "http";
    stream.has_head = true;
    auto const* const bytes = payload ? reinterpret_cast<std::uint8_t const*>(payload->data()) : nullptr;
    bool const is_head = head.method == "HEAD";
    if (!payload || nghttp2_session_upgrade2(session_.get(), bytes, payload->size(), is_head, nullptr) != 0) {
        streams_->release(stream);
        return Failure{ErrorCode::protocol_error, "HTTP2-Settings is not valid base64url SETTINGS"};
    }
    nghttp2_session_set_stream_user_data(session_.get(), 1, &stream);
    announce(SessionEvent::Type::head, stream);
    announce(SessionEvent::Type::end, stream);
    return {};
}

// --- streams and events ----------------------------------------------------------------------------------------------

Stream* Session::find(StreamId id) const {
    auto* const stream = static_cast<Stream*>(nghttp2_session_get_stream_user_data(session_.get(), signed_id(id)));
    if (stream != nullptr) return stream->id == id ? stream : nullptr;
    return find_unsent(id);
}

Stream* Session::find_unsent(StreamId id) const {
    auto const is_before = [](Stream const* stream, StreamId wanted) { return stream->id < wanted; };
    auto const found = std::lower_bound(unsent_.begin(), unsent_.end(), id, is_before);
    return found != unsent_.end() && (*found)->id == id ? *found : nullptr;
}

void Session::announce(SessionEvent::Type type, Stream& stream, std::string_view data) {
    SessionEvent event;
    event.type = type;
    event.stream = stream.id;
    event.data = data;
    if (is_server()) {
        event.request = &stream.request;
    } else {
        event.response = &stream.response;
    }
    events_.push_back({event, &stream});
}

void Session::announce_closed(Stream& stream, ErrorCode error) {
    stream.is_closed = true;
    announce(SessionEvent::Type::closed, stream);
    auto& event = events_.back().event;
    event.error = error;
    event.by_peer = stream.reset_by_peer;
    event.reason = stream.reason;
    event.has_padded_value = stream.has_padded_value;
}

std::optional<SessionEvent> Session::next() {
    if (delivered_closed_ != nullptr) release(*std::exchange(delivered_closed_, nullptr));
    if (std::exchange(has_delivered_interim_, false)) interims_.pop_front();
    if (next_event_ == events_.size()) {
        events_.clear();
        next_event_ = 0;
        return std::nullopt;
    }
    auto& [event, stream] = events_[next_event_++];
    if (event.type == SessionEvent::Type::closed) delivered_closed_ = stream;
    has_delivered_interim_ = event.type == SessionEvent::Type::interim;
    event.user_data = stream->user_data;
    return event;
}

/// What a closed stream has left still weighs on the connection's window.
void Session::release(Stream& stream) {
    if (stream.unconsumed > 0 && manages_windows())
        nghttp2_session_consume_connection(session_.get(), stream.unconsumed);
    streams_->release(stream);
}

/// A stream whose events wait may be closed, and unknown to nghttp2: that of the last event is known without it.
void Session::set_user_data(StreamId id, void* data) {
    auto* stream = next_event_ > 0 ? events_[next_event_ - 1].stream : nullptr;
    if (stream == nullptr || stream->id != id) stream = find(id);
    if (stream != nullptr) stream->user_data = data;
}

std::size_t Session::streams() const { return streams_->size(); }

// --- windows ---------------------------------------------------------------------------------------------------------

void Session::consume(StreamId id, std::size_t size) {
    if (auto* const stream = find(id)) give_window(*stream, std::min(size, stream->unconsumed));
}

void Session::give_window(Stream& stream, std::size_t size) {
    stream.unconsumed -= size;
    if (size > 0 && manages_windows()) nghttp2_session_consume(session_.get(), signed_id(stream.id), size);
}

void Session::ignore_content(StreamId id) {
    auto* const stream = find(id);
    if (stream == nullptr || stream->is_ignored) return;
    stream->is_ignored = true;
    give_window(*stream, stream->unconsumed);
    if (nghttp2_session_get_stream_local_close(session_.get(), signed_id(id)) == 1) end_ignored(*stream);
}

/// Our message is complete: the peer need not finish its own. NO_ERROR is for servers (RFC 9113 §8.1).
void Session::end_ignored(Stream& stream) {
    if (nghttp2_session_get_stream_remote_close(session_.get(), signed_id(stream.id)) != 0) return;
    reset(stream.id, is_server() ? ErrorCode::no_error : ErrorCode::cancel);
}

// --- ends ------------------------------------------------------------------------------------------------------------

void Session::reset(StreamId id, ErrorCode error, std::string reason) {
    auto* const stream = find(id);
    if (stream == nullptr || stream->reset_by_us) return;
    bool const is_unsent = stream->is_unsent;  // nghttp2 takes it out of its queue, and calls nothing
    nghttp2_submit_rst_stream(session_.get(), NGHTTP2_FLAG_NONE, signed_id(id), static_cast<std::uint32_t>(error));
    if (is_unsent) return close_unsent(*stream, error, reason);
    stream->reset_by_us = true;
    stream->error = error;
    stream->reason = std::move(reason);
}

void Session::go_away(ErrorCode error) {
    is_leaving_ = true;
    if (error == ErrorCode::no_error) {
        nghttp2_submit_goaway(session_.get(), NGHTTP2_FLAG_NONE,
                              nghttp2_session_get_last_proc_stream_id(session_.get()), NGHTTP2_NO_ERROR, nullptr, 0);
    } else {
        nghttp2_session_terminate_session(session_.get(), static_cast<std::uint32_t>(error));
    }
}

/// Sends GOAWAY, and reads no further.
void Session::terminate(ErrorCode code, std::string message) {
    fail(code, std::move(message));
    input_ignored_ = true;
    go_away(code);
}

void Session::fail(ErrorCode code, std::string message) {
    if (!failure_) failure_ = Failure{code, std::move(message)};
}

void Session::abandon(std::string_view reason) {
    close_all_unsent(ErrorCode::cancel, reason);
    input_ignored_ = write_failed_ = true;
    streams_->for_each([&](Stream& stream) {
        if (stream.is_closed) return;
        if (stream.reason.empty()) stream.reason = reason;
        announce_closed(stream, ErrorCode::cancel);
    });
}

void Session::ping() {
    if (nghttp2_submit_ping(session_.get(), NGHTTP2_FLAG_NONE, nullptr) == 0) ++unacknowledged_pings_;
}

// --- state -----------------------------------------------------------------------------------------------------------

bool Session::wants_write() const { return !write_failed_ && nghttp2_session_want_write(session_.get()) != 0; }
bool Session::is_over() const {
    return write_failed_ || (nghttp2_session_want_read(session_.get()) == 0 && !wants_write());
}
std::size_t Session::queued_frames() const { return nghttp2_session_get_outbound_queue_size(session_.get()); }
std::uint32_t Session::peer_header_table() const {
    return peer_setting(session_.get(), NGHTTP2_SETTINGS_HEADER_TABLE_SIZE);
}
std::uint32_t Session::peer_max_frame() const { return peer_setting(session_.get(), NGHTTP2_SETTINGS_MAX_FRAME_SIZE); }
std::uint32_t Session::max_frame() const {
    return nghttp2_session_get_local_settings(session_.get(), NGHTTP2_SETTINGS_MAX_FRAME_SIZE);
}
std::uint32_t Session::peer_max_streams() const {
    return peer_setting(session_.get(), NGHTTP2_SETTINGS_MAX_CONCURRENT_STREAMS);
}
bool Session::peer_allows_extended_connect() const {
    return peer_setting(session_.get(), NGHTTP2_SETTINGS_ENABLE_CONNECT_PROTOCOL) != 0;
}

// --- responses -------------------------------------------------------------------------------------------------------

void Session::send_continue(StreamId id) {
    auto* const stream = find(id);
    if (stream == nullptr) return;
    auto const field = placeholder_field();
    auto const submitted =
        nghttp2_submit_headers(session_.get(), NGHTTP2_FLAG_NONE, signed_id(id), nullptr, &field, 1, nullptr);
    if (submitted == 0) ++stream->continues;
}

void Session::send_interim(StreamId id, http::ResponseHead const& head) {
    if (find(id) == nullptr) return;
    FieldList const list(head);
    nghttp2_submit_headers(session_.get(), NGHTTP2_FLAG_NONE, signed_id(id), nullptr, list.data(), list.size(),
                           nullptr);
}

void Session::respond(StreamId id, http::ResponseHead const& head, Content* content) {
    auto* const stream = find(id);
    if (stream == nullptr) return;
    stream->content = content;
    FieldList const list(head);
    auto const provider = Callbacks::provider_of(*stream);
    nghttp2_submit_response(session_.get(), signed_id(id), list.data(), list.size(),
                            content != nullptr ? &provider : nullptr);
}

void Session::respond(StreamId id, std::string_view head, Content* content) {
    auto* const stream = find(id);
    if (stream == nullptr) return;
    stream->head = head;
    stream->content = content;
    submit_placeholder(*stream, content != nullptr);
}

/// Lets nghttp2 do everything for a response but its field block, for which append_frame() has other bytes. The HPACK
/// state of nghttp2 is then that of a peer that does not exist.
void Session::submit_placeholder(Stream& stream, bool has_content) {
    stream.has_placeholder = true;
    auto const field = placeholder_field();
    auto const provider = Callbacks::provider_of(stream);
    nghttp2_submit_response(session_.get(), signed_id(stream.id), &field, 1, has_content ? &provider : nullptr);
}

void Session::resume(StreamId id) { nghttp2_session_resume_data(session_.get(), signed_id(id)); }

void Session::take_over(StreamId id) {
    auto* const stream = find(id);
    if (stream == nullptr) return;
    stream->is_taken_over = true;
    submit_placeholder(*stream, true);
}

void Session::request_allowance(StreamId id, std::size_t size) {
    auto* const stream = find(id);
    if (stream == nullptr) return;
    stream->requested = size;
    resume(id);
}

std::size_t Session::allowance(StreamId id) const {
    auto const* const stream = find(id);
    return stream != nullptr ? stream->allowed : 0;
}

void Session::spend_allowance(StreamId id, std::size_t size) {
    if (auto* const stream = find(id)) stream->allowed -= std::min(size, stream->allowed);
}

void Session::finish(StreamId id) {
    auto* const stream = find(id);
    if (stream == nullptr) return;
    stream->is_finished = true;
    resume(id);
}

// --- requests --------------------------------------------------------------------------------------------------------

std::optional<StreamId> Session::submit(Request const& request, Content* content, void* user_data) {
    if (!accepts_requests()) return std::nullopt;
    auto& stream = streams_->acquire(nghttp2_session_get_next_stream_id(session_.get()));
    stream.content = content;
    stream.user_data = user_data;
    return submit(stream, request, content != nullptr);
}

std::optional<StreamId> Session::submit(Stream& stream, Request const& request, bool has_content) {
    stream.is_unsent = true;
    FieldList const list(request);
    auto const provider = Callbacks::provider_of(stream);
    auto const id = nghttp2_submit_request(session_.get(), nullptr, list.data(), list.size(),
                                           has_content ? &provider : nullptr, &stream);
    if (id < 0) {
        streams_->release(stream);
        return std::nullopt;
    }
    unsent_.push_back(&stream);
    return stream.id;
}

bool Session::accepts_requests() const {
    return !is_over() && !is_leaving_ && !peer_goaway_ && nghttp2_session_check_request_allowed(session_.get()) != 0;
}

/// Closes a stream that never reached the server.
void Session::close_unsent(Stream& stream, ErrorCode error, std::string_view reason) {
    unsent_.erase(std::find(unsent_.begin(), unsent_.end(), &stream));
    stream.is_unsent = false;
    stream.reason = reason;
    announce_closed(stream, error);
    events_.back().event.is_unprocessed = true;
}

void Session::close_all_unsent(ErrorCode error, std::string_view reason) {
    while (!unsent_.empty()) close_unsent(*unsent_.front(), error, reason);
}

std::optional<bool> begins_with_preface(std::string_view bytes) {
    auto const size = std::min(bytes.size(), client_preface.size());
    if (bytes.substr(0, size) != client_preface.substr(0, size)) return false;
    if (size < client_preface.size()) return std::nullopt;
    return true;
}

}  // namespace pathology::proxycore::http2
