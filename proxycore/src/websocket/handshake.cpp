#include <algorithm>
#include <boost/throw_exception.hpp>
#include <boost/uuid/detail/sha1.hpp>
#include <pathology/proxycore/http/escaped.hpp>
#include <pathology/proxycore/websocket/handshake.hpp>
#include <stdexcept>
#include <vector>

#include "base64.hpp"

// SHA-1 comes from a detail namespace of Boost: this target does not link OpenSSL, Boost 1.81 has no public SHA-1, and
// RFC 6455 uses the hash as a fixed transformation, not for security.
namespace pathology::proxycore::websocket {
namespace {

std::string sha1(std::string_view text) {
    boost::uuids::detail::sha1 hash;
    hash.process_bytes(text.data(), text.size());
    boost::uuids::detail::sha1::digest_type words;
    hash.get_digest(words);
    std::string digest(20, '\0');
    for (std::size_t i = 0; i < digest.size(); ++i) digest[i] = static_cast<char>(words[i / 4] >> (24 - i % 4 * 8));
    return digest;
}

constexpr std::string_view version = "13";

/// Whether a key is 16 bytes in base64 (RFC 6455 §4.1 item 7).
bool is_key(std::string_view key) {
    auto const nonce = decode_base64(key);
    return nonce && nonce->size() == 16;
}

/// A field for messages: `Upgrade: x`, `no Upgrade`.
std::string shown(http::Fields const& fields, std::string_view name) {
    auto const value = fields.first(name);
    return value ? std::string(name) + ": " + http::escaped(*value) : "no " + std::string(name);
}

/// The elements of a comma list, without the white space around them.
std::vector<std::string_view> elements(std::string_view list) {
    std::vector<std::string_view> all;
    while (!list.empty()) {
        auto const size = std::min(list.find(','), list.size());
        auto element = list.substr(0, size);
        list.remove_prefix(std::min(size + 1, list.size()));
        element.remove_prefix(std::min(element.find_first_not_of(" \t"), element.size()));
        element = element.substr(0, element.find_last_not_of(" \t") + 1);
        if (!element.empty()) all.push_back(element);
    }
    return all;
}

}  // namespace

// RFC 6455 §4.2.2: the key concatenated with a fixed GUID, hashed, base64-encoded.
std::string accept_key(std::string_view key) {
    return encode_base64(sha1(std::string(key) + "258EAFA5-E914-47DA-95CA-C5AB0DC85B11"));
}

std::string make_key(std::span<std::byte const, 16> nonce) {
    return encode_base64({reinterpret_cast<char const*>(nonce.data()), nonce.size()});
}

bool is_handshake(http::RequestHead const& request) {
    auto const& fields = request.fields;
    return fields.has_token("Connection", "upgrade") && fields.has_token("Upgrade", "websocket") &&
           fields.contains("Sec-WebSocket-Key");
}

void throw_exception_from_error(HandshakeFailure const& failure, boost::source_location const& where) {
    boost::throw_exception(std::runtime_error(failure.message), where);
}

boost::system::result<void, HandshakeFailure> check_request(http::RequestHead const& request) {
    auto const& fields = request.fields;
    if (request.method != "GET")
        return HandshakeFailure{HandshakeErrc::bad_method, "handshake by " + http::escaped(request.method), 405};
    if (request.version < http::Version{1, 1})
        return HandshakeFailure{HandshakeErrc::bad_version, "handshake in " + to_string(request.version)};
    if (fields.all("Host").size() != 1) return HandshakeFailure{HandshakeErrc::bad_host, "handshake without one Host"};
    if (!fields.has_token("Connection", "upgrade"))
        return HandshakeFailure{HandshakeErrc::bad_upgrade, shown(fields, "Connection"), 426};
    if (!fields.has_token("Upgrade", "websocket"))
        return HandshakeFailure{HandshakeErrc::bad_upgrade, shown(fields, "Upgrade"), 426};
    if (fields.all("Sec-WebSocket-Version") != std::vector{version})
        return HandshakeFailure{HandshakeErrc::bad_websocket_version, shown(fields, "Sec-WebSocket-Version"), 426};
    auto const keys = fields.all("Sec-WebSocket-Key");
    if (keys.size() != 1) return HandshakeFailure{HandshakeErrc::bad_key, "handshake without one Sec-WebSocket-Key"};
    if (!is_key(keys.front()))
        return HandshakeFailure{HandshakeErrc::bad_key,
                                "Sec-WebSocket-Key " + http::quoted(keys.front()) + " is not 16 bytes in base64"};
    return {};
}

boost::system::result<void, HandshakeFailure> check_response(http::ResponseHead const& response, std::string_view key,
                                                             std::span<std::string const> offered) {
    auto const& fields = response.fields;
    if (response.status != 101)
        return HandshakeFailure{HandshakeErrc::bad_status,
                                "status " + std::to_string(response.status) + " instead of 101"};
    if (!fields.has_token("Upgrade", "websocket"))
        return HandshakeFailure{HandshakeErrc::bad_upgrade, shown(fields, "Upgrade")};
    if (!fields.has_token("Connection", "upgrade"))
        return HandshakeFailure{HandshakeErrc::bad_upgrade, shown(fields, "Connection")};
    auto const accept = accept_key(key);
    if (fields.first("Sec-WebSocket-Accept") != accept)
        return HandshakeFailure{HandshakeErrc::bad_accept,
                                shown(fields, "Sec-WebSocket-Accept") + " instead of " + accept};
    auto const chosen = fields.all("Sec-WebSocket-Protocol");
    // The server may select none of the offered subprotocols (RFC 6455 §4.2.2).
    if (chosen.empty()) return {};
    if (chosen.size() > 1 || std::find(offered.begin(), offered.end(), chosen.front()) == offered.end())
        return HandshakeFailure{HandshakeErrc::bad_subprotocol,
                                shown(fields, "Sec-WebSocket-Protocol") + ", which was not offered"};
    return {};
}

std::optional<std::string> choose_subprotocol(http::Fields const& request, std::span<std::string const> supported) {
    for (auto const list : request.all("Sec-WebSocket-Protocol")) {
        for (auto const offered : elements(list)) {
            // The client's order of preference decides. Without a list of supported ones the first is selected.
            if (supported.empty() || std::find(supported.begin(), supported.end(), offered) != supported.end())
                return std::string(offered);
        }
    }
    return std::nullopt;
}

}  // namespace pathology::proxycore::websocket
