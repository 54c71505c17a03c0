// Proxies that other people wrote, started for a test on a port of their own.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "support/folder.hpp"
#include "support/process.hpp"

namespace pathology::test {

/// A program that listens on 127.0.0.1 and cannot pick a port by itself.
class RealProxy {
public:
    /// microsocks, a SOCKS5 server.
    static std::unique_ptr<RealProxy> microsocks(std::vector<std::string> arguments = {});
    /// tinyproxy, with `lines` added to its configuration.
    static std::unique_ptr<RealProxy> tinyproxy(std::string const& lines = {});
    /// squid, with `lines` in its configuration before everything is allowed.
    static std::unique_ptr<RealProxy> squid(std::string const& lines = {});
    /// mitmdump, which is slow to start. Its authority is `mitmproxy-ca-cert.pem` in its folder.
    static std::unique_ptr<RealProxy> mitmdump(std::vector<std::string> arguments = {});

    ~RealProxy();
    RealProxy(RealProxy const&) = delete;
    RealProxy& operator=(RealProxy const&) = delete;

    bool is_running() const { return running_; }
    std::string at() const { return "127.0.0.1:" + std::to_string(port_); }
    std::string url() const { return "http://" + at(); }
    /// What it said, when it does not run.
    std::string const& failure() const { return failure_; }
    std::filesystem::path const& folder() const { return folder_.path(); }
    Process& process() { return *process_; }

private:
    RealProxy();
    /// Starts `program` on a free port; the arguments and the configuration may say PORT and FOLDER.
    void start(std::string const& program, std::vector<std::string> arguments, std::string const& configuration);

    Folder folder_;
    std::uint16_t port_ = 0;
    bool running_ = false;
    std::string failure_;
    std::unique_ptr<Process> process_;
};

}  // namespace pathology::test
