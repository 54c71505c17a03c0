#include "support/real_proxy.hpp"

#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <csignal>
#include <thread>
#include <utility>

#include "support/free_port.hpp"
#include "support/replaced.hpp"

namespace pathology::test {
namespace {

using namespace std::chrono_literals;

constexpr auto patience = 60s;
constexpr int max_attempts = 5;

/// Whether something accepts connections at this address of loopback.
bool accepts(std::string const& host, std::uint16_t port) {
    sockaddr_in6 ipv6{};
    ipv6.sin6_family = AF_INET6;
    ipv6.sin6_port = htons(port);
    ipv6.sin6_addr = in6addr_loopback;
    sockaddr_in ipv4{};
    ipv4.sin_family = AF_INET;
    ipv4.sin_port = htons(port);
    ipv4.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    bool const is_ipv4 = host == RealProxy::ipv4;
    auto const* const address = is_ipv4 ? reinterpret_cast<sockaddr*>(&ipv4) : reinterpret_cast<sockaddr*>(&ipv6);
    int const probe = ::socket(address->sa_family, SOCK_STREAM | SOCK_CLOEXEC, 0);
    bool const connected = ::connect(probe, address, is_ipv4 ? sizeof ipv4 : sizeof ipv6) == 0;
    ::close(probe);
    return connected;
}

bool has_ended(pid_t process) {
    siginfo_t info{};
    return ::waitid(P_PID, static_cast<id_t>(process), &info, WEXITED | WNOHANG | WNOWAIT) != 0 || info.si_pid != 0;
}

/// Some of these programs never say that they are ready, so the port is asked until it answers.
bool wait_until_it_accepts(std::string const& host, std::uint16_t port, pid_t process) {
    auto const end = std::chrono::steady_clock::now() + patience;
    while (!has_ended(process) && std::chrono::steady_clock::now() < end) {
        if (accepts(host, port)) return true;
        std::this_thread::sleep_for(10ms);
    }
    return false;
}

}  // namespace

RealProxy::RealProxy(std::string host) : host_(std::move(host)) {
    std::filesystem::permissions(folder_.path(), std::filesystem::perms::all);  // squid changes its user
}

RealProxy::~RealProxy() {
    if (process_) {
        process_->signal(SIGTERM);
        process_->signal(SIGKILL);  // squid would wait for its clients first
        process_->wait();
    }
}

std::string RealProxy::filled(std::string text) const {
    text = replaced(std::move(text), "HOST", bracketed_host());
    text = replaced(std::move(text), "PORT", std::to_string(port_));
    return replaced(std::move(text), "FOLDER", folder_.path().string());
}

void RealProxy::start(std::string const& program, std::vector<std::string> arguments,
                      std::string const& configuration) {
    for (int attempt = 0; attempt < max_attempts && !running_; ++attempt) {
        port_ = free_port();
        folder_.write("conf", filled(configuration));
        auto these = arguments;
        for (auto& argument : these) argument = filled(argument);
        process_ = std::make_unique<Process>(program, these);
        running_ = wait_until_it_accepts(host_, port_, process_->pid());
        if (running_) return;
        process_->signal(SIGKILL);
        failure_ = process_->wait().err;
        process_.reset();
    }
}

std::unique_ptr<RealProxy> RealProxy::microsocks(std::vector<std::string> arguments, std::string host) {
    arguments.insert(arguments.begin(), {"-i", host, "-p", "PORT"});
    std::unique_ptr<RealProxy> proxy(new RealProxy(std::move(host)));
    proxy->start("microsocks", std::move(arguments), "");
    return proxy;
}

std::unique_ptr<RealProxy> RealProxy::dante(std::string host) {
    auto const internal = "internal: " + host + " port = PORT\n";
    std::unique_ptr<RealProxy> proxy(new RealProxy(std::move(host)));
    proxy->start(
        "danted", {"-f", "FOLDER/conf", "-p", "FOLDER/pid"},
        internal +
            "logoutput: stderr\nexternal: lo\nsocksmethod: none\nclientmethod: none\n"
            "client pass { from: 0/0 to: 0/0 }\nclient pass { from: ::/0 to: ::/0 }\n"
            "socks pass { from: 0/0 to: 0/0 log: connect }\nsocks pass { from: ::/0 to: ::/0 log: connect }\n");
    return proxy;
}

std::unique_ptr<RealProxy> RealProxy::tinyproxy(std::string const& lines, std::string host) {
    auto const listen = "Listen " + host + "\n";
    std::unique_ptr<RealProxy> proxy(new RealProxy(std::move(host)));
    proxy->start("tinyproxy", {"-d", "-c", "FOLDER/conf"}, listen + "Port PORT\nMaxClients 10\n" + lines);
    return proxy;
}

std::unique_ptr<RealProxy> RealProxy::squid(std::string const& lines, std::string host, std::string const& listener) {
    std::unique_ptr<RealProxy> proxy(new RealProxy(std::move(host)));
    // Its user may not open our end of a pipe, so it logs to a FIFO, which another program keeps open and prints.
    auto const fifo = (proxy->folder_.path() / "log").string();
    if (::mkfifo(fifo.c_str(), 0) == 0) ::chmod(fifo.c_str(), 0666);
    proxy->log_ = std::make_unique<Process>("sh", std::vector<std::string>{"-c", "exec cat <>\"$1\"", "sh", fifo});
    proxy->start("squid", {"-N", "-f", "FOLDER/conf"},
                 listener +
                     "\npid_filename none\ncoredump_dir FOLDER\ncache deny all\nlogformat short %rm %ru %un %>Hs\n"
                     "access_log stdio:FOLDER/log short\ncache_log /dev/stderr\nshutdown_lifetime 0 seconds\n"
                     "pinger_enable off\n" +
                     lines + "http_access allow all\n");
    return proxy;
}

std::unique_ptr<RealProxy> RealProxy::mitmdump(std::vector<std::string> arguments, std::string host) {
    arguments.insert(arguments.begin(), {"PYTHONUNBUFFERED=1", "mitmdump", "--listen-host", host, "-p", "PORT", "--set",
                                         "confdir=FOLDER", "--flow-detail", "1"});
    std::unique_ptr<RealProxy> proxy(new RealProxy(std::move(host)));
    proxy->start("env", std::move(arguments), "");
    return proxy;
}

}  // namespace pathology::test
