#include "tls/context.hpp"

#include <utility>

#include "tls/engine_state.hpp"
#include "tls/identity.hpp"
#include "tls/trust.hpp"

namespace pathology::proxycore::tls {
namespace {

int number_of(Version version) {
    switch (version) {
        case Version::tls1_0: return TLS1_VERSION;
        case Version::tls1_1: return TLS1_1_VERSION;
        case Version::tls1_2: return TLS1_2_VERSION;
        case Version::tls1_3: return TLS1_3_VERSION;
    }
    return 0;
}

Failure bad_settings(std::string const& what) { return failure(Errc::bad_settings, what, take_reason()); }

Result<void> set_versions(SSL_CTX* ctx, VersionRange versions) {
    if (versions.min > versions.max) {
        return bad_settings("no TLS version is both " + std::string(to_string(versions.min)) + " or later and " +
                            std::string(to_string(versions.max)) + " or earlier");
    }
    // Level 1 of OpenSSL 3 forbids SHA-1 signatures, and TLS 1.0 and 1.1 have no others.
    if (versions.min < Version::tls1_2) SSL_CTX_set_security_level(ctx, 0);
    bool const is_set = SSL_CTX_set_min_proto_version(ctx, number_of(versions.min)) == 1 &&
                        SSL_CTX_set_max_proto_version(ctx, number_of(versions.max)) == 1;
    if (!is_set) return bad_settings("this OpenSSL does not have " + std::string(to_string(versions.min)));
    return {};
}

/// Splits a list for the two functions of OpenSSL. Only names of TLS 1.3 suites begin with TLS_.
std::pair<std::string, std::string> split(std::string const& list) {
    std::string others, suites;
    for (std::size_t begin = 0; begin <= list.size();) {
        auto const end = std::min(list.find_first_of(":, ", begin), list.size());
        auto const name = list.substr(begin, end - begin);
        auto& into = name.starts_with("TLS_") ? suites : others;
        if (!name.empty()) into += (into.empty() ? "" : ":") + name;
        begin = end + 1;
    }
    return {others, suites};
}

Result<void> set_ciphers(SSL_CTX* ctx, Ciphers const& ciphers) {
    auto [list, suites] = split(ciphers.list);
    if (!ciphers.suites.empty()) suites = ciphers.suites;
    constexpr auto advice = "' (names as `openssl ciphers` prints them, with colons)";
    if (!list.empty() && SSL_CTX_set_cipher_list(ctx, list.c_str()) != 1) {
        return bad_settings("OpenSSL knows no cipher in '" + list + advice);
    }
    if (!suites.empty() && SSL_CTX_set_ciphersuites(ctx, suites.c_str()) != 1) {
        return bad_settings("OpenSSL does not know all TLS 1.3 ciphers in '" + suites + advice);
    }
    return {};
}

// The result is also set: SSL_get_verify_result() would report a failure of a verification that is off.
int accept_any_certificate(X509_STORE_CTX* store, void* /*nothing*/) {
    X509_STORE_CTX_set_error(store, X509_V_OK);
    return 1;
}

void log_secret(SSL const* ssl, char const* line) {
    if (auto* log = static_cast<KeyLog*>(SSL_CTX_get_ex_data(SSL_get_SSL_CTX(ssl), 0))) log->append(line);
}

void set_key_log(SSL_CTX* ctx, KeyLog* log) {
    if (log == nullptr) return;
    SSL_CTX_set_ex_data(ctx, 0, log);
    SSL_CTX_set_keylog_callback(ctx, log_secret);
}

// RELEASE_BUFFERS saves 34 KiB for each idle connection. Renegotiation is gone from TLS 1.3, and was a target of
// attacks.
void set_common(SSL_CTX* ctx) {
    SSL_CTX_set_mode(ctx, SSL_MODE_RELEASE_BUFFERS);
    SSL_CTX_set_options(ctx, SSL_OP_NO_RENEGOTIATION);
}

/// One ticket is enough to resume; tickets need no cache on our side. The session id context is required by OpenSSL if
/// client certificates are requested.
void set_resumption(SSL_CTX* ctx) {
    static constexpr unsigned char name[] = {'p', 'a', 't', 'h', 'o', 'l', 'o', 'g', 'y'};
    SSL_CTX_set_session_cache_mode(ctx, SSL_SESS_CACHE_OFF);
    SSL_CTX_set_session_id_context(ctx, static_cast<unsigned char const*>(name), sizeof name);
    SSL_CTX_set_num_tickets(ctx, 1);
}

Result<void> set_dh_group(SSL* ssl, std::string const& name) {
    std::unique_ptr<EVP_PKEY_CTX, FreedBy<EVP_PKEY_CTX_free>> const making(
        EVP_PKEY_CTX_new_from_name(nullptr, "DH", nullptr));
    EVP_PKEY* made = nullptr;
    bool const is_made = EVP_PKEY_paramgen_init(making.get()) == 1 &&
                         EVP_PKEY_CTX_set_group_name(making.get(), name.c_str()) == 1 &&
                         EVP_PKEY_paramgen(making.get(), &made) == 1;
    SSL_set_dh_auto(ssl, 0);  // it would take precedence
    if (is_made && SSL_set0_tmp_dh_pkey(ssl, made) == 1) return {};
    EVP_PKEY_free(made);
    return bad_settings("OpenSSL does not have the group '" + name + "'");
}

int accept_any_client(int /*is_good*/, X509_STORE_CTX* /*store*/) { return 1; }

Result<void> set_client_certificates(SSL_CTX* ctx, AcceptSettings const& settings) {
    switch (settings.client_certificates) {
        case ClientCertificates::none: return {};
        case ClientCertificates::request:
            SSL_CTX_set_verify(ctx, SSL_VERIFY_PEER, nullptr);
            SSL_CTX_set_cert_verify_callback(ctx, accept_any_certificate, nullptr);
            return {};
        case ClientCertificates::verified:
            SSL_CTX_set_verify(ctx, SSL_VERIFY_PEER | SSL_VERIFY_FAIL_IF_NO_PEER_CERT, nullptr);
            return set_trust(ctx, settings.trust);
    }
    return {};
}

Result<void> set_identity(SSL_CTX* ctx, Identity const& identity) {
    auto const& parts = identity.parts();
    ChainPtr const further(sk_X509_new_null());
    // Element 0 is the certificate itself.
    for (std::size_t i = 1; i < parts.chain.size(); ++i)
        sk_X509_push(further.get(), share(parts.chain[i].get()).release());
    if (SSL_CTX_use_cert_and_key(ctx, parts.certificate(), parts.key.get(), further.get(), 1) == 1) return {};
    auto const reason = take_reason();
    return failure(Errc::bad_certificate_file, "OpenSSL rejects the client certificate: " + reason, reason);
}

}  // namespace

Result<std::string> wire_form(std::vector<std::string> const& protocols) {
    std::string wire;
    for (auto const& name : protocols) {
        // The length of a name is one byte on the wire (RFC 7301 §3.1).
        if (name.empty() || name.size() > 255) return bad_settings("no protocol of ALPN is called '" + name + "'");
        wire += static_cast<char>(name.size());
        wire += name;
    }
    return wire;
}

Result<void> change_connection(SSL* ssl, HandshakeSettings const& settings) {
    if (settings.any_security) SSL_set_security_level(ssl, 0);
    if (settings.versions) {
        bool const is_set = SSL_set_min_proto_version(ssl, number_of(settings.versions->min)) == 1 &&
                            SSL_set_max_proto_version(ssl, number_of(settings.versions->max)) == 1;
        if (!is_set)
            return bad_settings("this OpenSSL does not have " + std::string(to_string(settings.versions->min)));
    }
    if (!settings.ciphers.empty() && SSL_set_cipher_list(ssl, settings.ciphers.c_str()) != 1)
        return bad_settings("this OpenSSL does not have the ciphers " + settings.ciphers);
    if (settings.requires_client_certificate)
        SSL_set_verify(ssl, SSL_VERIFY_PEER | SSL_VERIFY_FAIL_IF_NO_PEER_CERT, accept_any_client);
    if (settings.dh_group.empty()) return {};
    return set_dh_group(ssl, settings.dh_group);
}

Result<AcceptContext> AcceptContext::make(AcceptSettings const& settings) {
    auto state = std::make_shared<State>();
    state->ctx.reset(SSL_CTX_new(TLS_server_method()));
    auto* const ctx = state->ctx.get();
    auto alpn = wire_form(settings.alpn);
    if (!alpn) return alpn.error();
    state->alpn = std::move(*alpn);
    state->key_log = settings.key_log;
    set_common(ctx);
    set_resumption(ctx);
    set_key_log(ctx, state->key_log.get());
    // Without parameters OpenSSL would disable the DHE suites, which old clients need.
    SSL_CTX_set_dh_auto(ctx, 1);
    SSL_CTX_set_client_hello_cb(ctx, Engine::State::keep_hello, nullptr);
    SSL_CTX_set_alpn_select_cb(ctx, Engine::State::choose_protocol, nullptr);
    // The same as the macro SSL_CTX_set_tlsext_status_cb(), without its old-style cast.
    SSL_CTX_callback_ctrl(ctx, SSL_CTRL_SET_TLSEXT_STATUS_REQ_CB, reinterpret_cast<void (*)()>(Engine::State::staple));
    if (auto const set = set_versions(ctx, settings.versions); !set) return set.error();
    if (auto const set = set_ciphers(ctx, settings.ciphers); !set) return set.error();
    if (auto const set = set_client_certificates(ctx, settings); !set) return set.error();
    return AcceptContext(std::move(state));
}

Result<ConnectContext> ConnectContext::make(ConnectSettings const& settings) {
    auto state = std::make_shared<State>();
    state->ctx.reset(SSL_CTX_new(TLS_client_method()));
    auto* const ctx = state->ctx.get();
    auto const alpn = wire_form(settings.alpn);
    if (!alpn) return alpn.error();
    state->verifies = settings.verify.has_value();
    state->key_log = settings.key_log;
    set_common(ctx);
    // OpenSSL calls back with each new session and keeps none: Sessions stores them by server.
    SSL_CTX_set_session_cache_mode(ctx, SSL_SESS_CACHE_CLIENT | SSL_SESS_CACHE_NO_INTERNAL);
    SSL_CTX_sess_set_new_cb(ctx, Engine::State::keep_session);
    set_key_log(ctx, state->key_log.get());
    if (!alpn->empty()) {
        SSL_CTX_set_alpn_protos(ctx, reinterpret_cast<unsigned char const*>(alpn->data()),
                                static_cast<unsigned>(alpn->size()));
    }
    if (auto const set = set_versions(ctx, settings.versions); !set) return set.error();
    if (auto const set = set_ciphers(ctx, settings.ciphers); !set) return set.error();
    if (state->verifies) {
        SSL_CTX_set_verify(ctx, SSL_VERIFY_PEER, nullptr);
        if (auto const set = set_trust(ctx, *settings.verify); !set) return set.error();
    } else {
        SSL_CTX_set_cert_verify_callback(ctx, accept_any_certificate, nullptr);
        // Without verification old servers are accepted too, also those without secure renegotiation (RFC 5746).
        SSL_CTX_set_options(ctx, SSL_OP_LEGACY_SERVER_CONNECT);
    }
    if (settings.identity) {
        if (auto const set = set_identity(ctx, *settings.identity); !set) return set.error();
    }
    return ConnectContext(std::move(state));
}

}  // namespace pathology::proxycore::tls
