// The command line of the programs. Each declares its options in one place; help, version, defaults and errors look the
// same in all of them.
#pragma once

#include <boost/system/result.hpp>
#include <functional>
#include <memory>
#include <pathology/proxycore/console/argument.hpp>
#include <pathology/proxycore/console/console.hpp>
#include <pathology/proxycore/console/exit_code.hpp>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace pathology::proxycore::console {

/// The end of a program that does not run: after --help, --version, or an invalid command line.
struct Exit {
    ExitCode code = ExitCode::done;
    std::string out, err;  ///< complete lines
};

/// Prints the text of an Exit and returns the status for main.
int leave(Console& console, Exit const& exit);

/// An Exit of status 2 with the message `program: message` and a hint at --help.
Exit usage_error(std::string_view program, std::string_view message);

/// A section of the manual page alone, such as "Exit status": terms and what they mean.
struct ManualSection {
    struct Row {
        std::string term, text;
    };
    std::string title;
    std::vector<Row> rows;
};

/// Declares options over variables, then parses into them.
///
///     Options options;                                        // its members' values are the defaults
///     CommandLine line("pathod", "A pathological HTTP daemon.");
///     line.group("Target");
///     line.option("-p,--port", options.port, "port to listen on; 0 selects a free one");
///     line.flag("-e,--explain", options.explain, "print specs with all random values spelled out");
///     if (auto const parsed = line.parse(arguments); !parsed) return parsed.error();
///
/// Names:  "-p,--port"; after a bar, older spellings that are accepted and not shown: "-p,--port|--listen-port".
/// Owns:   references to the variables, which must outlive parse().
/// Errors: a contradictory declaration throws; invalid arguments give an Exit.
class CommandLine {
public:
    CommandLine(std::string_view program, std::string_view description);
    ~CommandLine();
    CommandLine(CommandLine const&) = delete;
    CommandLine& operator=(CommandLine const&) = delete;

    /// The heading in the help for the options declared from here on.
    void group(std::string_view title);

    /// A flag: sets true.
    void flag(std::string_view names, bool& into, std::string_view help);
    /// A flag that counts how often it is given.
    void counter(std::string_view names, unsigned& into, std::string_view help);

    /// An option with a value. `placeholder` is the word for it in the help; empty: that of its type. A std::vector
    /// gets a value each time the option is given.
    template <class T>
    void option(std::string_view names, T& into, std::string_view help, std::string_view placeholder = {}) {
        declare(names, assigner(into), help, placeholder, Kind::option);
    }

    /// A positional argument; a std::vector takes all that remain.
    template <class T> void positional(std::string_view name, T& into, std::string_view help, bool required = true) {
        declare(name, assigner(into), help, name, required ? Kind::required_positional : Kind::positional);
    }

    /// `name` requires `other`, or cannot be combined with it.
    void needs(std::string_view name, std::string_view other);
    void excludes(std::string_view name, std::string_view other);

    /// The words that the value of the option `name` may be, or begin with ("reverse:"): shells complete them. Without,
    /// they complete what the placeholder names: FILE, PATH and SPEC a file, DIR a directory, HOST a host.
    void values(std::string_view name, std::span<std::string_view const> words);

    /// Command lines below the options.
    void examples(std::vector<std::string> commands);

    /// Adds a section to the manual page.
    void manual(ManualSection section);

    /// The text below all else in the help: further reading.
    void footer(std::string_view text);

    /// Parses arguments without the program's name. The Exit has the status `done` for --help and --version, and for
    /// `--generate man|bash|zsh|fish`, which help does not show: it prints the manual page, or completions for a shell.
    boost::system::result<void, Exit> parse(std::vector<std::string> arguments);

    /// The same for the arguments of main.
    boost::system::result<void, Exit> parse(int argc, char const* const* argv);

private:
    enum class Kind { option, positional, required_positional };
    struct Assigner {
        std::function<std::string(std::string_view)> assign;  ///< returns why the text is invalid; empty: assigned
        std::string placeholder, default_text;
        bool many = false;
    };

    template <class T> static Assigner assigner(T& into) {
        return {[&into](std::string_view text) {
                    auto value = Argument<T>::parse(text);
                    if (!value) return value.error().message;
                    into = std::move(*value);
                    return std::string();
                },
                std::string(Argument<T>::placeholder), Argument<T>::show(into), false};
    }
    template <class T> static Assigner assigner(std::vector<T>& into) {
        return {[&into](std::string_view text) {
                    auto value = Argument<T>::parse(text);
                    if (!value) return value.error().message;
                    into.push_back(std::move(*value));
                    return std::string();
                },
                std::string(Argument<T>::placeholder), "", true};
    }

    void declare(std::string_view names, Assigner assigner, std::string_view help, std::string_view placeholder,
                 Kind kind);

    struct Parser;  // CLI11
    std::unique_ptr<Parser> parser_;
};

}  // namespace pathology::proxycore::console
