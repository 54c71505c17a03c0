#include <pathology/proxycore/socks5/message.hpp>

#include <arpa/inet.h>
#include <cassert>

#include "socks5/wire.hpp"

namespace pathology::proxycore::socks5 {
namespace {

char octet(std::size_t number) {
    assert(number <= 255);
    return static_cast<char>(number);
}

template <class Enum> char octet_of(Enum code) { return static_cast<char>(code); }

/// A length in one octet, then the bytes.
std::string counted(std::string_view text) { return octet(text.size()) + std::string(text); }

/// The octets of an address in text; empty if it is not of that family.
std::string packed(int family, std::string const& text) {
    std::string octets(family == AF_INET ? 4 : 16, '\0');
    if (inet_pton(family, text.c_str(), octets.data()) != 1) octets.clear();
    return octets;
}

// ATYP, the address, and the port in network order.
std::string serialise(Endpoint const& endpoint) {
    auto const& host = endpoint.host;
    bool const has_nul = host.find('\0') != std::string::npos;  // inet_pton would stop there
    auto const ipv4 = has_nul ? std::string() : packed(AF_INET, host);
    auto const ipv6 = has_nul ? std::string() : packed(AF_INET6, host);
    std::string out;
    if (!ipv4.empty())
        out = octet_of(AddressType::ipv4) + ipv4;
    else if (!ipv6.empty())
        out = octet_of(AddressType::ipv6) + ipv6;
    else
        out = octet_of(AddressType::name) + counted(host);
    return out + octet(endpoint.port >> 8U) + octet(endpoint.port & 0xFFU);
}

std::string_view words(ReplyCode code) {
    switch (code) {
        case ReplyCode::succeeded: return "succeeded";
        case ReplyCode::general_failure: return "general SOCKS server failure";
        case ReplyCode::not_allowed: return "connection not allowed by ruleset";
        case ReplyCode::network_unreachable: return "Network unreachable";
        case ReplyCode::host_unreachable: return "Host unreachable";
        case ReplyCode::connection_refused: return "Connection refused";
        case ReplyCode::ttl_expired: return "TTL expired";
        case ReplyCode::command_not_supported: return "Command not supported";
        case ReplyCode::address_type_not_supported: return "Address type not supported";
    }
    return "unassigned code";
}

}  // namespace

std::string describe(ReplyCode code) {
    return std::string(words(code)) + " (" + std::to_string(static_cast<unsigned>(code)) + ")";
}

// RFC 1928 §3: VER NMETHODS METHODS; the response is VER METHOD.
std::string serialise(Greeting const& greeting) {
    std::string out{version, octet(greeting.methods.size())};
    for (auto const method : greeting.methods) out += octet_of(method);
    return out;
}

std::string serialise(Method choice) { return {version, octet_of(choice)}; }

// RFC 1929 §2: VER ULEN UNAME PLEN PASSWD; the response is VER STATUS.
std::string serialise(Credentials const& credentials) {
    return credentials_version + counted(credentials.user) + counted(credentials.password);
}

std::string serialise(Verdict verdict) { return {credentials_version, octet_of(verdict)}; }

// RFC 1928 §4: VER CMD RSV ATYP DST.ADDR DST.PORT
std::string serialise(Request const& request) {
    return std::string{version, octet_of(request.command), '\0'} + serialise(request.target);
}

// RFC 1928 §6: VER REP RSV ATYP BND.ADDR BND.PORT
std::string serialise(Reply const& reply) {
    return std::string{version, octet_of(reply.code), '\0'} + serialise(reply.bound);
}

}  // namespace pathology::proxycore::socks5
