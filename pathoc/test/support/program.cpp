#include "support/program.hpp"

#include <fcntl.h>
#include <poll.h>
#include <sys/wait.h>
#include <unistd.h>
#include <array>
#include <chrono>
#include <csignal>
#include <stdexcept>

namespace pathology::pathoc::test {
namespace {

constexpr std::chrono::seconds patience{30};

/// A pipe whose ends close themselves, and in the child too.
struct Pipe {
    Pipe() {
        if (::pipe2(ends.data(), O_CLOEXEC) != 0) throw std::runtime_error("no pipe");
    }
    ~Pipe() {
        close_end(0);
        close_end(1);
    }
    Pipe(Pipe const&) = delete;
    Pipe& operator=(Pipe const&) = delete;

    void close_end(std::size_t which) {
        if (ends[which] >= 0) ::close(ends[which]);
        ends[which] = -1;
    }

    std::array<int, 2> ends{-1, -1};
};

/// Takes what is there; false at the end.
bool read_into(Pipe& pipe, std::string& text) {
    std::array<char, 65536> block{};
    auto const n = ::read(pipe.ends[0], block.data(), block.size());
    if (n > 0) text.append(block.data(), static_cast<std::size_t>(n));
    if (n <= 0) pipe.close_end(0);
    return n > 0;
}

}  // namespace

Ended run_program(std::string const& path, std::vector<std::string> const& arguments, std::string const& folder,
                  std::string const& interrupt_after) {
    std::vector<char*> argv{const_cast<char*>(path.c_str())};
    for (auto const& argument : arguments) argv.push_back(const_cast<char*>(argument.c_str()));
    argv.push_back(nullptr);
    Pipe out, err;
    auto const child = ::fork();
    if (child < 0) throw std::runtime_error("no fork");
    if (child == 0) {
        ::dup2(out.ends[1], 1);
        ::dup2(err.ends[1], 2);
        if (!folder.empty() && ::chdir(folder.c_str()) != 0) ::_exit(126);
        ::execv(path.c_str(), argv.data());
        ::_exit(127);
    }
    out.close_end(1);
    err.close_end(1);
    Ended ended;
    bool interrupted = interrupt_after.empty();
    auto const deadline = std::chrono::steady_clock::now() + patience;
    while (out.ends[0] >= 0 || err.ends[0] >= 0) {
        std::array<pollfd, 2> waiting{{{out.ends[0], POLLIN, 0}, {err.ends[0], POLLIN, 0}}};
        auto const left =
            std::chrono::duration_cast<std::chrono::milliseconds>(deadline - std::chrono::steady_clock::now());
        if (left.count() <= 0 || ::poll(waiting.data(), waiting.size(), static_cast<int>(left.count())) <= 0) {
            ::kill(child, SIGKILL);
            break;
        }
        if (waiting[0].revents != 0) read_into(out, ended.out);
        if (waiting[1].revents != 0) read_into(err, ended.err);
        if (!interrupted && (ended.out + ended.err).find(interrupt_after) != std::string::npos) {
            interrupted = true;
            ::kill(child, SIGINT);
        }
    }
    int status = 0;
    ::waitpid(child, &status, 0);
    if (WIFEXITED(status)) ended.status = WEXITSTATUS(status);
    return ended;
}

}  // namespace pathology::pathoc::test
