#include "support/process.hpp"

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

namespace pathology::test {
namespace {

constexpr int patience_ms = 30'000;
constexpr int room = 1 << 20;  ///< for what is said before the test listens

std::array<int, 2> make_pipe() {
    std::array<int, 2> ends{};
    if (::pipe2(ends.data(), O_CLOEXEC) != 0) throw std::runtime_error("no pipe to be had");
    ::fcntl(ends[1], F_SETPIPE_SZ, room);
    return ends;
}

int status_of(int waited) { return WIFEXITED(waited) ? WEXITSTATUS(waited) : 128 + WTERMSIG(waited); }

[[noreturn]] void become(std::vector<std::string>& words, std::string const& folder, int out, int err) {
    std::vector<char*> argv;
    argv.reserve(words.size() + 1);
    for (auto& word : words) argv.push_back(word.data());
    argv.push_back(nullptr);
    ::dup2(out, STDOUT_FILENO);
    ::dup2(err, STDERR_FILENO);
    if (!folder.empty() && ::chdir(folder.c_str()) != 0) ::_exit(126);
    ::execvp(argv.front(), argv.data());
    ::_exit(127);
}

}  // namespace

Process::Process(std::string program, std::vector<std::string> arguments, std::string const& folder) {
    arguments.insert(arguments.begin(), std::move(program));
    auto const out = make_pipe();
    auto const err = make_pipe();
    process_ = ::fork();
    if (process_ < 0) throw std::runtime_error("no process to be had");
    if (process_ == 0) become(arguments, folder, out[1], err[1]);
    ::close(out[1]);
    ::close(err[1]);
    out_ = out[0];
    err_ = err[0];
}

Process::~Process() {
    if (process_ > 0) {
        ::kill(process_, SIGKILL);
        wait();
    }
    close(out_);
    close(err_);
}

/// Takes what is there on either stream; false when both have ended or nothing came in time.
bool Process::read_more() {
    std::array<pollfd, 2> streams{pollfd{out_, POLLIN, 0}, pollfd{err_, POLLIN, 0}};
    if ((out_ < 0 && err_ < 0) || ::poll(streams.data(), streams.size(), patience_ms) <= 0) return false;
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

std::string Process::read_line_of(std::string& stream) {
    while (stream.find('\n') == std::string::npos && read_more()) {
    }
    auto const end = std::min(stream.find('\n'), stream.size());
    auto line = stream.substr(0, end);
    stream.erase(0, end + 1);
    return line;
}

bool Process::read_until(std::string_view text) {
    auto const was_printed = [&] {
        return ended_.out.find(text) != std::string::npos || ended_.err.find(text) != std::string::npos;
    };
    while (!was_printed() && read_more()) {
    }
    return was_printed();
}

bool Process::read_past(std::string_view text) {
    if (!read_until(text)) return false;
    auto& stream = ended_.out.find(text) != std::string::npos ? ended_.out : ended_.err;
    stream.erase(0, stream.find(text) + text.size());
    return true;
}

void Process::stop_reading() { close(out_); }

void Process::signal(int number) { ::kill(process_, number); }

Ended Process::wait() {
    while (read_more()) {
    }
    if (out_ >= 0 || err_ >= 0) ::kill(process_, SIGKILL);
    int status = 0;
    ::waitpid(std::exchange(process_, -1), &status, 0);
    ended_.status = status_of(status);
    return std::move(ended_);
}

void Process::close(int& descriptor) {
    if (descriptor >= 0) ::close(std::exchange(descriptor, -1));
}

Ended run(std::string program, std::vector<std::string> arguments, std::string const& folder) {
    return Process(std::move(program), std::move(arguments), folder).wait();
}

bool is_installed(std::string const& program) {
    return run("sh", {"-c", "command -v \"$1\"", "sh", program}).status == 0;
}

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

}  // namespace pathology::test
