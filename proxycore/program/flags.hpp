// The flags that each stand for an option of the proxy: `--no-http2` for `http2=false`, `-p 3128` for
// `listen_port=3128`.
#pragma once

#include <deque>
#include <pathology/proxycore/addons/options.hpp>
#include <pathology/proxycore/console/command_line.hpp>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace pathology::pathop {

/// A flag, and what it does to an option.
struct Flag {
    std::string_view names;        ///< as CommandLine takes them
    std::string_view option;       ///< the option's name
    std::string_view placeholder;  ///< of the value that follows; empty = none does
    std::string_view value;        ///< what the option becomes, or what is put before the value that follows
    std::string_view help;
    bool is_repeatable = false;  ///< the option is a list
};

/// Declares flags, and afterwards knows which were given.
class Flags {
public:
    explicit Flags(proxycore::console::CommandLine& line) : line_(line) {}

    void declare(std::span<Flag const> table);
    /// What the user asks for, in the order of declaration.
    std::vector<proxycore::addons::Setting> settings() const;

private:
    struct Given {
        Flag const& flag;
        bool is_set = false;
        std::vector<std::string> values{};
    };
    proxycore::console::CommandLine& line_;
    std::deque<Given> given_;  ///< stays where it is: the command line refers to it
};

}  // namespace pathology::pathop
