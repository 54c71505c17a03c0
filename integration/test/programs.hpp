// The programs under test, as a user starts them.
#pragma once

#include <algorithm>
#include <charconv>
#include <csignal>
#include <cstdint>
#include <nlohmann/json.hpp>
#include <sstream>
#include <string>
#include <vector>

#include "support/folder.hpp"
#include "support/process.hpp"

namespace pathology::integration {

using test::Ended;

/// A daemon on a port of its own, stopped with this object.
class Pathod {
public:
    explicit Pathod(std::vector<std::string> arguments = {})
        : is_json_(std::find(arguments.begin(), arguments.end(), "--json") != arguments.end()),
          process_(PATHOD_PROGRAM, with_port(std::move(arguments))),
          greeting_(is_json_ ? process_.read_error_line() : process_.read_line()) {
        std::from_chars(greeting_.data() + greeting_.rfind(':') + 1, greeting_.data() + greeting_.size(), port_);
    }

    std::string port() const { return std::to_string(port_); }
    std::string url(std::string const& path) const { return "http://127.0.0.1:" + port() + path; }
    test::Process& process() { return process_; }
    /// Asks it to stop; gives what it said since its greeting.
    Ended stop() {
        process_.signal(SIGTERM);
        return process_.wait();
    }
    /// With --json: stops it; gives the entries that nobody has read.
    std::vector<nlohmann::json> stop_with_entries() {
        std::istringstream sent(stop().out);
        std::vector<nlohmann::json> entries;
        for (std::string line; std::getline(sent, line);)
            entries.push_back(nlohmann::json::parse(line, nullptr, false));
        return entries;
    }

private:
    static std::vector<std::string> with_port(std::vector<std::string> arguments) {
        arguments.insert(arguments.begin(), {"-p", "0", "--no-timestamp"});
        return arguments;
    }

    bool is_json_;
    test::Process process_;
    std::string greeting_;
    std::uint16_t port_ = 0;
};

/// A daemon that speaks TLS, with an authority of its own.
class SafePathod {
public:
    explicit SafePathod(std::vector<std::string> arguments = {})
        : pathod_(with_tls(std::move(arguments), folder_.path().string())) {}

    std::string authority() const { return (folder_.path() / "pathology-ca-cert.pem").string(); }
    std::string port() const { return pathod_.port(); }
    std::string url(std::string const& path) const { return "https://127.0.0.1:" + port() + path; }
    Pathod& pathod() { return pathod_; }

private:
    static std::vector<std::string> with_tls(std::vector<std::string> arguments, std::string const& folder) {
        arguments.insert(arguments.end(), {"-s", "--confdir", folder});
        return arguments;
    }
    test::Folder folder_;
    Pathod pathod_;
};

inline Ended pathoc(std::vector<std::string> arguments) {
    arguments.insert(arguments.begin(), "--no-timestamp");
    return test::run(PATHOC_PROGRAM, std::move(arguments));
}

/// curl without globbing and progress; a transfer ends after twenty-five seconds, before we lose patience.
inline Ended curl(std::vector<std::string> arguments) {
    arguments.insert(arguments.begin(), {"--disable", "--silent", "--show-error", "--globoff", "--max-time", "25"});
    return test::run("curl", std::move(arguments));
}

}  // namespace pathology::integration
