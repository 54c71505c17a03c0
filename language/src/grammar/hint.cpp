// The usual mistakes, each recognised by the text around the place of the failure:
//
//     200:hA=b              a word where only quoted text may be
//     get:/:s200            a nested spec without quotes
//     200:h<file='v'        a file path that took the `=` too
//     HELP:/   PUTS:/       a method that needs quotes; the second one is `put` and the path `S`
//     get:/:ulynx           a user agent that begins like a shortcut: `ul`
//     post:/:b{"a":1}       a value that ended before a character that words cannot hold

#include "grammar/hint.hpp"

#include <algorithm>
#include <pathology/language/tables.hpp>
#include <pathology/proxycore/ascii.hpp>

#include "escape.hpp"
#include "grammar/bare_methods.hpp"
#include "layout.hpp"

namespace pathology::language::grammar {
namespace {

constexpr std::size_t max_shown = 40;  // characters of the text in a hint

using proxycore::ascii::is_letter;

bool is_method(std::string_view word) {
    return std::ranges::find(bare_methods, lower(word), &BareMethod::name) != bare_methods.end();
}

std::string upper(std::string_view word) {
    std::string out(word);
    for (char& c : out) {
        if (c >= 'a' && c <= 'z') c = static_cast<char>(c - ('a' - 'A'));
    }
    return out;
}

template <class Predicate> std::string_view run_at(std::string_view text, std::size_t at, Predicate is_part) {
    auto const rest = text.substr(at);
    auto const length = static_cast<std::size_t>(std::find_if_not(rest.begin(), rest.end(), is_part) - rest.begin());
    return rest.substr(0, length);
}

/// The letters directly before `at`.
std::string_view letters_before(std::string_view text, std::size_t at) {
    auto begin = at;
    while (begin > 0 && is_letter(text[begin - 1])) --begin;
    return text.substr(begin, at - begin);
}

/// `text` in the quotes that it does not hold; empty if there are none, or if it is long.
std::string quoted(std::string_view text) {
    bool const is_plain = std::all_of(text.begin(), text.end(), [](char c) { return c >= ' ' && c < '\x7f'; });
    if (text.empty() || text.size() > max_shown || !is_plain || text.ends_with('\\')) return {};
    for (char const quote : {'\'', '"'}) {
        if (text.find(quote) == std::string_view::npos) return quote + std::string(text) + quote;
    }
    return {};
}

/// `text` as a hint shows it.
std::string shown(std::string_view text) {
    std::string out = "'";
    for (char const c : text.substr(0, max_shown)) append_escaped(out, c);
    return out + (text.size() > max_shown ? "...'" : "'");
}

/// `; put WHAT in quotes: LETTER'TEXT'`; without the example if the text is too long for one.
std::string put_in_quotes(std::string_view what, std::string_view text, std::string_view letter = {}) {
    auto advice = "; put " + std::string(what) + " in quotes";
    auto const example = quoted(text);
    return example.empty() ? advice : advice + ": " + std::string(letter) + example;
}

std::string quote_it(std::string_view text) { return put_in_quotes("it", text); }

/// Where parsing failed.
struct Failed {
    std::string_view text;
    std::size_t place;
    std::size_t word_begin, word_end;  ///< of the last word
    ErrorCollector const& seen;
    bool has_requests;  ///< whether requests may be in the text

    std::string_view word() const { return text.substr(word_begin, word_end - word_begin); }
    /// A quote or `@` directly behind a word is the cause, wherever parsing failed then. It is no part of a valid spec.
    bool ends_at_next_value() const {
        return word_end > 0 && word_end < text.size() && std::string_view("'\"@").find(text[word_end]) != text.npos;
    }
};

std::string hint_at_missing_quotes(Failed const& failed) {
    auto const is_part = [](char c) { return is_bare(c) && c != '='; };
    auto const word = run_at(failed.text, failed.place, is_part);
    if (word.empty() || !failed.seen.expects(quoted_value_name)) return {};
    return "a word without quotes is not possible here" + quote_it(word);
}

std::string hint_at_nested_spec(Failed const& failed) {
    if (!failed.seen.expects(nested_spec_name)) return {};
    auto const spec = run_at(failed.text, failed.place, [](char c) { return !is_blank(c); });
    return spec.empty() ? std::string() : "a nested spec needs quotes" + quote_it(spec);
}

/// A bare file path may hold `=`, so a field name from a file takes it along.
std::string hint_at_path(Failed const& failed) {
    auto const path = failed.word();
    auto const equals = path.find('=');
    bool const is_path = failed.word_begin > 0 && failed.text[failed.word_begin - 1] == '<';
    if (!is_path || equals == std::string_view::npos) return {};
    if (failed.word_end != failed.place && !failed.ends_at_next_value()) return {};
    return "the name of the file was read as " + shown(path) + quote_it(path.substr(0, equals));
}

/// `patch:/`: its first letters may have been read as a feature, here `pa`.
std::string hint_at_method(Failed const& failed) {
    auto const before = letters_before(failed.text, failed.place);
    auto const word = std::string(before).append(run_at(failed.text, failed.place, is_letter));
    auto const begin = failed.place - before.size();
    auto const rest = failed.text.substr(begin + word.size());
    bool const is_apart = begin == 0 || is_blank(failed.text[begin - 1]);
    bool const is_head =
        rest.starts_with(":/") || (before.empty() && failed.seen.expects(request_name) && !rest.empty());
    if (!failed.has_requests || word.size() < 2 || !is_apart || !is_head || is_method(word)) return {};
    return shown(word) + " is no method that is written without quotes" + quote_it(upper(word));
}

/// `PUTS:/x` is the method `put` and the path `S`.
std::string hint_at_longer_method(Failed const& failed) {
    auto const method = letters_before(failed.text, failed.word_begin);
    auto const rest = run_at(failed.text, failed.word_begin, is_letter);
    if (!is_method(method) || rest.empty()) return {};
    auto const whole = std::string(method).append(rest);
    return shown(whole) + " was read as the method " + lower(method) + " and the path " + shown(failed.word()) +
           put_in_quotes("another method", upper(whole));
}

/// `ulynx` is the user agent `l` and the letters behind it.
std::string hint_at_user_agent(Failed const& failed) {
    auto const before = letters_before(failed.text, failed.place);
    auto const rest = run_at(failed.text, failed.place, is_letter);
    if (before.size() < 2 || before.front() != 'u' || rest.empty()) return {};
    auto const name = lower(before.substr(1));
    for (auto const& known : known_user_agents()) {
        if (name != known.name && name != std::string(1, known.shortcut)) continue;
        return shown(before) + " was read as the user agent " + std::string(known.name) +
               put_in_quotes("another one", std::string(before.substr(1)).append(rest), "u");
    }
    return {};
}

/// A value without quotes ended, and what follows it makes no sense.
std::string hint_at_end_of_word(Failed const& failed) {
    if (failed.word_end == 0 || failed.word_end >= failed.text.size()) return {};
    auto const between = failed.text.substr(failed.word_end, failed.place - failed.word_end);
    auto const end = failed.text[failed.word_end];
    // A letter behind the colon, as in `get:/:z`, is rather an unknown feature.
    bool const is_feature = failed.place >= failed.text.size() || is_letter(failed.text[failed.place]);
    bool const is_colon = end == ':' && between.size() == 1 && !is_feature;
    bool const is_at_once = is_colon || std::all_of(between.begin(), between.end(), is_blank);
    if (!is_at_once && !failed.ends_at_next_value()) return {};
    auto const ended_by = is_blank(end) ? std::string("a blank")
                          : end == '\'' ? "\"'\""
                                        : "'" + std::string(1, end) + "'";
    auto text =
        shown(failed.word()) + " was read as the whole value, since a word without quotes ends before " + ended_by;
    if (end != '\'' && end != '"' && end != '@') return text + "; put a longer value in quotes";
    return text + quote_it(run_at(failed.text, failed.word_begin, [](char c) { return !is_blank(c); }));
}

}  // namespace

std::string hint(std::string_view text, ErrorCollector const& seen, bool has_requests) {
    auto const word = seen.word();
    auto const place = static_cast<std::size_t>(seen.place() - text.data());
    auto const begin = word.empty() ? 0 : static_cast<std::size_t>(word.data() - text.data());
    bool const is_before = begin + word.size() <= place;
    Failed const failed{text, place, is_before ? begin : 0, is_before ? begin + word.size() : 0, seen, has_requests};
    for (auto const find : {hint_at_missing_quotes, hint_at_nested_spec, hint_at_path, hint_at_user_agent,
                            hint_at_method, hint_at_longer_method, hint_at_end_of_word}) {
        if (auto found = find(failed); !found.empty()) return found;
    }
    return {};
}

}  // namespace pathology::language::grammar
