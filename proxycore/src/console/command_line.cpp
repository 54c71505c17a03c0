#include <pathology/proxycore/console/command_line.hpp>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <cstdlib>
#include <pathology/proxycore/console/version.hpp>
#include <pathology/proxycore/http/escaped.hpp>
#include <stdexcept>
#include <utility>

#include "console/completion.hpp"
#include "console/usage.hpp"

namespace pathology::proxycore::console {
namespace {

// --- names -----------------------------------------------------------------------------------------------------------

/// The names that help shows: "-p,--port" of "-p,--port|--listen-port".
std::string_view shown_names(std::string_view names) { return names.substr(0, names.find('|')); }

/// All names, separated as CLI11 expects them.
std::string all_names(std::string_view names) {
    std::string list(names.substr(names.starts_with('|') ? 1 : 0));
    std::replace(list.begin(), list.end(), '|', ',');
    return list;
}

std::vector<std::string> split(std::string_view names) {
    std::vector<std::string> list;
    for (auto rest = names; !rest.empty();) {
        list.emplace_back(rest.substr(0, rest.find(',')));
        rest.remove_prefix(std::min(list.back().size() + 1, rest.size()));
    }
    return list;
}

/// The name that error messages use: "--port" of "-p,--port".
std::string main_name(std::string_view names) {
    auto const shown = shown_names(names).empty() ? names.substr(1) : shown_names(names);
    return std::string(shown.substr(shown.rfind(',') + 1));
}

// --- errors ----------------------------------------------------------------------------------------------------------

/// The option that a message of CLI11 names first.
std::string subject(CLI::Error const& error) {
    std::string const message = error.what();
    return message.substr(0, message.find_first_of(": "));
}

/// The option that a message of CLI11 names last.
std::string object(CLI::Error const& error) {
    std::string const message = error.what();
    return message.substr(message.rfind(' ') + 1);
}

std::string describe_unknown(std::string const& argument) {
    return argument.starts_with('-') ? "unknown option " + argument : "unexpected argument '" + argument + "'";
}

// --- documents -------------------------------------------------------------------------------------------------------

/// The kinds of documents that --generate makes, and what makes them.
struct Document {
    std::string_view kind;
    std::string (*make)(Usage const&);
};
constexpr Document documents[] = {
    {"man", [](Usage const& usage) { return manual_page(usage, manual_date()); }},
    {"bash", bash_completion},
    {"zsh", zsh_completion},
    {"fish", fish_completion},
};

std::string make_document(Usage const& usage, std::string const& kind) {
    auto const* const found = std::ranges::find(documents, kind, &Document::kind);
    if (found != std::end(documents)) return found->make(usage);
    throw CLI::ValidationError("--generate", "'" + kind + "' is not one of man, bash, zsh, fish");
}

/// A folder in the home directory of the user as "~/folder": help and manual pages are the same for all users.
std::string with_tilde(std::string text) {
    auto const* const home = std::getenv("HOME");
    if (home == nullptr || *home == '\0' || !text.starts_with(std::string(home) + "/")) return text;
    return text.replace(0, std::string_view(home).size(), "~");
}

}  // namespace

struct CommandLine::Parser {
    CLI::App app;
    Usage usage;
    std::string group = "Options";  // of the options declared next
    std::string document;           // that --generate asks for

    /// Adds what users see of an option. One that has only older names is not shown.
    void describe(std::string_view names, Parameter parameter) {
        if (shown_names(names).empty()) return;
        parameter.names = split(shown_names(names));
        usage.group(group).parameters.push_back(std::move(parameter));
    }

    /// Declares what every program has. Last, so that errors in other options come first.
    void declare_common() {
        app.set_help_flag("-h,--help");
        app.set_version_flag("--version");
        if (app.get_option_no_throw("--generate") != nullptr) return;  // this is not the first parse()
        auto const generate = [this](CLI::results_t const& kinds) -> bool {
            document = make_document(whole_usage(), kinds.front());
            throw CLI::Success();
        };
        app.add_option("--generate", CLI::callback_t(generate));
    }

    /// With the group of --help, which comes last.
    Usage whole_usage() const {
        auto whole = usage;
        whole.group("Help").parameters = {{.names = {"-h", "--help"}, .text = "print this help and exit"},
                                          {.names = {"--version"}, .text = "print the version and exit"}};
        return whole;
    }
};

int leave(Console& console, Exit const& exit) {
    if (!exit.out.empty()) console.out(exit.out);
    if (!exit.err.empty()) console.err(exit.err);
    console.flush();
    return status(exit.code);
}

Exit usage_error(std::string_view program, std::string_view message) {
    std::string const name(program);
    auto text = http::terminal_text(message, http::WhiteSpace::lines);  // it quotes arguments
    return {ExitCode::usage, "", name + ": " + text + "\nTry '" + name + " --help'.\n"};
}

CommandLine::CommandLine(std::string_view program, std::string_view description) : parser_(std::make_unique<Parser>()) {
    parser_->app.name(std::string(program));
    parser_->app.allow_extras();
    parser_->usage.program = program;
    parser_->usage.description = description;
    parser_->usage.version = version();
}

CommandLine::~CommandLine() = default;

void CommandLine::group(std::string_view title) { parser_->group = title; }

void CommandLine::flag(std::string_view names, bool& into, std::string_view help) {
    parser_->app.add_flag_function(all_names(names), [&into](std::int64_t) { into = true; });
    parser_->describe(names, {.text = std::string(help)});
}

void CommandLine::counter(std::string_view names, unsigned& into, std::string_view help) {
    auto const count = [&into](std::int64_t times) { into = static_cast<unsigned>(times); };
    parser_->app.add_flag_function(all_names(names), count);
    parser_->describe(names, {.text = std::string(help), .is_repeatable = true});
}

void CommandLine::declare(std::string_view names, Assigner assigner, std::string_view help,
                          std::string_view placeholder, Kind kind) {
    // Texts are assigned while CLI11 parses, in the order of the arguments; an invalid one ends the parsing.
    auto const assign_all = [name = main_name(names),
                             assign = std::move(assigner.assign)](CLI::results_t const& texts) {
        for (auto const& text : texts) {
            auto const error = assign(text);
            if (!error.empty()) throw CLI::ValidationError(name, error);
        }
        return true;
    };
    auto* const option = parser_->app.add_option(all_names(names), CLI::callback_t(assign_all));
    using Policy = CLI::MultiOptionPolicy;
    option->multi_option_policy(assigner.many ? Policy::TakeAll : Policy::TakeLast);
    Parameter parameter{.placeholder = placeholder.empty() ? assigner.placeholder : std::string(placeholder),
                        .text = std::string(help),
                        .default_text = with_tilde(std::move(assigner.default_text)),
                        .is_required = kind == Kind::required_positional,
                        .is_repeatable = assigner.many};
    if (kind == Kind::option) return parser_->describe(names, std::move(parameter));
    option->required(parameter.is_required)->allow_extra_args(assigner.many);
    parser_->usage.group(parser_->group).parameters.push_back(std::move(parameter));
}

void CommandLine::values(std::string_view name, std::span<std::string_view const> words) {
    auto* const parameter = parser_->usage.find(name);
    if (parameter == nullptr) throw std::invalid_argument("no option " + std::string(name) + " is declared");
    parameter->words.assign(words.begin(), words.end());
}

void CommandLine::needs(std::string_view name, std::string_view other) {
    auto& app = parser_->app;
    app.get_option(std::string(name))->needs(app.get_option(std::string(other)));
}

void CommandLine::excludes(std::string_view name, std::string_view other) {
    auto& app = parser_->app;
    app.get_option(std::string(name))->excludes(app.get_option(std::string(other)));
}

void CommandLine::examples(std::vector<std::string> commands) { parser_->usage.examples = std::move(commands); }

void CommandLine::manual(ManualSection section) { parser_->usage.sections.push_back(std::move(section)); }

void CommandLine::footer(std::string_view text) { parser_->usage.footer = text; }

boost::system::result<void, Exit> CommandLine::parse(std::vector<std::string> arguments) {
    auto& app = parser_->app;
    auto const& program = app.get_name();
    parser_->declare_common();
    std::reverse(arguments.begin(), arguments.end());  // CLI11 takes them from the back
    try {
        app.parse(std::move(arguments));
    } catch (CLI::CallForHelp const&) {
        return Exit{ExitCode::done, help_text(parser_->whole_usage()), ""};
    } catch (CLI::CallForVersion const&) {
        return Exit{ExitCode::done, program + " " + std::string(version()) + "\n", ""};
    } catch (CLI::Success const&) {
        return Exit{ExitCode::done, parser_->document, ""};
    } catch (CLI::ArgumentMismatch const& error) {
        return usage_error(program, "option " + subject(error) + " requires a value");
    } catch (CLI::ExcludesError const& error) {
        return usage_error(program, subject(error) + " cannot be combined with " + object(error));
    } catch (CLI::RequiredError const& error) {
        return usage_error(program, "missing argument " + subject(error));
    } catch (CLI::ParseError const& error) {
        return usage_error(program, error.what());
    }
    auto const unknown = app.remaining();
    if (!unknown.empty()) return usage_error(program, describe_unknown(unknown.front()));
    return {};
}

boost::system::result<void, Exit> CommandLine::parse(int argc, char const* const* argv) {
    return parse(std::vector<std::string>(argv + std::min(argc, 1), argv + argc));
}

}  // namespace pathology::proxycore::console
