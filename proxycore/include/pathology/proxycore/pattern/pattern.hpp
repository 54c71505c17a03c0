// Regular expressions of users (PCRE2 with JIT), with limits on the cost of a match.
#pragma once

#include <boost/system/result.hpp>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <pathology/proxycore/failure.hpp>
#include <string>
#include <string_view>

namespace pathology::proxycore::pattern {

/// Why a text is not a regular expression, or why a match was given up: the error number of PCRE2 and
/// `not a regular expression, at byte 3: missing closing parenthesis`.
struct Failure : BasicFailure<int> {
    std::string reason{};    ///< PCRE2's words, "missing closing parenthesis", "match limit exceeded"
    std::size_t offset = 0;  ///< of an error in the text, in bytes
};
template <class T> using Result = boost::system::result<T, Failure>;

/// Makes Result::value() throw std::invalid_argument for a text that is no regular expression, std::runtime_error for a
/// match that was given up; found by argument-dependent lookup.
[[noreturn]] void throw_exception_from_error(Failure const& failure, boost::source_location const& where);

enum class Case : std::uint8_t { exact, any };
enum class Place : std::uint8_t { anywhere, start };

struct Options {
    Case letters = Case::exact;
    Place place = Place::anywhere;  ///< where a match may begin
};

/// A compiled pattern over bytes. Immutable; copies and threads may share it.
///
/// A match is limited to a million steps, some 10 ms, and to 20 MB: patterns come from users, but subjects come from the
/// network and are matched on the event loop. A match beyond that is an error, and never "no match".
class Pattern {
public:
    static Result<Pattern> compile(std::string_view text, Options options = {});

    /// Returns true if it matches; the subject may continue after the match.
    /// Errors: the limits were exceeded; the message names the pattern.
    Result<bool> matches(std::string_view subject) const;
    /// Replaces every match by `text`, literally. Returns the number of replacements.
    /// Errors: as matches(); the subject is unchanged then.
    Result<std::size_t> replace_in(std::string& subject, std::string_view text) const;

private:
    struct State;
    explicit Pattern(std::shared_ptr<State const> state) : state_(std::move(state)) {}
    std::shared_ptr<State const> state_;
};

}  // namespace pathology::proxycore::pattern
