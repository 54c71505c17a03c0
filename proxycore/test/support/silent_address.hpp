// An address of this machine where nobody answers a TCP handshake.
#pragma once

#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>
#include <cstdint>
#include <stdexcept>
#include <vector>

namespace pathology::test {

/// A listener whose queue is full, and that accepts nobody: the kernel drops what asks for more.
class SilentAddress {
public:
    SilentAddress() : listener_(open()) {
        socklen_t size = sizeof address_;
        bool const listens = ::bind(listener_, any(), size) == 0 && ::listen(listener_, 0) == 0 &&
                             ::getsockname(listener_, any(), &size) == 0;
        if (!listens) throw std::runtime_error("no silent address: cannot listen");
        for (int i = 0; i < max_count; ++i)
            if (!gets_response()) return;
        throw std::runtime_error("no silent address: everybody is answered");
    }
    ~SilentAddress() {
        for (int const socket : filling_) ::close(socket);
        ::close(listener_);
    }
    SilentAddress(SilentAddress const&) = delete;
    SilentAddress& operator=(SilentAddress const&) = delete;

    std::uint16_t port() const { return ntohs(address_.sin_port); }

private:
    static constexpr int max_count = 16;

    static int open() { return ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0); }
    sockaddr* any() { return reinterpret_cast<sockaddr*>(&address_); }

    /// A handshake on this machine is over before the first call returns, or does not come about.
    bool gets_response() {
        int const socket = filling_.emplace_back(open());
        for (int turn = 0; turn < 2; ++turn)
            if (::connect(socket, any(), sizeof address_) == 0 || errno == EISCONN) return true;
        return false;
    }

    sockaddr_in address_ = [] {
        sockaddr_in address{};
        address.sin_family = AF_INET;
        address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
        return address;
    }();
    int listener_;
    std::vector<int> filling_;
};

}  // namespace pathology::test
