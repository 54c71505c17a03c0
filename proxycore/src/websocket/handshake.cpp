#include <boost/beast/core/detail/base64.hpp>
#include <boost/uuid/detail/sha1.hpp>
#include <pathology/proxycore/websocket/handshake.hpp>

// SHA-1 and base64 come from Boost's detail namespaces: this layer knows no OpenSSL, Boost has no public ones in 1.81,
// and RFC 6455 uses the hash as a fixed transformation, not for security.
namespace pathology::proxycore::websocket {
namespace {

std::string base64(std::span<std::byte const> bytes) {
    namespace codec = boost::beast::detail::base64;
    std::string text(codec::encoded_size(bytes.size()), '\0');
    text.resize(codec::encode(text.data(), bytes.data(), bytes.size()));
    return text;
}

std::array<std::byte, 20> sha1(std::string_view text) {
    boost::uuids::detail::sha1 hash;
    hash.process_bytes(text.data(), text.size());
    boost::uuids::detail::sha1::digest_type words;
    hash.get_digest(words);
    std::array<std::byte, 20> digest{};
    for (std::size_t i = 0; i < digest.size(); ++i)
        digest[i] = static_cast<std::byte>(words[i / 4] >> (24 - i % 4 * 8));
    return digest;
}

}  // namespace

// RFC 6455 §4.2.2: the key concatenated with a fixed GUID, hashed, base64-encoded.
std::string accept_key(std::string_view key) {
    return base64(sha1(std::string(key) + "258EAFA5-E914-47DA-95CA-C5AB0DC85B11"));
}

std::string make_key(std::span<std::byte const, 16> nonce) { return base64(nonce); }

bool is_handshake(http::RequestHead const& request) {
    auto const& fields = request.fields;
    return fields.has_token("Connection", "upgrade") && fields.has_token("Upgrade", "websocket") &&
           fields.contains("Sec-WebSocket-Key");
}

}  // namespace pathology::proxycore::websocket
