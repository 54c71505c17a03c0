// Regular expressions of users (PCRE2 with JIT), with limits on the cost of a match.
#pragma once

#include <boost/system/result.hpp>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <pathology/proxycore/failure.hpp>
#include <string>
#include <string_view>

struct pcre2_real_code_8;

namespace pathology::proxycore::pattern {

/// Why a text is not a regular expression: the error number of PCRE2 and
/// `not a regular expression, at byte 3: missing closing parenthesis`.
struct Failure : BasicFailure<int> {
    std::string reason{};    ///< PCRE2's words, "missing closing parenthesis"
    std::size_t offset = 0;  ///< of the error, in bytes
};
/// Makes Result::value() throw std::invalid_argument with the message; found by argument-dependent lookup.
[[noreturn]] void throw_exception_from_error(Failure const& failure, boost::source_location const& where);

enum class Case : std::uint8_t { exact, any };
enum class Place : std::uint8_t { anywhere, start };

struct Options {
    Case letters = Case::exact;
    Place place = Place::anywhere;  ///< where a match may begin
};

/// A compiled pattern over bytes. Immutable; copies and threads may share it.
///
/// A match that exceeds its limits (10 million steps, 20 MB) fails.
class Pattern {
public:
    static boost::system::result<Pattern, Failure> compile(std::string_view text, Options options = {});

    /// Returns true if it matches; the subject may continue after the match.
    bool matches(std::string_view subject) const;
    /// Replaces every match by `text`, literally. Returns the number of replacements.
    std::size_t replace_in(std::string& subject, std::string_view text) const;

private:
    explicit Pattern(std::shared_ptr<pcre2_real_code_8 const> code) : code_(std::move(code)) {}
    std::shared_ptr<pcre2_real_code_8 const> code_;
};

}  // namespace pathology::proxycore::pattern
