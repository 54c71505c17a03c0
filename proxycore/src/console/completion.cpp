#include "console/completion.hpp"

#include <algorithm>
#include <functional>

namespace pathology::proxycore::console {
namespace {

/// `text` as one word in single quotes of a shell. Bash and zsh end the quotes for a quote inside of them, fish escapes it.
std::string shell_quoted(std::string_view text, std::string_view quote_inside = "'\\''") {
    std::string out = "'";
    for (char const c : text) {
        if (c == '\'')
            out += quote_inside;
        else
            out += c;
    }
    return out + "'";
}

std::string joined(std::vector<std::string> const& words, std::string_view separator) {
    std::string out;
    for (auto const& word : words) out.append(out.empty() ? "" : separator).append(word);
    return out;
}

/// `text` with a backslash before each of `characters` and before each backslash.
std::string escaped(std::string_view text, std::string_view characters) {
    std::string out;
    for (char const c : text) {
        if (c == '\\' || characters.find(c) != std::string_view::npos) out += '\\';
        out += c;
    }
    return out;
}

void for_each_parameter(Usage const& usage, std::function<void(Parameter const&)> const& visit) {
    for (auto const& group : usage.groups) std::ranges::for_each(group.parameters, visit);
}

std::string head(Usage const& usage) {
    return "# Completion of " + usage.program + ", made from the options of " + usage.program + " " + usage.version +
           ".\n";
}

// --- bash ------------------------------------------------------------------------------------------------------------

/// The arguments of compgen that generate these values.
std::string compgen_actions(ValueKind kind) {
    std::string actions;
    if (kind.directories) actions += " -A directory";
    if (kind.files) actions += " -A file";
    if (kind.hosts) actions += " -A hostname";
    return actions;
}

/// The branch of `case $option` for an option with a value.
std::string bash_branch(Parameter const& parameter) {
    return "        " + joined(parameter.names, " | ") + ") actions='" + compgen_actions(value_kind(parameter)) +
           "' words=" + shell_quoted(joined(parameter.words, " ")) + " ;;\n";
}

// The words of the line are cut at `=` too: `--port=80` is three of them, `--cert example.org=FILE` is four.
constexpr std::string_view bash_start = R"(() {
    local current=${COMP_WORDS[COMP_CWORD]} last=$((COMP_CWORD - 1)) option actions words
    if [[ $current == '=' ]]; then current='' last=$COMP_CWORD; fi
    if [[ ${COMP_WORDS[last]} == '=' ]]; then
        ((--last))
        if [[ ${COMP_WORDS[last]} != -* ]]; then ((--last)); fi
        if [[ ${COMP_WORDS[last]} == '=' ]]; then ((--last)); fi
    fi
    option=${COMP_WORDS[last]}
    case $option in
)";

constexpr std::string_view bash_end = R"(    esac
    mapfile -t COMPREPLY < <(compgen $actions -W "$words" -- "$current")
    if [[ $actions ]]; then compopt -o filenames 2>/dev/null; fi
    if [[ ${COMPREPLY[*]} == *[:=] ]]; then compopt -o nospace 2>/dev/null; fi
}
)";

// --- zsh -------------------------------------------------------------------------------------------------------------

/// The action of _arguments for a value.
std::string zsh_action(Parameter const& parameter) {
    if (!parameter.words.empty()) return "(" + escaped(joined(parameter.words, " "), ":") + ")";
    auto const kind = value_kind(parameter);
    if (kind.files) return "_files";
    if (kind.directories) return "_files -/";
    return kind.hosts ? "_hosts" : " ";
}

/// The argument of _arguments for an option or a positional argument.
std::string zsh_specification(Parameter const& parameter) {
    auto const value = parameter.placeholder.empty()
                           ? std::string()
                           : ":" + escaped(parameter.placeholder, ":[]") + ":" + zsh_action(parameter);
    if (parameter.is_positional()) return shell_quoted((parameter.is_repeatable ? "*" : "") + value);
    auto const text = "[" + escaped(parameter.text, "[]:") + "]" + value;
    auto const& names = parameter.names;
    std::string const exclusion = parameter.is_repeatable ? "*" : "(" + joined(names, " ") + ")";
    // Both names in braces, outside of the quotes: `=` and `+` say that a value may follow in the same word.
    std::string all;
    for (auto const& name : names) {
        auto const* const value_follows = parameter.placeholder.empty() ? "" : name.starts_with("--") ? "=" : "+";
        all.append(all.empty() ? "" : ",").append(name).append(value_follows);
    }
    return shell_quoted(exclusion) + (names.size() > 1 ? "{" + all + "}" : all) + shell_quoted(text);
}

// --- fish ------------------------------------------------------------------------------------------------------------

std::string fish_quoted(std::string_view text) { return shell_quoted(escaped(text, ""), "\\'"); }

/// The options of `complete` for a value.
std::string fish_value(Parameter const& parameter) {
    if (parameter.placeholder.empty()) return "";
    if (!parameter.words.empty()) return " -x -a " + fish_quoted(joined(parameter.words, " "));
    auto const kind = value_kind(parameter);
    if (kind.files) return " -r -F";
    if (kind.directories) return " -x -a '(__fish_complete_directories)'";
    return kind.hosts ? " -x -a '(__fish_print_hostnames)'" : " -x";
}

std::string fish_command(Parameter const& parameter) {
    if (parameter.is_positional()) {
        auto const kind = value_kind(parameter);
        return std::string(kind.files ? " -F" : "") + (kind.hosts ? " -a '(__fish_print_hostnames)'" : "");
    }
    std::string out;
    for (auto const& name : parameter.names)
        out += name.starts_with("--") ? " -l " + name.substr(2) : " -s " + name.substr(1);
    return out + fish_value(parameter) + " -d " + fish_quoted(parameter.text);
}

}  // namespace

ValueKind value_kind(Parameter const& parameter) {
    auto words = parameter.placeholder;  // "[DOMAIN=]FILE" has two
    std::ranges::replace_if(
        words, [](char c) { return c < 'A' || c > 'Z'; }, ' ');
    words = " " + words + " ";
    auto const has_word = [&](std::string_view word) {
        return words.find(" " + std::string(word) + " ") != words.npos;
    };
    ValueKind kind;
    kind.files = has_word("FILE") || has_word("PATH") || has_word("SPEC");
    kind.directories = has_word("DIR") && !kind.files;
    kind.hosts = has_word("HOST");
    return kind;
}

std::string bash_completion(Usage const& usage) {
    std::string out = head(usage) + "_" + usage.program, options, positional;
    out += bash_start;
    for_each_parameter(usage, [&](Parameter const& parameter) {
        if (parameter.is_positional())
            positional += compgen_actions(value_kind(parameter));
        else if (!parameter.placeholder.empty())
            out += bash_branch(parameter);
        for (auto const& name : parameter.names) options += " " + name;
    });
    out +=
        "        *) if [[ $current == -* ]]; then words='" + options + "'; else actions='" + positional + "'; fi ;;\n";
    out += bash_end;
    return out + "complete -F _" + usage.program + " " + usage.program + "\n";
}

std::string zsh_completion(Usage const& usage) {
    std::string out = "#compdef " + usage.program + "\n" + head(usage) + "_arguments -s -S";
    for_each_parameter(usage, [&](Parameter const& parameter) { out += " \\\n    " + zsh_specification(parameter); });
    return out + "\n";
}

std::string fish_completion(Usage const& usage) {
    auto const start = "complete -c " + usage.program;
    std::string out = head(usage) + start + " -f\n";
    for_each_parameter(usage, [&](Parameter const& parameter) { out += start + fish_command(parameter) + "\n"; });
    return out;
}

}  // namespace pathology::proxycore::console
