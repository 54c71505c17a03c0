// Parsers for messages that may be incomplete. Each parses from the first byte again when more has arrived: a message
// has 513 bytes at most, so state between calls would cost more than it saves.
//
//     complete ─▶ value and size       too short, so far valid ─▶ std::nullopt       an invalid byte ─▶ Failure
//
// An invalid byte is reported at once, also in an incomplete message: a client that waits for a reply sends no more.

#include <pathology/proxycore/socks5/read.hpp>

#include <arpa/inet.h>
#include <algorithm>
#include <array>
#include <pathology/proxycore/http/escaped.hpp>

#include "socks5/wire.hpp"

namespace pathology::proxycore::socks5 {
namespace {

/// Reads fields from front to back. Once octets are missing, it returns zeros and empty texts, and ran_short() is true,
/// so that a parser reads all fields and checks once at the end.
class Cursor {
public:
    explicit Cursor(std::string_view bytes) : bytes_(bytes) {}

    std::uint8_t octet() {
        auto const one = take(1);
        return one.empty() ? std::uint8_t{0} : static_cast<std::uint8_t>(one.front());
    }
    std::string_view take(std::size_t size) {
        ran_short_ = ran_short_ || bytes_.size() - used_ < size;
        if (ran_short_) return {};
        used_ += size;
        return bytes_.substr(used_ - size, size);
    }
    std::string_view counted() { return take(octet()); }
    bool ran_short() const { return ran_short_; }

    template <class T> std::optional<Message<T>> finish(T value) const {
        if (ran_short_) return std::nullopt;
        return Message<T>{std::move(value), used_};
    }

private:
    std::string_view bytes_;
    std::size_t used_ = 0;
    bool ran_short_ = false;
};

bool is_letter(std::uint8_t octet) { return (octet >= 'A' && octet <= 'Z') || (octet >= 'a' && octet <= 'z'); }

std::optional<Failure> check_version(Cursor& cursor, char expected) {
    auto const found = cursor.octet();
    if (cursor.ran_short() || found == static_cast<std::uint8_t>(expected)) return std::nullopt;
    auto message = "the first byte is " + std::to_string(found) + ", not " + std::to_string(expected);
    if (is_letter(found)) message += ": is this HTTP?";
    if (found == 4) message += ": this is SOCKS4";
    return Failure{{Errc::bad_version, message}};
}

template <int family, std::size_t size> std::string address_text(std::string_view octets) {
    std::array<char, INET6_ADDRSTRLEN> text{};
    if (octets.size() == size) inet_ntop(family, octets.data(), text.data(), text.size());
    return text.data();
}

bool is_visible(char c) { return c > ' ' && c <= '~'; }

std::optional<Failure> check_name(std::string_view name) {
    if (!name.empty() && std::all_of(name.begin(), name.end(), is_visible)) return std::nullopt;
    return Failure{{Errc::bad_name, "not a host name: " + http::quoted(name)}};
}

// ATYP, the address, and the port in network order (RFC 1928 §5).
Endpoint read_endpoint(Cursor& cursor, std::optional<Failure>& failure) {
    Endpoint endpoint;
    auto const type = cursor.octet();
    if (cursor.ran_short()) return endpoint;
    switch (static_cast<AddressType>(type)) {
        case AddressType::ipv4: endpoint.host = address_text<AF_INET, 4>(cursor.take(4)); break;
        case AddressType::ipv6: endpoint.host = address_text<AF_INET6, 16>(cursor.take(16)); break;
        case AddressType::name: endpoint.host = cursor.counted(); break;
        default:
            failure = Failure{{Errc::bad_address_type, "unknown address type " + std::to_string(type)},
                              ReplyCode::address_type_not_supported};
    }
    auto const high = cursor.octet();
    endpoint.port = static_cast<std::uint16_t>(high << 8U | cursor.octet());
    return endpoint;
}

/// Request and reply have one shape: version, a code, a reserved octet, an address.
template <class T, class Code> Outcome<T> read_with_address(std::string_view bytes) {
    Cursor cursor(bytes);
    if (auto const failure = check_version(cursor, version)) return *failure;
    auto const code = static_cast<Code>(cursor.octet());
    cursor.octet();
    std::optional<Failure> failure;
    auto endpoint = read_endpoint(cursor, failure);
    if (failure) return *failure;
    return cursor.finish(T{code, std::move(endpoint)});
}

/// The two responses that are a version and a code.
template <class Code> Outcome<Code> read_code(std::string_view bytes, char expected) {
    Cursor cursor(bytes);
    if (auto const failure = check_version(cursor, expected)) return *failure;
    return cursor.finish(static_cast<Code>(cursor.octet()));
}

}  // namespace

Outcome<Greeting> read_greeting(std::string_view bytes) {
    Cursor cursor(bytes);
    if (auto const failure = check_version(cursor, version)) return *failure;
    auto const count = cursor.octet();
    if (!cursor.ran_short() && count == 0) {
        return Failure{{Errc::no_methods, "the greeting offers no authentication method"}};
    }
    Greeting greeting;
    for (char const method : cursor.take(count)) greeting.methods.push_back(static_cast<Method>(method));
    return cursor.finish(std::move(greeting));
}

Outcome<Method> read_method(std::string_view bytes) { return read_code<Method>(bytes, version); }

Outcome<Credentials> read_credentials(std::string_view bytes) {
    Cursor cursor(bytes);
    if (auto const failure = check_version(cursor, credentials_version)) return *failure;
    Credentials credentials;
    credentials.user = cursor.counted();
    credentials.password = cursor.counted();
    return cursor.finish(std::move(credentials));
}

// RFC 1929 §2: every status but 0 is a failure.
Outcome<Verdict> read_verdict(std::string_view bytes) {
    auto verdict = read_code<Verdict>(bytes, credentials_version);
    if (verdict && *verdict && (*verdict)->value != Verdict::accepted) (*verdict)->value = Verdict::refused;
    return verdict;
}

Outcome<Request> read_request(std::string_view bytes) {
    auto request = read_with_address<Request, Command>(bytes);
    if (!request || !*request) return request;
    if (auto const failure = check_name((*request)->value.target.host)) return *failure;  // addresses always pass
    return request;
}

// The address of a reply is not checked: it is only informative, and servers send invalid ones in refusals.
Outcome<Reply> read_reply(std::string_view bytes) { return read_with_address<Reply, ReplyCode>(bytes); }

}  // namespace pathology::proxycore::socks5
