#include <pathology/proxycore/console/command_line.hpp>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <pathology/proxycore/console/version.hpp>
#include <pathology/proxycore/http/escaped.hpp>
#include <utility>

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

/// The name that error messages use: "--port" of "-p,--port".
std::string main_name(std::string_view names) {
    auto const shown = shown_names(names).empty() ? names.substr(1) : shown_names(names);
    return std::string(shown.substr(shown.rfind(',') + 1));
}

// --- help ------------------------------------------------------------------------------------------------------------

constexpr std::size_t text_column = 31;
constexpr std::size_t max_column = 96;
/// The group of options with older names alone. CLI11 hides those without a group from its error messages too.
constexpr std::string_view hidden = "hidden";

/// The left column, "  -p, --port PORT". A long name without a short one is aligned with other long names.
std::string left_column(std::string_view names, std::string_view placeholder) {
    std::string text = names.starts_with("--") ? "      " : "  ";
    for (char const c : names) text += c == ',' ? std::string(", ") : std::string(1, c);
    if (!placeholder.empty()) text.append(" ").append(placeholder);
    return text;
}

/// Appends `text` word by word, from the text column to the last column.
void append_wrapped(std::string& out, std::string_view text) {
    auto column = text_column;
    while (!text.empty()) {
        auto const word = text.substr(0, text.find(' '));
        text.remove_prefix(std::min(word.size() + 1, text.size()));
        if (column > text_column && column + 1 + word.size() > max_column) {
            out += "\n" + std::string(text_column, ' ');
            column = text_column;
        }
        if (column > text_column) {
            out += ' ';
            ++column;
        }
        out += word;
        column += word.size();
    }
}

/// CLI11's formatter with the layout of our programs: usage first, then groups in the order of declaration with their
/// positional arguments, text wrapped. An option brings its left column as its option_text(), because CLI11 would show
/// the older spellings too.
class HelpFormatter final : public CLI::Formatter {
public:
    std::string make_help(CLI::App const* app, std::string name, CLI::AppFormatMode /*mode*/) const override {
        auto out = make_usage(app, std::move(name));
        if (!app->get_description().empty()) out += app->get_description() + "\n";
        for (auto const& group : app->get_groups()) {
            auto const is_in_group = [&](CLI::Option const* option) { return option->get_group() == group; };
            if (group != hidden) out += make_group(group, false, app->get_options(is_in_group));
        }
        if (!app->get_footer().empty()) out += "\n" + app->get_footer() + "\n";
        return out;
    }

    std::string make_usage(CLI::App const* app, std::string name) const override {
        auto out = "usage: " + name + " [options]";
        for (auto const* place : app->get_options([](CLI::Option const* option) { return option->get_positional(); })) {
            auto const word = place->get_type_name();
            out += place->get_required() ? " " + word : " [" + word + "]";
        }
        return out + "\n";
    }

    std::string make_option(CLI::Option const* option, bool /*is_positional*/) const override {
        auto out = option->get_option_text();
        bool const fits = out.size() + 2 <= text_column;
        out += fits ? std::string(text_column - out.size(), ' ') : "\n" + std::string(text_column, ' ');
        append_wrapped(out, option->get_description());
        return out + "\n";
    }
};

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

}  // namespace

struct CommandLine::Parser {
    CLI::App app;
    std::string group = "Options";  // of the options declared next

    /// Sets what help shows of an option. One that has only older names is not shown.
    void describe(CLI::Option& option, std::string_view names, std::string_view placeholder, std::string text) const {
        option.group(shown_names(names).empty() ? std::string(hidden) : group);
        option.option_text(left_column(shown_names(names), placeholder))->description(std::move(text));
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
    parser_->app.description(std::string(description));
    parser_->app.allow_extras();
    parser_->app.formatter(std::make_shared<HelpFormatter>());
    parser_->app.set_help_flag();  // declared last, so that its group comes last
}

CommandLine::~CommandLine() = default;

void CommandLine::group(std::string_view title) { parser_->group = title; }

void CommandLine::flag(std::string_view names, bool& into, std::string_view help) {
    auto* const option = parser_->app.add_flag_function(all_names(names), [&into](std::int64_t) { into = true; });
    parser_->describe(*option, names, "", std::string(help));
}

void CommandLine::counter(std::string_view names, unsigned& into, std::string_view help) {
    auto const count = [&into](std::int64_t times) { into = static_cast<unsigned>(times); };
    parser_->describe(*parser_->app.add_flag_function(all_names(names), count), names, "", std::string(help));
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
    auto const word = placeholder.empty() ? assigner.placeholder : std::string(placeholder);
    if (kind != Kind::option) {
        option->required(kind == Kind::required_positional)->allow_extra_args(assigner.many);
        option->type_name(assigner.many ? word + "..." : word);
    }
    auto text = std::string(help);
    if (!assigner.default_text.empty()) text += " [" + assigner.default_text + "]";
    parser_->describe(*option, names, kind == Kind::option ? word : "", std::move(text));
}

void CommandLine::needs(std::string_view name, std::string_view other) {
    auto& app = parser_->app;
    app.get_option(std::string(name))->needs(app.get_option(std::string(other)));
}

void CommandLine::excludes(std::string_view name, std::string_view other) {
    auto& app = parser_->app;
    app.get_option(std::string(name))->excludes(app.get_option(std::string(other)));
}

void CommandLine::footer(std::string_view text) { parser_->app.footer(std::string(text)); }

boost::system::result<void, Exit> CommandLine::parse(std::vector<std::string> arguments) {
    auto& app = parser_->app;
    auto const& program = app.get_name();
    parser_->group = "Help";
    parser_->describe(*app.set_help_flag("-h,--help"), "-h,--help", "", "print this help and exit");
    parser_->describe(*app.set_version_flag("--version", program + " " + std::string(version())), "--version", "",
                      "print the version and exit");
    std::reverse(arguments.begin(), arguments.end());  // CLI11 takes them from the back
    try {
        app.parse(std::move(arguments));
    } catch (CLI::CallForHelp const&) {
        return Exit{ExitCode::done, app.help(), ""};
    } catch (CLI::CallForVersion const&) {
        return Exit{ExitCode::done, program + " " + std::string(version()) + "\n", ""};
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
