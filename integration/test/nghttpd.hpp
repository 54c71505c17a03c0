// nghttpd, the HTTP/2 server of nghttp2.
#pragma once

#include <csignal>
#include <filesystem>
#include <fstream>
#include <memory>
#include <string>

#include "support/folder.hpp"
#include "support/free_port.hpp"
#include "support/process.hpp"

namespace pathology::integration {

class Nghttpd {
public:
    /// Serves a file `/hello` with five bytes; over TLS where there are a key and a certificate.
    explicit Nghttpd(std::string key = {}, std::string certificate = {})
        : key_(std::move(key)), certificate_(std::move(certificate)) {
        std::ofstream(folder_.path() / "hello") << "hello";
        for (int attempt = 0; attempt < 5 && !running_; ++attempt) start();
    }
    ~Nghttpd() {
        if (!process_) return;
        process_->signal(SIGTERM);
        process_->wait();
    }
    Nghttpd(Nghttpd const&) = delete;
    Nghttpd& operator=(Nghttpd const&) = delete;

    bool is_running() const { return running_; }
    std::string port() const { return std::to_string(port_); }
    test::Process& process() { return *process_; }

private:
    void start() {
        port_ = test::free_port();
        // Only when it is verbose does it tell that it listens, and without stdbuf not before its buffer is full.
        std::vector<std::string> arguments{
            "-oL", "nghttpd", "--verbose", "-a", "127.0.0.1", "-d", folder_.path().string(), port()};
        if (key_.empty())
            arguments.emplace_back("--no-tls");
        else
            arguments.insert(arguments.end(), {key_, certificate_});
        process_ = std::make_unique<test::Process>("stdbuf", arguments);
        running_ = process_->read_until("listen 127.0.0.1:");
        if (!running_) process_->wait();
    }

    std::string key_, certificate_;
    test::Folder folder_;
    std::unique_ptr<test::Process> process_;
    bool running_ = false;
    std::uint16_t port_ = 0;
};

}  // namespace pathology::integration
