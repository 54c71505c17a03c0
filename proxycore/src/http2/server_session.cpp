#include <pathology/proxycore/http2/server_session.hpp>

#include <algorithm>

#include "http2/server_machine.hpp"

namespace pathology::proxycore::http2 {

ServerSession::ServerSession(ServerSettings const& settings) : machine_(std::make_unique<ServerMachine>(settings)) {}
ServerSession::~ServerSession() = default;

Result<void> ServerSession::upgrade(std::string_view http2_settings, http::RequestHead const& head) {
    return machine_->upgrade(http2_settings, head);
}

bool ServerSession::feed(std::string_view bytes) { return machine_->feed(bytes); }
std::optional<Event> ServerSession::next() { return machine_->next(); }

void ServerSession::consume(StreamId stream, std::size_t size) { machine_->consume(stream, size); }
void ServerSession::ignore_content(StreamId stream) { machine_->ignore_content(stream); }

void ServerSession::send_continue(StreamId stream) { machine_->send_continue(stream); }
void ServerSession::inform(StreamId stream, http::ResponseHead const& head) { machine_->inform(stream, head); }
void ServerSession::respond(StreamId stream, http::ResponseHead const& head, Content* content) {
    machine_->respond(stream, head, content);
}
void ServerSession::respond(StreamId stream, std::string_view head, Content* content) {
    machine_->respond(stream, head, content);
}
void ServerSession::resume(StreamId stream) { machine_->resume(stream); }

void ServerSession::take_over(StreamId stream) { machine_->take_over(stream); }
void ServerSession::ask_allowance(StreamId stream, std::size_t size) { machine_->ask_allowance(stream, size); }
std::size_t ServerSession::allowance(StreamId stream) const {
    auto const* found = machine_->find_ours(stream);
    return found != nullptr ? found->allowed : 0;
}
void ServerSession::spend_allowance(StreamId stream, std::size_t size) {
    if (auto* found = machine_->find_ours(stream)) found->allowed -= std::min(size, found->allowed);
}
void ServerSession::finish(StreamId stream) { machine_->finish(stream); }

void ServerSession::reset(StreamId stream, ErrorCode error) { machine_->reset(stream, error); }
void ServerSession::go_away(ErrorCode error) { machine_->go_away(error); }
void ServerSession::ping() { machine_->ping(); }
std::size_t ServerSession::unanswered_pings() const { return machine_->unanswered_pings(); }
void ServerSession::abandon(std::string_view reason) { machine_->abandon(reason); }
std::optional<StreamId> ServerSession::drain(std::string& out, std::size_t limit) {
    return machine_->drain(out, limit);
}

bool ServerSession::wants_write() const { return machine_->wants_write(); }
std::size_t ServerSession::queued() const { return machine_->queued(); }
bool ServerSession::is_over() const { return machine_->is_over(); }
std::optional<Failure> const& ServerSession::failure() const { return machine_->failure(); }
std::size_t ServerSession::streams() const { return machine_->streams(); }

std::uint32_t ServerSession::peer_header_table() const {
    return machine_->peer_setting(NGHTTP2_SETTINGS_HEADER_TABLE_SIZE);
}
std::uint32_t ServerSession::peer_max_frame() const { return machine_->peer_setting(NGHTTP2_SETTINGS_MAX_FRAME_SIZE); }

std::optional<bool> begins_with_preface(std::string_view bytes) {
    auto const size = std::min(bytes.size(), client_preface.size());
    if (bytes.substr(0, size) != client_preface.substr(0, size)) return false;
    if (size < client_preface.size()) return std::nullopt;
    return true;
}

}  // namespace pathology::proxycore::http2
