#include "program/background.hpp"

#include <fcntl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <utility>

namespace pathology::pathod {
namespace {

/// The status that the child reports; 1 if it ended before.
int wait_for_report(int from_child) {
    unsigned char status = 1;
    // If the child dies, the pipe ends without a byte.
    while (::read(from_child, &status, 1) < 0 && errno == EINTR) {
    }
    ::close(from_child);
    return status;
}

void redirect_standard_streams() {
    // The streams stay open: a later open() must not get the number 1 and receive the output of a library.
    int const null = ::open("/dev/null", O_RDWR | O_CLOEXEC);
    if (null < 0) return;
    for (int const stream : {STDIN_FILENO, STDOUT_FILENO, STDERR_FILENO}) ::dup2(null, stream);
    if (null > STDERR_FILENO) ::close(null);
}

}  // namespace

Background::~Background() {
    if (to_parent_ >= 0) ::close(to_parent_);
}

std::optional<int> Background::enter() {
    std::array<int, 2> ends{};
    if (::pipe2(ends.data(), O_CLOEXEC) != 0) return 1;
    auto const child = ::fork();
    if (child != 0) {
        ::close(ends[1]);
        if (child > 0) return wait_for_report(ends[0]);
        ::close(ends[0]);
        return 1;
    }
    ::close(ends[0]);
    to_parent_ = ends[1];
    // Detaches from the terminal: its hang-up does not end the daemon.
    ::setsid();
    return std::nullopt;
}

void Background::detach() {
    if (to_parent_ < 0) return;
    redirect_standard_streams();
    report(0);
}

void Background::report(int status) {
    if (to_parent_ < 0) return;
    auto const byte = static_cast<unsigned char>(status);
    while (::write(to_parent_, &byte, 1) < 0 && errno == EINTR) {
    }
    ::close(std::exchange(to_parent_, -1));
}

}  // namespace pathology::pathod
