// A port for programs that cannot pick one.
#pragma once

#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cstdint>

namespace pathology::test {

/// One that was free a moment ago.
inline std::uint16_t free_port() {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof address;
    auto* const any = reinterpret_cast<sockaddr*>(&address);
    int const probe = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (::bind(probe, any, size) == 0) ::getsockname(probe, any, &size);
    ::close(probe);
    return ntohs(address.sin_port);
}

}  // namespace pathology::test
