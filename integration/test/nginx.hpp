// nginx with one worker and one location, as a server under test.
#pragma once

#include <unistd.h>

#include <fstream>
#include <memory>
#include <string>

#include "support/folder.hpp"
#include "support/free_port.hpp"
#include "support/process.hpp"

namespace pathology::integration {

class Nginx {
public:
    static bool is_installed() { return !program().empty(); }

    /// Starts it with `location` as the content of `location / {}`; `listening` follows the address it listens on, and
    /// `settings` are the server's.
    explicit Nginx(std::string const& location, std::string const& listening = {}, std::string const& settings = {})
        : listening_(listening), settings_(settings) {
        // It cannot be asked to pick a port, so it gets one that was free a moment ago, and another when it is not.
        for (int attempt = 0; attempt < 5 && !running_; ++attempt) start(location);
    }
    ~Nginx() {
        if (!process_) return;
        process_->signal(SIGTERM);
        process_->wait();
    }
    Nginx(Nginx const&) = delete;
    Nginx& operator=(Nginx const&) = delete;

    bool is_running() const { return running_; }
    std::string const& failure() const { return failure_; }
    std::string port() const { return std::to_string(port_); }

private:
    static std::string program() {
        for (auto const* name : {"nginx", "/usr/sbin/nginx"}) {
            if (test::is_installed(name)) return name;
        }
        return {};
    }

    void start(std::string const& location) {
        port_ = test::free_port();
        auto const folder = folder_.path().string();
        std::ofstream(folder_.path() / "nginx.conf")
            << (::geteuid() == 0 ? "user root;" : "") << "worker_processes 1; daemon off; pid " << folder << "/pid;"
            << "error_log stderr notice; events {} http { access_log off; client_body_temp_path " << folder << "/b;"
            << "proxy_temp_path " << folder << "/p; fastcgi_temp_path " << folder << "/f; uwsgi_temp_path " << folder
            << "/u; scgi_temp_path " << folder << "/s; server { listen 127.0.0.1:" << port_ << " " << listening_ << "; "
            << settings_ << " location / { " << location << " } } }";
        process_ = std::make_unique<test::Process>(
            program(), std::vector<std::string>{"-p", folder, "-c", folder + "/nginx.conf"});
        running_ = process_->read_until("start worker process ");
        if (running_) return;
        failure_ = process_->wait().err;
        process_.reset();
    }

    std::string listening_, settings_;
    test::Folder folder_;
    std::unique_ptr<test::Process> process_;
    bool running_ = false;
    std::string failure_;
    std::uint16_t port_ = 0;
};

}  // namespace pathology::integration
