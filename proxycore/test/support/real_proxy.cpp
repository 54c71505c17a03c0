#include "support/real_proxy.hpp"

#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <csignal>
#include <thread>

#include "support/free_port.hpp"

namespace pathology::test {
namespace {

using namespace std::chrono_literals;

constexpr auto patience = 60s;
constexpr int max_attempts = 5;

sockaddr_in loopback(std::uint16_t port) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    address.sin_port = htons(port);
    return address;
}

bool accepts(std::uint16_t port) {
    auto const address = loopback(port);
    int const probe = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    bool const connected = ::connect(probe, reinterpret_cast<sockaddr const*>(&address), sizeof address) == 0;
    ::close(probe);
    return connected;
}

bool has_ended(pid_t process) {
    siginfo_t info{};
    return ::waitid(P_PID, static_cast<id_t>(process), &info, WEXITED | WNOHANG | WNOWAIT) != 0 || info.si_pid != 0;
}

/// Some of these programs never say that they are ready, so the port is asked until it answers.
bool wait_until_it_accepts(std::uint16_t port, pid_t process) {
    auto const end = std::chrono::steady_clock::now() + patience;
    while (!has_ended(process) && std::chrono::steady_clock::now() < end) {
        if (accepts(port)) return true;
        std::this_thread::sleep_for(10ms);
    }
    return false;
}

std::string replaced(std::string text, std::string const& word, std::string const& by) {
    for (auto at = text.find(word); at != std::string::npos; at = text.find(word)) text.replace(at, word.size(), by);
    return text;
}

}  // namespace

RealProxy::RealProxy() {
    std::filesystem::permissions(folder_.path(), std::filesystem::perms::all);  // squid changes its user
}

RealProxy::~RealProxy() {
    if (process_) {
        process_->signal(SIGTERM);
        process_->signal(SIGKILL);  // squid would wait for its clients first
        process_->wait();
    }
}

void RealProxy::start(std::string const& program, std::vector<std::string> arguments,
                      std::string const& configuration) {
    for (int attempt = 0; attempt < max_attempts && !running_; ++attempt) {
        port_ = free_port();
        auto const filled = [&](std::string const& text) {
            return replaced(replaced(text, "PORT", std::to_string(port_)), "FOLDER", folder_.path().string());
        };
        folder_.write("conf", filled(configuration));
        auto these = arguments;
        for (auto& argument : these) argument = filled(argument);
        process_ = std::make_unique<Process>(program, these);
        running_ = wait_until_it_accepts(port_, process_->pid());
        if (running_) return;
        process_->signal(SIGKILL);
        failure_ = process_->wait().err;
        process_.reset();
    }
}

std::unique_ptr<RealProxy> RealProxy::microsocks(std::vector<std::string> arguments) {
    std::unique_ptr<RealProxy> proxy(new RealProxy);
    arguments.insert(arguments.begin(), {"-i", "127.0.0.1", "-p", "PORT"});
    proxy->start("microsocks", std::move(arguments), "");
    return proxy;
}

std::unique_ptr<RealProxy> RealProxy::tinyproxy(std::string const& lines) {
    std::unique_ptr<RealProxy> proxy(new RealProxy);
    proxy->start("tinyproxy", {"-d", "-c", "FOLDER/conf"}, "Listen 127.0.0.1\nPort PORT\nMaxClients 10\n" + lines);
    return proxy;
}

std::unique_ptr<RealProxy> RealProxy::squid(std::string const& lines) {
    std::unique_ptr<RealProxy> proxy(new RealProxy);
    proxy->start("squid", {"-N", "-f", "FOLDER/conf"},
                 "http_port 127.0.0.1:PORT\npid_filename none\ncoredump_dir FOLDER\ncache deny all\naccess_log none\n"
                 "cache_log /dev/stderr\nshutdown_lifetime 0 seconds\npinger_enable off\n" +
                     lines + "http_access allow all\n");
    return proxy;
}

std::unique_ptr<RealProxy> RealProxy::mitmdump(std::vector<std::string> arguments) {
    std::unique_ptr<RealProxy> proxy(new RealProxy);
    arguments.insert(arguments.begin(), {"PYTHONUNBUFFERED=1", "mitmdump", "--listen-host", "127.0.0.1", "-p", "PORT",
                                         "--set", "confdir=FOLDER", "--flow-detail", "1"});
    proxy->start("env", std::move(arguments), "");
    return proxy;
}

}  // namespace pathology::test
