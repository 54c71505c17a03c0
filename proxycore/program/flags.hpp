// The flags that each set an option of the proxy: `--no-http2` sets `http2=false`, `-p 3128` sets `listen_port=3128`.
#pragma once

#include <deque>
#include <pathology/proxycore/addons/options.hpp>
#include <pathology/proxycore/console/command_line.hpp>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace pathology::pathop {

/// A flag, and the option that it sets.
struct Flag {
    std::string_view names;        ///< as CommandLine takes them
    std::string_view option;       ///< the option's name
    std::string_view placeholder;  ///< of its value; empty: it has none
    std::string_view value;        ///< the value of the option, or a prefix of the given value
    std::string_view help;
    bool is_repeatable = false;  ///< the option is a list
};

/// Declares flags, and collects those that are given.
class Flags {
public:
    explicit Flags(proxycore::console::CommandLine& line) : line_(line) {}

    void declare(std::span<Flag const> table);
    /// The settings of the given flags, in the order of declaration.
    std::vector<proxycore::addons::Setting> settings() const;

private:
    struct Given {
        Flag const& flag;
        bool is_set = false;
        std::vector<std::string> values{};
    };
    proxycore::console::CommandLine& line_;
    std::deque<Given> given_;  ///< a deque, since the command line refers to its elements
};

}  // namespace pathology::pathop
