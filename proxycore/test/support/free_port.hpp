// Ports for programs that cannot pick one, and for servers that are down for a while.
#pragma once

#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cstdint>

namespace pathology::test {

/// A port of 127.0.0.1 that the system gives to nobody else: the socket is bound, and does not listen. A server of the test
/// with SO_REUSEADDR can listen on it; while none does, connections are refused.
class ReservedPort {
public:
    ReservedPort() : socket_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
        sockaddr_in address{};
        address.sin_family = AF_INET;
        address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
        socklen_t size = sizeof address;
        auto* const any = reinterpret_cast<sockaddr*>(&address);
        int const yes = 1;
        ::setsockopt(socket_, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes);
        if (::bind(socket_, any, size) == 0) ::getsockname(socket_, any, &size);
        number_ = ntohs(address.sin_port);
    }
    ~ReservedPort() { ::close(socket_); }
    ReservedPort(ReservedPort const&) = delete;
    ReservedPort& operator=(ReservedPort const&) = delete;

    std::uint16_t number() const { return number_; }

private:
    int socket_;
    std::uint16_t number_ = 0;
};

/// One that was free a moment ago.
inline std::uint16_t free_port() { return ReservedPort().number(); }

}  // namespace pathology::test
