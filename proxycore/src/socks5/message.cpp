#include <pathology/proxycore/socks5/message.hpp>

#include <arpa/inet.h>
#include <cassert>

#include "socks5/versions.hpp"

namespace pathology::proxycore::socks5 {
namespace {

char octet(std::size_t number) {
    assert(number <= 255);
    return static_cast<char>(number);
}

template <class Enum> char octet_of(Enum code) { return static_cast<char>(code); }

/// A length in one octet, then the bytes.
std::string counted(std::string_view text) { return octet(text.size()) + std::string(text); }

/// The octets of an address in text, or nothing when it is none of that family.
std::string packed(int family, std::string const& text) {
    std::string octets(family == AF_INET ? 4 : 16, '\0');
    if (inet_pton(family, text.c_str(), octets.data()) != 1) octets.clear();
    return octets;
}

std::string serialise(Address const& address) {
    std::string out{octet_of(address.type)};
    switch (address.type) {
        case AddressType::ipv4: out += packed(AF_INET, address.host); break;
        case AddressType::ipv6: out += packed(AF_INET6, address.host); break;
        case AddressType::name: out += counted(address.host); break;
    }
    return out + octet(address.port >> 8U) + octet(address.port & 0xFFU);
}

std::string_view words(ReplyCode code) {
    switch (code) {
        case ReplyCode::succeeded: return "succeeded";
        case ReplyCode::general_failure: return "general failure";
        case ReplyCode::not_allowed: return "not allowed by its rules";
        case ReplyCode::network_unreachable: return "network unreachable";
        case ReplyCode::host_unreachable: return "host unreachable";
        case ReplyCode::connection_refused: return "connection refused";
        case ReplyCode::ttl_expired: return "TTL expired";
        case ReplyCode::command_not_supported: return "command not supported";
        case ReplyCode::address_type_not_supported: return "address type not supported";
    }
    return "unassigned code";
}

}  // namespace

Address make_address(std::string_view host, std::uint16_t port) {
    std::string text(host);
    bool const has_nul = host.find('\0') != std::string_view::npos;
    auto type = AddressType::name;
    if (!has_nul && !packed(AF_INET, text).empty()) type = AddressType::ipv4;
    if (!has_nul && !packed(AF_INET6, text).empty()) type = AddressType::ipv6;
    return {type, std::move(text), port};
}

std::string describe(ReplyCode code) {
    return std::string(words(code)) + " (" + std::to_string(static_cast<unsigned>(code)) + ")";
}

// RFC 1928 §3: VER NMETHODS METHODS, answered by VER METHOD.
std::string serialise(Greeting const& greeting) {
    std::string out{version, octet(greeting.methods.size())};
    for (auto const method : greeting.methods) out += octet_of(method);
    return out;
}

std::string serialise(Method choice) { return {version, octet_of(choice)}; }

// RFC 1929 §2: VER ULEN UNAME PLEN PASSWD, answered by VER STATUS.
std::string serialise(Credentials const& credentials) {
    return credentials_version + counted(credentials.user) + counted(credentials.password);
}

std::string serialise(Verdict verdict) { return {credentials_version, octet_of(verdict)}; }

// RFC 1928 §4: VER CMD RSV ATYP DST.ADDR DST.PORT
std::string serialise(Request const& request) {
    return std::string{version, octet_of(request.command), '\0'} + serialise(request.address);
}

// RFC 1928 §6: VER REP RSV ATYP BND.ADDR BND.PORT
std::string serialise(Reply const& reply) {
    return std::string{version, octet_of(reply.code), '\0'} + serialise(reply.bound);
}

}  // namespace pathology::proxycore::socks5
