// The callbacks of OpenSSL, and the translation of their results. OpenSSL reports a failed handshake in several places:
// the return value, the error queue, the alert, the result of the verification, and what our own callbacks found.
// explain() picks the most precise one, in this order:
//
//     our chooser failed > the peer sent no TLS > the peer sent an alert > verification failed > OpenSSL's reason

#include "tls/engine_state.hpp"

#include <openssl/err.h>

#include <algorithm>
#include <pathology/proxycore/http/escaped.hpp>
#include <utility>

#include "tls/client_hello.hpp"
#include "tls/identity.hpp"

namespace pathology::proxycore::tls {
namespace {

constexpr std::size_t bytes_shown = 24;

Engine::State& state_of(SSL const* ssl) { return *static_cast<Engine::State*>(SSL_get_ex_data(ssl, 0)); }

Version version_of(SSL* ssl) {
    switch (SSL_version(ssl)) {
        case TLS1_VERSION: return Version::tls1_0;
        case TLS1_1_VERSION: return Version::tls1_1;
        case TLS1_2_VERSION: return Version::tls1_2;
        default: return Version::tls1_3;
    }
}

/// Whether there is a cipher suite below TLS 1.3 that both sides have, by what it authenticates the server with.
void find_shared_ciphers(SSL* ssl, AcceptedCertificates& accepted) {
    accepted.ecdsa_ciphers = accepted.rsa_ciphers = false;
    auto const* offered = SSL_get_client_ciphers(ssl);
    auto* ours = SSL_get_ciphers(ssl);
    for (int i = 0; i < sk_SSL_CIPHER_num(offered); ++i) {
        auto const* cipher = sk_SSL_CIPHER_value(offered, i);
        if (sk_SSL_CIPHER_find(ours, cipher) < 0) continue;
        auto const authentication = SSL_CIPHER_get_auth_nid(cipher);
        if (authentication == NID_auth_ecdsa) accepted.ecdsa_ciphers = true;
        if (authentication != NID_auth_rsa) continue;
        (SSL_CIPHER_get_kx_nid(cipher) == NID_kx_rsa ? accepted.rsa_transport : accepted.rsa_ciphers) = true;
    }
}

AcceptedCertificates accepted_by(SSL* ssl, ClientHello&& hello) {
    AcceptedCertificates accepted;
    accepted.version = version_of(ssl);
    accepted.sha1 = SSL_get_security_level(ssl) == 0;
    accepted.groups = std::move(hello.groups);
    accepted.signature_algorithms = std::move(hello.signature_algorithms);
    accepted.signature_algorithms_cert = std::move(hello.signature_algorithms_cert);
    if (accepted.version < Version::tls1_3) find_shared_ciphers(ssl, accepted);
    return accepted;
}

/// The first byte of a record (RFC 8446 §5.1), or of a ClientHello in SSL 2 format (its first bit is set).
bool may_be_tls(unsigned char first) {
    constexpr unsigned char change_cipher_spec = 20, heartbeat = 24;  // the first and the last ContentType
    return (first >= change_cipher_spec && first <= heartbeat) || (first & 0x80U) != 0;
}

/// RFC 8446 §6.1.
bool is_closure(std::uint8_t alert) { return alert == SSL_AD_CLOSE_NOTIFY || alert == SSL_AD_USER_CANCELLED; }

/// The alerts that TLS 1.2 sends without ending the connection (RFC 5246 §7.2.2, RFC 6066 §3). Of other alerts the level
/// does not count (RFC 8446 §6).
bool may_be_warning(std::uint8_t alert) {
    return alert == SSL_AD_NO_RENEGOTIATION || alert == SSL_AD_UNRECOGNIZED_NAME;
}

/// The first line, in quotes.
std::string shown(std::string_view bytes) { return http::quoted(bytes.substr(0, bytes.find_first_of("\r\n"))); }

}  // namespace

Engine::State::State(SSL_CTX* ctx, Side its_side) : ssl(SSL_new(ctx)), side(its_side) {
    auto* const bio = make_bio(buffers);
    SSL_set_bio(ssl.get(), bio, bio);
    SSL_set_ex_data(ssl.get(), 0, this);
    SSL_set_info_callback(ssl.get(), notice);
    if (is_server()) {
        SSL_set_accept_state(ssl.get());
        SSL_set_cert_cb(ssl.get(), choose_identity, this);
    } else {
        SSL_set_connect_state(ssl.get());
    }
}

void Engine::State::record_first(std::string_view bytes) {
    if (is_established || first_bytes.size() >= bytes_shown) return;
    first_bytes += bytes.substr(0, bytes_shown - first_bytes.size());
}

int Engine::State::keep_hello(SSL* ssl, int* alert, void* /*nothing*/) {
    auto& state = state_of(ssl);
    state.hello = read_client_hello(ssl);
    if (!state.settings_chooser) return SSL_CLIENT_HELLO_SUCCESS;
    auto const settings = state.settings_chooser(state.hello);
    auto const used = state.use(settings);
    if (used) return SSL_CLIENT_HELLO_SUCCESS;
    state.chooser_failure = used.error();
    *alert = settings.alert.value_or(SSL_AD_HANDSHAKE_FAILURE);
    return SSL_CLIENT_HELLO_ERROR;
}

/// OpenSSL calls this before it chooses version, cipher and protocol.
Result<void> Engine::State::use(HandshakeSettings const& settings) {
    if (settings.alert) {
        auto const sent = to_string(Alert{*settings.alert, Alert::Side::raised_here});
        return tls::failure(Errc::refused, "refused on purpose by alert " + sent);
    }
    if (auto const changed = change_connection(ssl.get(), settings); !changed) return changed.error();
    ignores_offers = settings.ignores_offers;
    if (!settings.alpn) return {};
    auto wire = wire_form(*settings.alpn);
    if (!wire) return wire.error();
    alpn = std::move(*wire);
    return {};
}

/// Sends the response of OCSP that the identity has to a client that asks for one (RFC 6066 §8).
int Engine::State::staple(SSL* ssl, void* /*nothing*/) {
    auto const& response = state_of(ssl).ocsp_response;
    if (response.empty()) return SSL_TLSEXT_ERR_NOACK;
    auto* const copy = OPENSSL_memdup(response.data(), response.size());  // OpenSSL takes it over
    SSL_set_tlsext_status_ocsp_resp(ssl, static_cast<unsigned char*>(copy), static_cast<long>(response.size()));
    return SSL_TLSEXT_ERR_OK;
}

IdentityQuery Engine::State::make_query() {
    auto const* sni = SSL_get_servername(ssl.get(), TLSEXT_NAMETYPE_host_name);
    auto accepted = accepted_by(ssl.get(), std::exchange(hello, {}));
    auto const key = key_for(accepted);
    return {sni != nullptr ? sni : "", key, std::move(accepted)};
}

/// A negative result suspends the handshake; OpenSSL calls again when it is continued.
int Engine::State::choose_identity(SSL* /*ssl*/, void* self) {
    auto& state = *static_cast<State*>(self);
    if (!state.query) {
        state.query = state.make_query();
        if (state.preparer) state.work = state.preparer(*state.query);
    }
    if (state.work) return -1;  // until it is taken
    auto const query = *std::exchange(state.query, std::nullopt);
    auto const identity = state.chooser
                              ? state.chooser(query)
                              : Result<Identity>(tls::failure(Errc::no_certificate, "there is no certificate"));
    if (!identity) {
        state.chooser_failure = identity.error();
        return 0;
    }
    if (auto const used = state.use(*identity); !used) {
        state.chooser_failure = used.error();
        return 0;
    }
    return 1;
}

Result<void> Engine::State::use(Identity const& identity) {
    auto const& parts = identity.parts();
    ChainPtr const further(parts.chain.size() > 1 ? sk_X509_new_null() : nullptr);
    for (std::size_t i = 1; i < parts.chain.size(); ++i)
        sk_X509_push(further.get(), share(parts.chain[i].get()).release());
    ocsp_response = parts.ocsp_response;
    if (SSL_use_cert_and_key(ssl.get(), parts.certificate(), parts.key.get(), further.get(), 1) == 1) return {};
    auto const reason = take_reason();
    return tls::failure(Errc::bad_certificate_file, "OpenSSL rejects the certificate: " + reason, reason);
}

/// Our order of preference decides. Without a common protocol the handshake goes on, and none is selected. RFC 7301
/// §3.2 demands the alert no_application_protocol; without it, HTTP/1 clients with unusual offers still work.
int Engine::State::choose_protocol(SSL* ssl, unsigned char const** chosen, unsigned char* size,
                                   unsigned char const* offered, unsigned offered_size, void* /*nothing*/) {
    auto const& ours = state_of(ssl).alpn;
    if (ours.empty()) return SSL_TLSEXT_ERR_NOACK;
    auto const* preferred = reinterpret_cast<unsigned char const*>(ours.data());
    if (state_of(ssl).ignores_offers) {
        *size = *preferred;
        *chosen = preferred + 1;
        return SSL_TLSEXT_ERR_OK;
    }
    unsigned char* found = nullptr;
    auto const outcome =
        SSL_select_next_proto(&found, size, preferred, static_cast<unsigned>(ours.size()), offered, offered_size);
    *chosen = found;
    return outcome == OPENSSL_NPN_NEGOTIATED ? SSL_TLSEXT_ERR_OK : SSL_TLSEXT_ERR_NOACK;
}

/// Returning 1 takes over the reference. A TLS 1.3 server sends tickets after the handshake, so this runs during a
/// read.
int Engine::State::keep_session(SSL* ssl, SSL_SESSION* session) {
    auto const& state = state_of(ssl);
    if (!state.sessions) return 0;
    state.sessions->state().keep(state.server, SessionPtr(session));
    return 1;
}

/// OpenSSL reports alerts only to this callback.
void Engine::State::notice(SSL const* ssl, int where, int value) {
    if ((where & SSL_CB_ALERT) == 0) return;
    auto const code = static_cast<std::uint8_t>(value & 0xff);
    bool const is_received = (where & SSL_CB_READ) != 0;
    auto& state = state_of(ssl);
    if (code == SSL_AD_NO_RENEGOTIATION && !is_received) state.has_refused_renegotiation = true;
    if (is_closure(code) || (value >> 8 == SSL3_AL_WARNING && may_be_warning(code))) return;
    state.alert = Alert{code, is_received ? Alert::Side::sent_by_peer : Alert::Side::raised_here};
}

bool Engine::State::is_broken() const { return failure && failure->code != Errc::truncated; }

bool Engine::State::has_something_to_read() const {
    return buffers.incoming.size() > 0 || SSL_has_pending(ssl.get()) == 1 ||
           (SSL_get_shutdown(ssl.get()) & SSL_RECEIVED_SHUTDOWN) != 0;
}

void Engine::State::keep_resumed() {
    bool const is_old = SSL_version(ssl.get()) < TLS1_3_VERSION;
    if (sessions && is_old && SSL_session_reused(ssl.get()) == 1)
        sessions->state().keep(server, SessionPtr(SSL_get1_session(ssl.get())));
}

Step Engine::State::settle(int outcome) {
    if (outcome == 1) return Step::done;
    switch (SSL_get_error(ssl.get(), outcome)) {
        case SSL_ERROR_WANT_READ: return Step::wants_input;
        case SSL_ERROR_WANT_X509_LOOKUP: return Step::wants_work;
        case SSL_ERROR_ZERO_RETURN: return Step::ended;
        default: return fail(explain());
    }
}

Step Engine::State::fail(Failure why) {
    if (!failure) failure = std::move(why);
    return Step::failed;
}

std::string Engine::State::cause_of_end() const {
    if (!has_refused_renegotiation) return {};
    return ", after " + peer() + " asked for renegotiation and we sent alert no_renegotiation (100)";
}

/// OpenSSL sends no alert for a record of another major version: it may be a protocol other than TLS.
void Engine::State::send_version_alert() {
    alert = Alert{SSL_AD_PROTOCOL_VERSION, Alert::Side::raised_here};
    buffers.outgoing += alert_record(*alert);
}

/// Makes the failure of the results of OpenSSL and of the callbacks.
Failure Engine::State::explain() {
    Failure why;
    why.reason = take_reason();
    why.alert = alert;
    std::string const what = is_established ? "TLS connection failed: " : "TLS handshake failed: ";
    auto const verified = SSL_get_verify_result(ssl.get());
    if (chooser_failure) {
        why.code = chooser_failure->code;
        why.message = what + chooser_failure->message;
    } else if (!first_bytes.empty() && !is_established &&
               !may_be_tls(static_cast<unsigned char>(first_bytes.front()))) {
        why.code = Errc::not_tls;
        why.message = what + peer() + " does not speak TLS but sent " + shown(first_bytes);
    } else if (alert && alert->side == Alert::Side::sent_by_peer) {
        why.code = Errc::alert_received;
        why.message = what + peer() + " sent alert " + to_string(*alert) + cause_of_end();
    } else if (verified != X509_V_OK && !is_established) {
        why.code = Errc::certificate_rejected;
        why.verify_error = X509_verify_cert_error_string(verified);
        why.message = what + "the certificate of " + peer() + " was rejected: " + why.verify_error;
    } else {
        why.code = Errc::protocol_violation;
        why.message = what + (why.reason.empty() ? "the protocol was violated" : why.reason);
        if (is_server() && !is_established && !alert) send_version_alert();
        why.alert = alert;
        if (alert) why.message += ", reported to " + peer() + " by alert " + to_string(*alert);
    }
    return why;
}

}  // namespace pathology::proxycore::tls
