// Proxies that other people wrote, started for a test on a port of their own.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "support/folder.hpp"
#include "support/process.hpp"

namespace pathology::test {

/// A program that listens on loopback and cannot pick a port by itself. `host` is 127.0.0.1 or ::1. Arguments and lines of
/// configurations may say HOST (an IPv6 address in brackets), PORT and FOLDER.
class RealProxy {
public:
    static constexpr char ipv4[] = "127.0.0.1";

    /// microsocks, a SOCKS5 server.
    static std::unique_ptr<RealProxy> microsocks(std::vector<std::string> arguments = {}, std::string host = ipv4);
    /// dante, a SOCKS5 server.
    static std::unique_ptr<RealProxy> dante(std::string host = ipv4);
    /// tinyproxy, with `lines` added to its configuration.
    static std::unique_ptr<RealProxy> tinyproxy(std::string const& lines = {}, std::string host = ipv4);
    /// squid, with `lines` in its configuration before everything is allowed, and `listener` as its only port.
    static std::unique_ptr<RealProxy> squid(std::string const& lines = {}, std::string host = ipv4,
                                            std::string const& listener = "http_port HOST:PORT");
    /// mitmdump, which is slow to start. Its authority is `mitmproxy-ca-cert.pem` in its folder.
    static std::unique_ptr<RealProxy> mitmdump(std::vector<std::string> arguments = {}, std::string host = ipv4);

    ~RealProxy();
    RealProxy(RealProxy const&) = delete;
    RealProxy& operator=(RealProxy const&) = delete;

    bool is_running() const { return running_; }
    /// An IPv6 address is in brackets.
    std::string at() const { return bracketed_host() + ":" + std::to_string(port_); }
    std::string url() const { return "http://" + at(); }
    /// What it said, when it does not run.
    std::string const& failure() const { return failure_; }
    std::filesystem::path const& folder() const { return folder_.path(); }
    Process& process() { return *process_; }
    /// What logs the requests: `METHOD URL USER STATUS` at the end of each for squid, its output for the others.
    Process& log() { return log_ ? *log_ : *process_; }

private:
    explicit RealProxy(std::string host);
    void start(std::string const& program, std::vector<std::string> arguments, std::string const& configuration);
    std::string bracketed_host() const { return host_ == ipv4 ? host_ : "[" + host_ + "]"; }
    std::string filled(std::string text) const;

    Folder folder_;
    std::string host_;
    std::uint16_t port_ = 0;
    bool running_ = false;
    std::string failure_;
    std::unique_ptr<Process> process_, log_;
};

}  // namespace pathology::test
