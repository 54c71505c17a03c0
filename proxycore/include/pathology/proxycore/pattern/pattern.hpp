// Regular expressions as users write them (PCRE2, compiled to machine code), with a bound on what one match may cost.
#pragma once

#include <boost/system/result.hpp>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

struct pcre2_real_code_8;

namespace pathology::proxycore::pattern {

/// Why a text is no regular expression, and at which of its bytes.
struct Failure {
    std::string reason;
    std::size_t offset = 0;
};
/// A sentence: `no regular expression, at byte 3: missing closing parenthesis`.
std::string describe(Failure const& failure);
/// Throws std::invalid_argument with that sentence.
[[noreturn]] void throw_exception_from_error(Failure const& failure, boost::source_location const& where);

enum class Case : std::uint8_t { exact, any };
enum class Place : std::uint8_t { anywhere, start };

struct Options {
    Case letters = Case::exact;
    Place place = Place::anywhere;  ///< where a match may begin
};

/// A compiled pattern over bytes. Immutable; copies share it, and threads may.
///
/// A match that exceeds its bounds (10 million steps, 20 MB) counts as none.
class Pattern {
public:
    static boost::system::result<Pattern, Failure> compile(std::string_view text, Options options = {});

    /// Whether it matches. The subject may go on after the match.
    bool matches(std::string_view subject) const;
    /// Puts `text`, as it is, where the pattern matches; returns how often.
    std::size_t replace_in(std::string& subject, std::string_view text) const;

private:
    explicit Pattern(std::shared_ptr<pcre2_real_code_8 const> code) : code_(std::move(code)) {}
    std::shared_ptr<pcre2_real_code_8 const> code_;
};

}  // namespace pathology::proxycore::pattern
