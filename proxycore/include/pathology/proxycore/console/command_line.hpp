// The one style of options of the command-line programs. A program declares its options in one file; help, version,
// defaults and errors look alike in all of them.
#pragma once

#include <boost/system/result.hpp>
#include <functional>
#include <memory>
#include <pathology/proxycore/console/argument.hpp>
#include <pathology/proxycore/console/console.hpp>
#include <pathology/proxycore/console/exit_code.hpp>
#include <string>
#include <string_view>
#include <vector>

namespace pathology::proxycore::console {

/// The end of a program before its work began: help or version asked for, or a wrong command line.
struct Exit {
    ExitCode code = ExitCode::done;
    std::string out, err;  ///< what to write where; complete lines
};

/// Writes what an Exit has to say and gives the status to return from main.
int leave(Console& console, Exit const& exit);

/// An Exit of status 2 that says `program: message`, and where help is.
Exit usage_error(std::string_view program, std::string_view message);

/// Declares options over variables, then parses into them.
///
///     Options options;                                        // its members' values are the defaults
///     CommandLine line("pathod", "A pathological HTTP daemon.");
///     line.group("Target");
///     line.option("-p,--port", options.port, "listen on this port; 0 picks one");
///     line.flag("-e,--explain", options.explain, "show what was sent, spelled out");
///     if (auto const parsed = line.parse(arguments); !parsed) return parsed.error();
///
/// Names:  "-p,--port", and behind a bar older spellings that are taken and not shown: "-p,--port|--listen-port".
/// Owns:   references to the variables, which must outlive parse().
/// Errors: a declaration that contradicts itself is a bug and throws in every run; what the user typed wrong is an
/// Exit.
class CommandLine {
public:
    CommandLine(std::string_view program, std::string_view what_it_does);
    ~CommandLine();
    CommandLine(CommandLine const&) = delete;
    CommandLine& operator=(CommandLine const&) = delete;

    /// Names the heading under which the help shows the options declared from here on.
    void group(std::string_view title);

    /// A switch: given = true.
    void flag(std::string_view names, bool& into, std::string_view help);
    /// A switch that may be given several times: how often.
    void counter(std::string_view names, unsigned& into, std::string_view help);

    /// An option with a value; `placeholder` empty = the word of its type. A std::vector takes one value each time the
    /// option is given.
    template <class T>
    void option(std::string_view names, T& into, std::string_view help, std::string_view placeholder = {}) {
        declare(names, assigner(into), help, placeholder, Kind::option);
    }

    /// A value known by its place, after the options; a std::vector takes all that remain.
    template <class T> void positional(std::string_view name, T& into, std::string_view help, bool required = true) {
        declare(name, assigner(into), help, name, required ? Kind::required_place : Kind::place);
    }

    /// Says that `name` can be given only together with `other`, or not together with it.
    void needs(std::string_view name, std::string_view other);
    void excludes(std::string_view name, std::string_view other);

    /// Text shown below the options: examples, where to read on.
    void footer(std::string_view text);

    /// Reads the arguments without the program's name. The Exit is done for --help and --version.
    boost::system::result<void, Exit> parse(std::vector<std::string> arguments);

    /// As parse(), from what main was given.
    boost::system::result<void, Exit> parse(int argc, char const* const* argv);

private:
    enum class Kind { option, place, required_place };
    struct Assigner {
        std::function<std::string(std::string_view)> assign;  ///< empty = taken, else why not
        std::string placeholder, default_text;
        bool many = false;
    };

    template <class T> static Assigner assigner(T& into) {
        return {[&into](std::string_view text) {
                    auto value = Argument<T>::read(text);
                    if (!value) return value.error().message;
                    into = std::move(*value);
                    return std::string();
                },
                std::string(Argument<T>::placeholder), Argument<T>::show(into), false};
    }
    template <class T> static Assigner assigner(std::vector<T>& into) {
        return {[&into](std::string_view text) {
                    auto value = Argument<T>::read(text);
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
