// A memory BIO pump: OpenSSL never sees a socket. TlsStream moves the bytes, the engine only transforms them.
//
//            prepare/commit, feed                          outgoing/consume, take_outgoing
//   stream ─────────────────────▶ incoming ─┐          ┌─ outgoing ─────────────────────────▶ stream
//                                           ▼          │
//                                      BIO read   BIO write
//                                           └── SSL ───┘
//                                     read() │     ▲ write()
//                                            ▼     │
//                                          plain text
//
// Each call of OpenSSL may read incoming and append to outgoing; a step that wants input is called again after more was
// fed. A failure is final.
//
// The error queue of OpenSSL belongs to the thread, not to the connection. It is cleared before each call whose result
// is examined, since SSL_get_error() reads it.
#include <pathology/proxycore/tls/engine.hpp>

#include <openssl/err.h>

#include <algorithm>
#include <utility>

#include "tls/certificate.hpp"
#include "tls/engine_state.hpp"
#include "tls/leaf_names.hpp"

namespace pathology::proxycore::tls {
namespace {

constexpr std::size_t room_for_records = 256;  // overhead of TLS on 64 KiB, in at most four records

void verify_host(SSL* ssl, std::string const& host) {
    // RFC 9525 §6: only names in subjectAltName count, and `*` stands for a whole label.
    SSL_set_hostflags(ssl, X509_CHECK_FLAG_NO_PARTIAL_WILDCARDS | X509_CHECK_FLAG_NEVER_CHECK_SUBJECT);
    if (is_address(host)) {
        X509_VERIFY_PARAM_set1_ip_asc(SSL_get0_param(ssl), host.c_str());
    } else {
        SSL_set1_host(ssl, host.c_str());
    }
}

/// The same as the macro SSL_set_tlsext_host_name(), without its old-style casts.
bool ask_for(SSL* ssl, std::string name) {
    return SSL_ctrl(ssl, SSL_CTRL_SET_TLSEXT_HOSTNAME, TLSEXT_NAMETYPE_host_name, name.data()) == 1;
}

std::string_view text_of(char const* text) { return text != nullptr ? std::string_view(text) : std::string_view(); }

}  // namespace

ServerName ServerName::of(std::string const& host) {
    ServerName name;
    if (!is_address(host)) name.sni = host;
    name.verified_host = host;
    return name;
}

Engine::Engine(AcceptContext const& context, IdentityChooser chooser)
    : state_(std::make_unique<State>(context.state().ctx.get(), State::Side::server)) {
    state_->chooser = std::move(chooser);
    state_->alpn = context.state().alpn;
}

Engine::Engine(ConnectContext const& context, ServerName const& name)
    : state_(std::make_unique<State>(context.state().ctx.get(), State::Side::client)) {
    auto* const ssl = state_->ssl.get();
    if (name.sni && !ask_for(ssl, *name.sni)) {
        auto reason = take_reason();
        state_->fail(
            tls::failure(Errc::bad_settings, "TLS cannot request the server name '" + *name.sni + "'", reason));
    }
    if (!context.state().verifies) return;
    if (name.verified_host.empty()) {
        state_->fail(
            tls::failure(Errc::bad_settings, "a certificate cannot be verified without a name to expect in it"));
    }
    verify_host(ssl, name.verified_host);
}

Engine::~Engine() = default;
Engine::Engine(Engine&&) noexcept = default;

Result<void> Engine::set_alpn(std::vector<std::string> const& protocols) {
    auto wire = wire_form(protocols);
    if (!wire) return wire.error();
    if (state_->is_server()) {
        state_->alpn = std::move(*wire);
    } else {
        SSL_set_alpn_protos(state_->ssl.get(), reinterpret_cast<unsigned char const*>(wire->data()),
                            static_cast<unsigned>(wire->size()));
    }
    return {};
}

Result<void> Engine::set_identity(Identity const& identity) { return state_->use(identity); }

void Engine::set_settings_chooser(SettingsChooser chooser) { state_->settings_chooser = std::move(chooser); }

void Engine::set_preparer(IdentityPreparer preparer) { state_->preparer = std::move(preparer); }

std::function<void()> Engine::take_work() { return std::exchange(state_->work, nullptr); }

void Engine::resume(std::shared_ptr<Sessions> sessions, std::string server) {
    if (auto const session = sessions->state().take(server)) SSL_set_session(state_->ssl.get(), session.get());
    state_->sessions = std::move(sessions);
    state_->server = std::move(server);
}

// --- bytes of the network --------------------------------------------------------------------------------------------

asio::mutable_buffer Engine::prepare() { return state_->buffers.incoming.prepare(); }

void Engine::commit(std::size_t n) { state_->record_first(state_->buffers.incoming.commit(n)); }

void Engine::feed(std::string_view bytes) {
    state_->record_first(bytes);
    state_->buffers.incoming.append(bytes);
}

void Engine::end_of_input() {
    if (state_->failure) return;
    if (state_->is_established) {
        state_->fail(tls::failure(Errc::truncated, state_->peer() + " ended the connection without TLS close_notify" +
                                                       state_->cause_of_end()));
    } else if (state_->is_server() && state_->first_bytes.empty()) {
        state_->fail(tls::failure(asio::error::eof, "the client ended the connection without sending data"));
    } else {
        state_->fail(tls::failure(Errc::ended_in_handshake,
                                  "TLS handshake failed: " + state_->peer() + " ended the connection"));
    }
}

asio::const_buffer Engine::outgoing() const noexcept {
    return asio::buffer(state_->buffers.outgoing) + state_->consumed;
}

void Engine::consume(std::size_t n) {
    state_->consumed += n;
    if (state_->consumed < state_->buffers.outgoing.size()) return;
    state_->buffers.outgoing.clear();
    state_->consumed = 0;
}

void Engine::take_outgoing(std::string& used) {
    used.clear();
    state_->buffers.outgoing.erase(0, std::exchange(state_->consumed, 0));
    used.swap(state_->buffers.outgoing);
}

// --- the connection --------------------------------------------------------------------------------------------------

Step Engine::handshake() {
    if (state_->failure) return Step::failed;
    ERR_clear_error();
    auto const step = state_->settle(SSL_do_handshake(state_->ssl.get()));
    if (step != Step::done) return step;
    if (!std::exchange(state_->is_established, true)) state_->keep_resumed();
    // Their captures are only valid during the handshake.
    state_->chooser = nullptr;
    state_->preparer = nullptr;
    state_->settings_chooser = nullptr;
    return step;
}

bool Engine::is_established() const noexcept { return state_->is_established; }

bool Engine::peer_waits() const noexcept {
    if (outgoing().size() == 0) return false;
    bool const only_tickets =
        state_->is_server() && state_->is_established && SSL_version(state_->ssl.get()) >= TLS1_3_VERSION;
    return !only_tickets;
}

Decrypted Engine::read(asio::mutable_buffer into) {
    if (into.size() == 0) return {};
    if (state_->is_broken()) return {Step::failed, 0};
    Decrypted result{Step::wants_input, 0};
    if (state_->has_something_to_read()) {
        ERR_clear_error();
        auto const outcome = SSL_read_ex(state_->ssl.get(), into.data(), into.size(), &result.n);
        result.step = state_->settle(outcome);
        if (result.step == Step::done) state_->has_refused_renegotiation = false;  // the peer goes on
    }
    if (result.step == Step::wants_input && state_->failure) result.step = Step::failed;  // after end_of_input()
    return result;
}

Step Engine::write(asio::const_buffer bytes) {
    if (state_->is_broken()) return Step::failed;
    if (bytes.size() == 0) return Step::done;
    auto& outgoing = state_->buffers.outgoing;
    // SSL_write appends record by record; one reservation replaces the growth in steps.
    if (outgoing.capacity() - outgoing.size() < bytes.size()) {
        outgoing.reserve(outgoing.size() + bytes.size() + room_for_records);
    }
    std::size_t written = 0;
    ERR_clear_error();
    return state_->settle(SSL_write_ex(state_->ssl.get(), bytes.data(), bytes.size(), &written));
}

void Engine::shutdown() {
    if (!state_->is_established || state_->is_broken()) return;
    // The first call sends our close_notify. The second, which would wait for that of the peer, is not needed.
    SSL_shutdown(state_->ssl.get());
    ERR_clear_error();
}

std::optional<Failure> const& Engine::failure() const noexcept { return state_->failure; }

ConnectionInfo Engine::info() const {
    auto* const ssl = state_->ssl.get();
    ConnectionInfo info;
    info.version = text_of(SSL_get_version(ssl));
    if (auto const* cipher = SSL_get_current_cipher(ssl); cipher != nullptr) {
        info.cipher = SSL_CIPHER_get_name(cipher);
        info.cipher_bits = static_cast<unsigned>(SSL_CIPHER_get_bits(cipher, nullptr));
    }
    info.alpn = alpn();
    info.sni = text_of(SSL_get_servername(ssl, TLSEXT_NAMETYPE_host_name));
    info.resumed = SSL_session_reused(ssl) == 1;
    X509Ptr const first(SSL_get1_peer_certificate(ssl));
    if (!first) return info;
    info.peer_chain.push_back(describe(first.get()));
    auto* const chain = SSL_get_peer_cert_chain(ssl);  // on the client side the chain includes the leaf itself
    for (int i = state_->is_server() ? 0 : 1; i < sk_X509_num(chain); ++i) {
        info.peer_chain.push_back(describe(sk_X509_value(chain, i)));
    }
    return info;
}

std::vector<std::string> Engine::cipher_list() const {
    auto* const ssl = state_->ssl.get();
    auto const* const offered = state_->is_server() ? SSL_get_client_ciphers(ssl) : SSL_get_ciphers(ssl);
    int const count = sk_SSL_CIPHER_num(offered);  // -1 if there is no list
    std::vector<std::string> names;
    names.reserve(static_cast<std::size_t>(std::max(count, 0)));
    for (int i = 0; i < count; ++i) names.emplace_back(SSL_CIPHER_get_name(sk_SSL_CIPHER_value(offered, i)));
    return names;
}

std::string_view Engine::alpn() const noexcept {
    unsigned char const* name = nullptr;
    unsigned size = 0;
    SSL_get0_alpn_selected(state_->ssl.get(), &name, &size);
    return {reinterpret_cast<char const*>(name), size};
}

}  // namespace pathology::proxycore::tls
