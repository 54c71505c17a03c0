#include <pathology/proxycore/http2/client_session.hpp>

#include "http2/client_machine.hpp"

namespace pathology::proxycore::http2 {

ClientSession::ClientSession(ClientSettings const& settings) : machine_(std::make_unique<ClientMachine>(settings)) {}
ClientSession::~ClientSession() = default;

std::optional<StreamId> ClientSession::submit(Request const& request, Content* content) {
    return machine_->submit(request, content);
}
void ClientSession::resume(StreamId stream) { machine_->resume(stream); }
void ClientSession::reset(StreamId stream, ErrorCode error) { machine_->reset(stream, error); }

bool ClientSession::feed(std::string_view bytes) { return machine_->feed(bytes); }
std::optional<ClientEvent> ClientSession::next() { return machine_->next(); }
void ClientSession::consume(StreamId stream, std::size_t size) { machine_->consume(stream, size); }
void ClientSession::ignore_content(StreamId stream) { machine_->ignore_content(stream); }

void ClientSession::ping() { machine_->ping(); }
std::size_t ClientSession::unanswered_pings() const { return machine_->unanswered_pings(); }
void ClientSession::go_away(ErrorCode error) { machine_->go_away(error); }
void ClientSession::abandon(std::string_view reason) { machine_->abandon(reason); }

void ClientSession::drain(std::string& out, std::size_t limit) { machine_->drain(out, limit); }

bool ClientSession::wants_write() const { return machine_->wants_write(); }
std::size_t ClientSession::queued() const { return machine_->queued(); }
bool ClientSession::is_over() const { return machine_->is_over(); }
std::optional<Failure> const& ClientSession::failure() const { return machine_->failure(); }
std::optional<Failure> const& ClientSession::peer_goaway() const { return machine_->peer_goaway(); }
bool ClientSession::accepts_requests() const { return machine_->accepts_requests(); }
std::size_t ClientSession::streams() const { return machine_->streams(); }

bool ClientSession::has_peer_settings() const { return machine_->has_peer_settings(); }
std::uint32_t ClientSession::peer_max_streams() const {
    return machine_->peer_setting(NGHTTP2_SETTINGS_MAX_CONCURRENT_STREAMS);
}
bool ClientSession::peer_allows_extended_connect() const {
    return machine_->peer_setting(NGHTTP2_SETTINGS_ENABLE_CONNECT_PROTOCOL) != 0;
}

}  // namespace pathology::proxycore::http2
