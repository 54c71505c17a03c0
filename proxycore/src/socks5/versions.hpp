// The first octet of every message.
#pragma once

namespace pathology::proxycore::socks5 {

inline constexpr char version = 5;              // RFC 1928
inline constexpr char credentials_version = 1;  // RFC 1929, for user and password and their verdict

}  // namespace pathology::proxycore::socks5
