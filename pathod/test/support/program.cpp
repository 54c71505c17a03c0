#include "support/program.hpp"

#include <fcntl.h>
#include <poll.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <csignal>
#include <fstream>
#include <stdexcept>
#include <utility>

namespace pathology::pathod::test {
namespace {

constexpr int patience_ms = 10'000;

std::array<int, 2> make_pipe() {
    std::array<int, 2> ends{};
    if (::pipe2(ends.data(), O_CLOEXEC) != 0) throw std::runtime_error("no pipe to be had");
    return ends;
}

int status_of(int waited) { return WIFEXITED(waited) ? WEXITSTATUS(waited) : 128 + WTERMSIG(waited); }

[[noreturn]] void become(std::vector<std::string>& arguments, int out, int err) {
    std::vector<char*> argv{const_cast<char*>(PATHOD_PROGRAM)};
    for (auto& argument : arguments) argv.push_back(argument.data());
    argv.push_back(nullptr);
    ::dup2(out, STDOUT_FILENO);
    ::dup2(err, STDERR_FILENO);
    ::execv(PATHOD_PROGRAM, argv.data());
    ::_exit(127);
}

}  // namespace

Program::Program(std::vector<std::string> arguments) {
    auto const out = make_pipe();
    auto const err = make_pipe();
    process_ = ::fork();
    if (process_ < 0) throw std::runtime_error("no process to be had");
    if (process_ == 0) become(arguments, out[1], err[1]);
    ::close(out[1]);
    ::close(err[1]);
    out_ = out[0];
    err_ = err[0];
}

Program::~Program() {
    if (process_ > 0) {
        ::kill(process_, SIGKILL);
        wait();
    }
    close(out_);
    close(err_);
}

/// Takes what is there on either stream; false when both have ended or nothing came in time.
bool Program::read_more(int timeout_ms) {
    std::array<pollfd, 2> streams{pollfd{out_, POLLIN, 0}, pollfd{err_, POLLIN, 0}};
    if ((out_ < 0 && err_ < 0) || ::poll(streams.data(), streams.size(), timeout_ms) <= 0) return false;
    std::array<char, 65536> bytes{};
    for (auto const& [stream, into] : {std::pair{&out_, &ended_.out}, std::pair{&err_, &ended_.err}}) {
        auto const& polled = streams[stream == &out_ ? 0 : 1];
        if (*stream < 0 || polled.revents == 0) continue;
        auto const n = ::read(*stream, bytes.data(), bytes.size());
        if (n > 0) {
            into->append(bytes.data(), static_cast<std::size_t>(n));
        } else {
            close(*stream);
        }
    }
    return true;
}

std::string Program::read_line_of(std::string& stream) {
    while (stream.find('\n') == std::string::npos && read_more(patience_ms)) {
    }
    auto const end = std::min(stream.find('\n'), stream.size());
    auto line = stream.substr(0, end);
    stream.erase(0, end + 1);
    return line;
}

void Program::stop_reading() { close(out_); }

void Program::signal(int number) { ::kill(process_, number); }

Ended Program::wait() {
    while (read_more(patience_ms)) {
    }
    if (out_ >= 0 || err_ >= 0) ::kill(process_, SIGKILL);
    int status = 0;
    ::waitpid(std::exchange(process_, -1), &status, 0);
    ended_.status = status_of(status);
    return std::move(ended_);
}

void Program::close(int& descriptor) {
    if (descriptor >= 0) ::close(std::exchange(descriptor, -1));
}

Ended run_program(std::vector<std::string> arguments) { return Program(std::move(arguments)).wait(); }

BackgroundReaper::BackgroundReaper() { ::prctl(PR_SET_CHILD_SUBREAPER, 1); }

BackgroundReaper::~BackgroundReaper() { ::prctl(PR_SET_CHILD_SUBREAPER, 0); }

int BackgroundReaper::end() {
    std::ifstream children("/proc/thread-self/children");
    pid_t child = 0, another = 0;
    if (!(children >> child) || children >> another) return -1;
    ::kill(child, SIGTERM);
    int status = 0;
    return ::waitpid(child, &status, 0) == child ? status_of(status) : -1;
}

}  // namespace pathology::pathod::test
