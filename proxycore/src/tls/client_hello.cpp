// OpenSSL parses the ClientHello, with all its rules: the SSL object is a server that sends nothing. The callback
// `look` runs when the message is complete, copies what is needed, and suspends the handshake.
//
//     bytes ─▶ memory BIO ─▶ SSL_do_handshake ─┬─ WANT_READ ──────▶ more bytes
//                                              ├─ look() ─▶ found ─▶ ClientHello
//                                              └─ error ──────────▶ protocol_violation

#include <pathology/proxycore/tls/client_hello.hpp>

#include <openssl/err.h>

#include "tls/byte_reader.hpp"
#include "tls/openssl.hpp"

namespace pathology::proxycore::tls {
namespace {

/// The body of an extension; empty if it was not sent.
ByteReader extension(SSL* ssl, unsigned type) {
    unsigned char const* bytes = nullptr;
    std::size_t size = 0;
    if (SSL_client_hello_get0_ext(ssl, type, &bytes, &size) != 1) return ByteReader({});
    return ByteReader({reinterpret_cast<char const*>(bytes), size});
}

/// RFC 6066 §3: a list of names, of which one may be of the kind host_name (0).
std::string read_sni(ByteReader body) {
    auto names = body.list16();
    while (!names.is_empty()) {
        auto const kind = names.number8();
        auto const name = names.text16();
        if (kind == 0) return std::string(name);
    }
    return {};
}

std::vector<std::string> read_alpn(ByteReader body) {
    std::vector<std::string> result;
    auto names = body.list16();
    while (!names.is_empty()) result.emplace_back(names.text8());
    return result;
}

std::vector<std::uint16_t> read_numbers(ByteReader list) {
    std::vector<std::uint16_t> result;
    while (list.size() >= 2) result.push_back(list.number16());
    return result;
}

/// The versions of the extension, which TLS 1.3 introduced (RFC 8446 §4.2.1); without it, the legacy_version.
std::vector<std::uint16_t> read_versions(SSL* ssl) {
    if (auto body = extension(ssl, TLSEXT_TYPE_supported_versions); !body.is_empty()) return read_numbers(body.list8());
    return {static_cast<std::uint16_t>(SSL_client_hello_get0_legacy_version(ssl))};
}

ClientHello read(SSL* ssl) {
    ClientHello hello;
    hello.sni = read_sni(extension(ssl, TLSEXT_TYPE_server_name));
    hello.alpn = read_alpn(extension(ssl, TLSEXT_TYPE_application_layer_protocol_negotiation));
    hello.versions = read_versions(ssl);
    unsigned char const* ciphers = nullptr;
    auto const size = SSL_client_hello_get0_ciphers(ssl, &ciphers);
    hello.ciphers = read_numbers(ByteReader({reinterpret_cast<char const*>(ciphers), size}));
    return hello;
}

/// Stores the ClientHello. RETRY suspends the handshake before OpenSSL chooses anything or sends an alert.
int look(SSL* ssl, int* /*alert*/, void* /*nothing*/) {
    auto& found = *static_cast<std::optional<ClientHello>*>(SSL_get_ex_data(ssl, 0));
    found = read(ssl);
    return SSL_CLIENT_HELLO_RETRY;
}

/// One context for all readers; it only parses, and is never freed. The lowest version is allowed, so that old clients
/// can be reported by name.
SSL_CTX* scratch_context() {
    static SSL_CTX* const ctx = [] {
        auto* const made = SSL_CTX_new(TLS_server_method());
        SSL_CTX_set_min_proto_version(made, TLS1_VERSION);
        SSL_CTX_set_client_hello_cb(made, look, nullptr);
        return made;
    }();
    return ctx;
}

}  // namespace

bool looks_like_tls(std::string_view first_bytes) noexcept {
    if (!first_bytes.empty() && first_bytes[0] != '\x16') return false;  // ContentType handshake (RFC 8446 §5.1)
    if (first_bytes.size() > 1 && first_bytes[1] != '\x03') return false;
    return first_bytes.size() < 3 || static_cast<unsigned char>(first_bytes[2]) <= 4;
}

struct ClientHelloReader::State {
    explicit State(std::size_t its_limit) : limit(its_limit), ssl(SSL_new(scratch_context())) {
        SSL_set_bio(ssl.get(), BIO_new(BIO_s_mem()), BIO_new(BIO_s_mem()));
        SSL_set_ex_data(ssl.get(), 0, &found);
        SSL_set_accept_state(ssl.get());
    }

    std::size_t limit, size = 0;
    std::string start;  // the first three bytes, for looks_like_tls()
    std::optional<ClientHello> found;
    SslPtr ssl;
};

ClientHelloReader::ClientHelloReader(std::size_t limit) : state_(std::make_unique<State>(limit)) {}
ClientHelloReader::~ClientHelloReader() = default;

Result<std::optional<ClientHello>> ClientHelloReader::feed(std::string_view bytes) {
    auto& state = *state_;
    if (state.found) return state.found;
    state.size += bytes.size();
    if (state.start.size() < 3) state.start += bytes.substr(0, 3 - state.start.size());
    if (!looks_like_tls(state.start)) return failure(Errc::not_tls, "the client does not speak TLS");
    if (state.size > state.limit) {
        return failure(Errc::hello_too_large,
                       "the ClientHello is larger than " + std::to_string(state.limit) + " bytes");
    }
    if (bytes.empty()) return std::optional<ClientHello>();
    BIO_write(SSL_get_rbio(state.ssl.get()), bytes.data(), static_cast<int>(bytes.size()));
    ERR_clear_error();
    auto const outcome = SSL_do_handshake(state.ssl.get());
    if (state.found || SSL_get_error(state.ssl.get(), outcome) == SSL_ERROR_WANT_READ) return state.found;
    auto const reason = take_reason();
    return failure(Errc::protocol_violation, "the ClientHello is malformed: " + reason, reason);
}

}  // namespace pathology::proxycore::tls
