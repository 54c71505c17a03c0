// Constants of the wire format that are not part of the interface.
#pragma once

#include <cstdint>

namespace pathology::proxycore::socks5 {

inline constexpr char version = 5;              // RFC 1928
inline constexpr char credentials_version = 1;  // RFC 1929, for user and password and their verdict

/// The ATYP octet: the form of an address (RFC 1928 §5).
enum class AddressType : std::uint8_t { ipv4 = 1, name = 3, ipv6 = 4 };

}  // namespace pathology::proxycore::socks5
