#include "tls/renegotiating_peer.hpp"

#include <pathology/proxycore/tls/failure.hpp>

#include <array>

#include "tls/engine_pair.hpp"
#include "tls/identity.hpp"
#include "tls/openssl.hpp"

namespace pathology::proxycore::tls::test {
namespace {

ContextPtr make_context(bool is_client) {
    ContextPtr ctx(SSL_CTX_new(is_client ? TLS_client_method() : TLS_server_method()));
    SSL_CTX_set_max_proto_version(ctx.get(), TLS1_2_VERSION);
    SSL_CTX_set_options(ctx.get(), SSL_OP_ALLOW_CLIENT_RENEGOTIATION);
    if (is_client) return ctx;
    auto const identity = identity_for({"origin.test"});
    auto const& parts = identity.parts();
    SSL_CTX_use_cert_and_key(ctx.get(), parts.certificate(), parts.key.get(), nullptr, 1);
    return ctx;
}

}  // namespace

struct RenegotiatingPeer::State {
    ContextPtr ctx;
    SslPtr ssl;
    std::string alert;

    std::string outgoing() {
        auto* const bio = SSL_get_wbio(ssl.get());
        auto bytes = collected(bio);
        BIO_reset(bio);
        return bytes;
    }

    static void notice(SSL const* ssl, int where, int value) {
        if (where != SSL_CB_READ_ALERT) return;
        Alert const alert{static_cast<std::uint8_t>(value & 0xff), Alert::Side::sent_by_peer};
        static_cast<State*>(SSL_get_ex_data(ssl, 0))->alert =
            (value >> 8 == SSL3_AL_WARNING ? "warning " : "fatal ") + std::string(alert.name());
    }
};

RenegotiatingPeer::RenegotiatingPeer(Side side) : state_(std::make_unique<State>()) {
    bool const is_client = side == Side::client;
    state_->ctx = make_context(is_client);
    state_->ssl.reset(SSL_new(state_->ctx.get()));
    auto* const ssl = state_->ssl.get();
    SSL_set_bio(ssl, BIO_new(BIO_s_mem()), BIO_new(BIO_s_mem()));
    SSL_set_ex_data(ssl, 0, state_.get());
    SSL_set_info_callback(ssl, State::notice);
    is_client ? SSL_set_connect_state(ssl) : SSL_set_accept_state(ssl);
}

RenegotiatingPeer::~RenegotiatingPeer() = default;

void RenegotiatingPeer::feed(std::string_view bytes) {
    BIO_write(SSL_get_rbio(state_->ssl.get()), bytes.data(), static_cast<int>(bytes.size()));
}

std::string RenegotiatingPeer::handshake() {
    SSL_do_handshake(state_->ssl.get());
    return state_->outgoing();
}

bool RenegotiatingPeer::is_established() const { return SSL_is_init_finished(state_->ssl.get()) == 1; }

std::string RenegotiatingPeer::encrypt(std::string_view text) {
    SSL_write(state_->ssl.get(), text.data(), static_cast<int>(text.size()));
    return state_->outgoing();
}

std::string RenegotiatingPeer::request_renegotiation() {
    SSL_renegotiate(state_->ssl.get());
    SSL_do_handshake(state_->ssl.get());
    return state_->outgoing();
}

std::string RenegotiatingPeer::read() {
    std::array<char, 4096> block{};
    SSL_read(state_->ssl.get(), block.data(), static_cast<int>(block.size()));
    return state_->outgoing();
}

std::string RenegotiatingPeer::received_alert() const { return state_->alert; }

}  // namespace pathology::proxycore::tls::test
