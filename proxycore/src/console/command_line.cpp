#include <pathology/proxycore/console/command_line.hpp>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <pathology/proxycore/console/version.hpp>
#include <utility>

#include "console/help.hpp"

namespace pathology::proxycore::console {
namespace {

/// "-p,--port" of "-p,--port|--listen-port".
std::string_view shown(std::string_view names) { return names.substr(0, names.find('|')); }

/// All of them, as CLI11 has it.
std::string all(std::string_view names) {
    std::string list(names.substr(names.starts_with('|') ? 1 : 0));
    std::replace(list.begin(), list.end(), '|', ',');
    return list;
}

/// "--port" of "-p,--port": how messages name an option.
std::string last_name(std::string_view names) {
    auto const shown_names = shown(names).empty() ? names.substr(1) : shown(names);
    return std::string(shown_names.substr(shown_names.rfind(',') + 1));
}

/// The option at the front of one of CLI11's messages.
std::string subject(CLI::Error const& error) {
    std::string const message = error.what();
    return message.substr(0, message.find(':'));
}

/// An argument that belongs to nothing declared.
std::string stray(std::string const& argument) {
    return argument.starts_with('-') ? "there is no option " + argument : "unexpected argument '" + argument + "'";
}

}  // namespace

struct CommandLine::Parser {
    Parser(std::string_view program, std::string_view what_it_does)
        : help{std::string(program), std::string(what_it_does), {}, {}, {}} {
        app.allow_extras();
        app.set_help_flag("-h,--help");
        app.set_version_flag("--version", std::string(version()));
        help.groups.push_back({"Options", {}});
    }

    void add_to_help(HelpEntry entry) {
        entry.names = shown(entry.names);
        if (!entry.names.empty()) help.groups.back().entries.push_back(std::move(entry));
    }

    CLI::App app;
    Help help;
};

int leave(Console& console, Exit const& exit) {
    if (!exit.out.empty()) console.out(exit.out);
    if (!exit.err.empty()) console.err(exit.err);
    console.flush();
    return status(exit.code);
}

Exit usage_error(std::string_view program, std::string_view message) {
    std::string const name(program);
    return {ExitCode::usage, "", name + ": " + std::string(message) + "\nTry '" + name + " --help'.\n"};
}

CommandLine::CommandLine(std::string_view program, std::string_view what_it_does)
    : parser_(std::make_unique<Parser>(program, what_it_does)) {}

CommandLine::~CommandLine() = default;

void CommandLine::group(std::string_view title) { parser_->help.groups.push_back({std::string(title), {}}); }

void CommandLine::flag(std::string_view names, bool& into, std::string_view help) {
    parser_->app.add_flag_function(all(names), [&into](std::int64_t) { into = true; });
    parser_->add_to_help({std::string(names), "", std::string(help), ""});
}

void CommandLine::counter(std::string_view names, unsigned& into, std::string_view help) {
    parser_->app.add_flag_function(all(names), [&into](std::int64_t times) { into = static_cast<unsigned>(times); });
    parser_->add_to_help({std::string(names), "", std::string(help), ""});
}

void CommandLine::declare(std::string_view names, Assigner assigner, std::string_view help,
                          std::string_view placeholder, Kind kind) {
    auto const take_all = [name = last_name(names), assign = std::move(assigner.assign)](CLI::results_t const& texts) {
        for (auto const& text : texts) {
            auto const refused = assign(text);
            if (!refused.empty()) throw CLI::ValidationError(name, refused);
        }
        return true;
    };
    auto* const option = parser_->app.add_option(all(names), CLI::callback_t(take_all));
    using Policy = CLI::MultiOptionPolicy;
    option->multi_option_policy(assigner.many ? Policy::TakeAll : Policy::TakeLast);
    auto word = placeholder.empty() ? assigner.placeholder : std::string(placeholder);
    if (kind != Kind::option) {
        option->required(kind == Kind::required_place)->allow_extra_args(assigner.many);
        word += assigner.many ? "..." : "";
        parser_->help.places += kind == Kind::required_place ? " " + word : " [" + word + "]";
    }
    parser_->add_to_help(
        {std::string(names), kind == Kind::option ? word : "", std::string(help), std::move(assigner.default_text)});
}

void CommandLine::needs(std::string_view name, std::string_view other) {
    auto& app = parser_->app;
    app.get_option(std::string(name))->needs(app.get_option(std::string(other)));
}

void CommandLine::excludes(std::string_view name, std::string_view other) {
    auto& app = parser_->app;
    app.get_option(std::string(name))->excludes(app.get_option(std::string(other)));
}

void CommandLine::footer(std::string_view text) { parser_->help.footer = text; }

boost::system::result<void, Exit> CommandLine::parse(std::vector<std::string> arguments) {
    auto& [app, help] = *parser_;
    std::reverse(arguments.begin(), arguments.end());  // CLI11 takes them from the back
    try {
        app.parse(std::move(arguments));
    } catch (CLI::CallForHelp const&) {
        help.groups.push_back(
            {"Help",
             {{"-h,--help", "", "show this and leave", ""}, {"--version", "", "show the version and leave", ""}}});
        return Exit{ExitCode::done, render(help), ""};
    } catch (CLI::CallForVersion const&) {
        return Exit{ExitCode::done, help.program + " " + std::string(version()) + "\n", ""};
    } catch (CLI::ArgumentMismatch const& error) {
        return usage_error(help.program, subject(error) + " needs a value");
    } catch (CLI::ParseError const& error) {
        return usage_error(help.program, error.what());
    }
    auto const strays = app.remaining();
    if (!strays.empty()) return usage_error(help.program, stray(strays.front()));
    return {};
}

boost::system::result<void, Exit> CommandLine::parse(int argc, char const* const* argv) {
    return parse(std::vector<std::string>(argv + std::min(argc, 1), argv + argc));
}

}  // namespace pathology::proxycore::console
