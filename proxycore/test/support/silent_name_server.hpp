// A name server that lets everybody wait, in a network namespace of the test's own.
#pragma once

#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <stdexcept>

#include "support/process.hpp"

namespace pathology::test {

/// Whichever address the system asks for names, it asks here. When it goes, it says that there is no such name, so that
/// whoever still waits does not wait longer.
class SilentNameServer {
public:
    SilentNameServer() : socket_(::socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0)) {
        auto const led = run("ip", {"route", "add", "local", "default", "dev", "lo"});
        sockaddr_in address{};
        address.sin_family = AF_INET;
        address.sin_port = htons(53);
        bool const is_bound = ::bind(socket_, reinterpret_cast<sockaddr*>(&address), sizeof address) == 0;
        if (led.status != 0 || !is_bound) throw std::runtime_error("there can be no name server: " + led.err);
    }
    ~SilentNameServer() {
        while (deny()) {
        }
        ::close(socket_);
    }
    SilentNameServer(SilentNameServer const&) = delete;
    SilentNameServer& operator=(SilentNameServer const&) = delete;

    /// Waits until somebody asks; false when nobody did in time.
    bool is_asked_within(int milliseconds) const {
        pollfd question{socket_, POLLIN, 0};
        return ::poll(&question, 1, milliseconds) == 1;
    }

private:
    /// Answers one question with NXDOMAIN (RFC 1035 §4.1.1); false when there is none.
    bool deny() const {
        std::array<unsigned char, 512> message{};
        sockaddr_storage from{};
        socklen_t size = sizeof from;
        auto* const who = reinterpret_cast<sockaddr*>(&from);
        auto const n = ::recvfrom(socket_, message.data(), message.size(), MSG_DONTWAIT, who, &size);
        if (n < 4) return false;
        message[2] = static_cast<unsigned char>(message[2] | 0x80U);
        message[3] = static_cast<unsigned char>((message[3] & 0xf0U) | 3U);
        ::sendto(socket_, message.data(), static_cast<std::size_t>(n), 0, who, size);
        return true;
    }

    int socket_;
};

}  // namespace pathology::test
