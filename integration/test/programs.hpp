// The programs under test, as a user starts them.
#pragma once

#include <charconv>
#include <csignal>
#include <cstdint>
#include <string>
#include <vector>

#include "support/process.hpp"

namespace pathology::integration {

using test::Ended;

/// A daemon on a port of its own, stopped with this object.
class Pathod {
public:
    explicit Pathod(std::vector<std::string> arguments = {})
        : process_(PATHOD_PROGRAM, with_port(std::move(arguments))), greeting_(process_.read_line()) {
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

private:
    static std::vector<std::string> with_port(std::vector<std::string> arguments) {
        arguments.insert(arguments.begin(), {"-p", "0", "--no-timestamp"});
        return arguments;
    }

    test::Process process_;
    std::string greeting_;
    std::uint16_t port_ = 0;
};

inline Ended pathoc(std::vector<std::string> arguments) {
    arguments.insert(arguments.begin(), "--no-timestamp");
    return test::run(PATHOC_PROGRAM, std::move(arguments));
}

/// curl without globbing and progress; a transfer ends after ten seconds.
inline Ended curl(std::vector<std::string> arguments) {
    arguments.insert(arguments.begin(), {"--disable", "--silent", "--show-error", "--globoff", "--max-time", "10"});
    return test::run("curl", std::move(arguments));
}

}  // namespace pathology::integration
