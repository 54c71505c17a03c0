// A redis-server of its own for a test, without files, stopped with this object.
#pragma once

#include <csignal>
#include <cstdint>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "support/folder.hpp"
#include "support/free_port.hpp"
#include "support/process.hpp"

namespace pathology::test {

class RedisServer {
public:
    static bool is_installed() { return test::is_installed("redis-server"); }

    explicit RedisServer(std::string password = {}) : password_(std::move(password)) {
        // It cannot be asked to pick a port, so it gets one that was free a moment ago, and another when it is not.
        for (int attempt = 0; attempt < 5 && !process_; ++attempt) {
            port_ = free_port();
            start();
        }
    }
    ~RedisServer() { stop(); }
    RedisServer(RedisServer const&) = delete;
    RedisServer& operator=(RedisServer const&) = delete;

    bool is_running() const { return process_ != nullptr; }
    std::string port() const { return std::to_string(port_); }
    std::uint16_t port_number() const { return port_; }
    std::string url() const {
        return "redis://" + (password_.empty() ? "" : ":" + password_ + "@") + "127.0.0.1:" + port();
    }

    void stop() {
        if (!process_) return;
        process_->signal(SIGKILL);
        process_->wait();
        process_.reset();
    }
    /// On the port that it had; empty again.
    void start() {
        std::vector<std::string> arguments{"--port",       port(),
                                           "--bind",       "127.0.0.1",
                                           "--save",       "",
                                           "--appendonly", "no",
                                           "--dir",        folder_.path().string(),
                                           "--daemonize",  "no"};
        if (!password_.empty()) arguments.insert(arguments.end(), {"--requirepass", password_});
        process_ = std::make_unique<Process>("redis-server", std::move(arguments));
        if (process_->read_until("Ready to accept connections")) return;
        process_->wait();
        process_.reset();
    }

    /// What redis-cli prints for a command, with its line ends.
    std::string ask(std::vector<std::string> command) const {
        command.insert(command.begin(), {"-h", "127.0.0.1", "-p", port()});
        if (!password_.empty()) command.insert(command.begin(), {"--no-auth-warning", "-a", password_});
        return run("redis-cli", std::move(command)).out;
    }

private:
    std::string password_;
    Folder folder_;
    std::unique_ptr<Process> process_;
    std::uint16_t port_ = 0;
};

}  // namespace pathology::test
