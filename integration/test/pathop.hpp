// The proxy under test, as a user starts it.
#pragma once

#include <charconv>
#include <csignal>
#include <cstdint>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "programs.hpp"
#include "support/folder.hpp"

namespace pathology::integration {

/// pathop on a port of its own, stopped with this object. All of a test share one authority.
class Pathop {
public:
    explicit Pathop(std::vector<std::string> arguments = {})
        : process_(PATHOP_PROGRAM, with_place(std::move(arguments))), greeting_(process_.read_error_line()) {
        std::from_chars(greeting_.data() + greeting_.rfind(':') + 1, greeting_.data() + greeting_.size(), port_);
    }

    std::string port() const { return std::to_string(port_); }
    std::string at() const { return "127.0.0.1:" + port(); }
    std::string url(std::string const& path = {}) const { return "http://" + at() + path; }
    static std::string authority() { return (confdir() / "pathology-ca-cert.pem").string(); }
    std::string const& greeting() const { return greeting_; }
    test::Process& process() { return process_; }

    /// With --json: the next flow that is over.
    nlohmann::json flow() { return nlohmann::json::parse(process_.read_line(), nullptr, false); }

    /// Asks it to stop; gives what it said since then.
    Ended stop() {
        process_.signal(SIGTERM);
        return process_.wait();
    }

private:
    static std::filesystem::path confdir() {
        static test::Folder const folder;
        return folder.path();
    }
    static std::vector<std::string> with_place(std::vector<std::string> arguments) {
        arguments.insert(arguments.begin(), {"-p", "0", "-b", "127.0.0.1", "--confdir", confdir().string()});
        return arguments;
    }

    test::Process process_;
    std::string greeting_;
    std::uint16_t port_ = 0;
};

/// curl that goes through a proxy and trusts its authority.
inline Ended curl_through(std::string const& proxy, std::vector<std::string> arguments) {
    arguments.insert(arguments.begin(), {"--proxy", proxy, "--noproxy", "", "--cacert", Pathop::authority()});
    return curl(std::move(arguments));
}

}  // namespace pathology::integration
