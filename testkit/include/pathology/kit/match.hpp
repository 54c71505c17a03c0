// Which requests are meant: by method, path, query, header, body, or by a filter expression.
#pragma once

#include <concepts>
#include <functional>
#include <iosfwd>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace pathology::kit {

/// Whether a text is meant: equal to a string, or what regex(), contains(), starts_with() or a function says.
class TextMatch {
public:
    using Test = std::function<bool(std::string_view text)>;

    TextMatch(std::string text);                                   // NOLINT(google-explicit-constructor)
    TextMatch(char const* text) : TextMatch(std::string(text)) {}  // NOLINT(google-explicit-constructor)
    template <class Function>
    requires std::predicate<Function const&, std::string_view> TextMatch(
        Function function)  // NOLINT(google-explicit-constructor)
        : TextMatch(Test(std::move(function)), "what a function accepts") {}
    TextMatch(Test test, std::string words) : test_(std::move(test)), words_(std::move(words)) {}

    bool matches(std::string_view text) const { return test_(text); }
    /// `"/pay"`, `contains "amount"`.
    std::string const& words() const { return words_; }

private:
    Test test_;
    std::string words_;
};

/// A Perl-style regular expression that matches all of the text; with `(?i)` it ignores case.
/// Errors: throws std::invalid_argument if it is none.
TextMatch regex(std::string_view pattern);
TextMatch contains(std::string part);
TextMatch starts_with(std::string beginning);

/// A query parameter or a header field by its name.
struct NamedMatch {
    std::string name;
    TextMatch value;
};

/// Requests that have all that is given. One without anything is every request.
///
///     {.method = "POST", .path = "/pay", .headers = {{"X-Test", contains("5")}}}
///     {.path = regex("/users/\\d+"), .query = {{"id", "7"}}}
///     {.filter = "~m POST & ~u /pay"}
struct RequestMatch {
    std::string method = {};                       ///< as sent; empty: any
    std::optional<TextMatch> path = std::nullopt;  ///< without the query, as sent
    std::vector<NamedMatch> query = {};            ///< decoded (`%20` and `+` are blanks); one of its values matches
    std::vector<NamedMatch> headers = {};          ///< names ignore case; one of its values matches
    std::optional<TextMatch> body = std::nullopt;  ///< without its coding; of a longer one than keep_bytes: none
    std::string filter = {};                       ///< see doc/filters.md
};

/// `POST /pay, header X-Test contains "5"`; `every request`.
std::string to_string(RequestMatch const& match);
std::ostream& operator<<(std::ostream& out, RequestMatch const& match);

}  // namespace pathology::kit
