// OpenSSL parses the ClientHello, with all its rules: the SSL object is a server that sends nothing. The callback
// `look` runs when the message is complete, copies what is needed, and suspends the handshake.
//
//     bytes ─▶ memory BIO ─▶ SSL_do_handshake ─┬─ WANT_READ ──────▶ more bytes
//                                              ├─ look() ─▶ found ─▶ ClientHello
//                                              └─ error ──────────▶ protocol_violation, with OpenSSL's alert

#include "tls/client_hello.hpp"

#include <openssl/err.h>

#include "tls/byte_reader.hpp"

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

/// In the form of SSL 2.0 a cipher has three bytes, and the first is 0 for those of TLS (RFC 5246 §E.2).
std::vector<std::uint16_t> read_ssl2_ciphers(ByteReader list) {
    std::vector<std::uint16_t> result;
    while (list.size() >= 3) {
        bool const is_tls = list.number8() == 0;
        auto const number = list.number16();
        if (is_tls) result.push_back(number);
    }
    return result;
}

/// The versions of the extension, which TLS 1.3 introduced (RFC 8446 §4.2.1); without it, the legacy_version.
std::vector<std::uint16_t> read_versions(SSL* ssl) {
    if (auto body = extension(ssl, TLSEXT_TYPE_supported_versions); !body.is_empty()) return read_numbers(body.list8());
    return {static_cast<std::uint16_t>(SSL_client_hello_get0_legacy_version(ssl))};
}

/// What the callbacks of OpenSSL have found.
struct Found {
    std::optional<ClientHello> hello;
    std::optional<Alert> alert;
};
Found& found_by(SSL const* ssl) { return *static_cast<Found*>(SSL_get_ex_data(ssl, 0)); }

/// Stores the ClientHello. RETRY suspends the handshake before OpenSSL chooses anything or sends an alert.
int look(SSL* ssl, int* /*alert*/, void* /*nothing*/) {
    found_by(ssl).hello = read_client_hello(ssl);
    return SSL_CLIENT_HELLO_RETRY;
}

void notice(SSL const* ssl, int where, int value) {
    if (where == SSL_CB_WRITE_ALERT)
        found_by(ssl).alert = Alert{static_cast<std::uint8_t>(value & 0xff), Alert::Side::raised_here};
}

/// One context for all readers; it only parses, and is never freed. The lowest version is allowed, so that old clients
/// can be reported by name.
SSL_CTX* scratch_context() {
    static SSL_CTX* const ctx = [] {
        auto* const made = SSL_CTX_new(TLS_server_method());
        SSL_CTX_set_min_proto_version(made, TLS1_VERSION);
        SSL_CTX_set_client_hello_cb(made, look, nullptr);
        SSL_CTX_set_info_callback(made, notice);
        return made;
    }();
    return ctx;
}

Failure with_alert(Failure why, std::uint8_t code) {
    why.alert = Alert{code, Alert::Side::raised_here};
    why.message += ", reported to the client by alert " + to_string(*why.alert);
    return why;
}

std::uint8_t octet(std::string_view bytes, std::size_t at) { return static_cast<std::uint8_t>(bytes[at]); }

/// Major version 3; the minor version of a record has no meaning (RFC 5246 §E.1, RFC 8446 §5.1).
bool has_version_at(std::string_view bytes, std::size_t at) { return bytes.size() <= at || octet(bytes, at) == 3; }

/// RFC 5246 §E.2: a length of 15 bits after a bit that is set, the type 1, a version. That of SSL 2.0 itself is 00 02.
std::optional<bool> begins_with_ssl2_hello(std::string_view bytes) {
    constexpr std::size_t type = 2, version = 3, decided = 5;
    constexpr std::string_view ssl2("\0\2", 2);
    if ((octet(bytes, 0) & 0x80U) == 0) return false;
    if (bytes.size() > type && octet(bytes, type) != 1) return false;
    bool const is_ssl2 = bytes.size() > version && ssl2.starts_with(bytes.substr(version, ssl2.size()));
    if (!is_ssl2 && !has_version_at(bytes, version)) return false;
    return bytes.size() >= decided ? std::optional(true) : std::nullopt;
}

}  // namespace

ClientHello read_client_hello(SSL* ssl) {
    ClientHello hello;
    hello.sni = read_sni(extension(ssl, TLSEXT_TYPE_server_name));
    hello.alpn = read_alpn(extension(ssl, TLSEXT_TYPE_application_layer_protocol_negotiation));
    hello.versions = read_versions(ssl);
    unsigned char const* ciphers = nullptr;
    auto const size = SSL_client_hello_get0_ciphers(ssl, &ciphers);
    ByteReader const list({reinterpret_cast<char const*>(ciphers), size});
    hello.ciphers = SSL_client_hello_isv2(ssl) == 1 ? read_ssl2_ciphers(list) : read_numbers(list);
    hello.groups = read_numbers(extension(ssl, TLSEXT_TYPE_supported_groups).list16());
    hello.signature_algorithms = read_numbers(extension(ssl, TLSEXT_TYPE_signature_algorithms).list16());
    hello.signature_algorithms_cert = read_numbers(extension(ssl, TLSEXT_TYPE_signature_algorithms_cert).list16());
    return hello;
}

std::optional<bool> begins_with_client_hello(std::string_view first_bytes) noexcept {
    constexpr std::size_t decided = 3;
    if (first_bytes.empty()) return std::nullopt;
    if (first_bytes[0] != '\x16') return begins_with_ssl2_hello(first_bytes);  // handshake (RFC 8446 §5.1)
    if (!has_version_at(first_bytes, 1)) return false;
    return first_bytes.size() >= decided ? std::optional(true) : std::nullopt;
}

bool looks_like_tls_record(std::string_view first_bytes) noexcept {
    constexpr std::uint8_t change_cipher_spec = 20, heartbeat = 24;  // the first and the last ContentType
    if (first_bytes.empty()) return true;
    auto const type = octet(first_bytes, 0);
    return type >= change_cipher_spec && type <= heartbeat && has_version_at(first_bytes, 1);
}

std::string alert_record(Alert const& alert) {
    constexpr std::string_view head("\x15\x03\x03\x00\x02\x02", 6);  // alert, TLS 1.2, two bytes, fatal
    return std::string(head) + static_cast<char>(alert.code);
}

struct ClientHelloReader::State {
    explicit State(std::size_t its_limit) : limit(its_limit), ssl(SSL_new(scratch_context())) {
        SSL_set_bio(ssl.get(), BIO_new(BIO_s_mem()), BIO_new(BIO_s_mem()));
        SSL_set_ex_data(ssl.get(), 0, &found);
        SSL_set_accept_state(ssl.get());
    }

    std::size_t limit, size = 0;
    std::string start;  // the first three bytes, to recognise TLS
    Found found;
    SslPtr ssl;
};

ClientHelloReader::ClientHelloReader(std::size_t limit) : state_(std::make_unique<State>(limit)) {}
ClientHelloReader::~ClientHelloReader() = default;

Result<std::optional<ClientHello>> ClientHelloReader::feed(std::string_view bytes) {
    auto& [limit, size, start, found, ssl] = *state_;
    if (found.hello) return found.hello;
    size += bytes.size();
    if (start.size() < 3) start += bytes.substr(0, 3 - start.size());
    if (!looks_like_tls(start) && !looks_like_tls_record(start))
        return failure(Errc::not_tls, "the client does not speak TLS");
    if (size > limit) {
        return with_alert(
            failure(Errc::hello_too_large, "the ClientHello is larger than " + std::to_string(limit) + " bytes"),
            SSL_AD_ILLEGAL_PARAMETER);
    }
    if (bytes.empty()) return std::optional<ClientHello>();
    BIO_write(SSL_get_rbio(ssl.get()), bytes.data(), static_cast<int>(bytes.size()));
    ERR_clear_error();
    auto const outcome = SSL_do_handshake(ssl.get());
    if (found.hello || SSL_get_error(ssl.get(), outcome) == SSL_ERROR_WANT_READ) return found.hello;
    auto const reason = take_reason();
    // OpenSSL sends none for a record of another major version.
    auto const alert = found.alert ? found.alert->code : std::uint8_t{SSL_AD_PROTOCOL_VERSION};
    return with_alert(failure(Errc::protocol_violation, "the ClientHello is malformed: " + reason, reason), alert);
}

}  // namespace pathology::proxycore::tls
