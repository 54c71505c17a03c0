// Regular expressions as users of the proxy write them (PCRE2), with a bound on what one match may cost.
#pragma once

#include <boost/system/result.hpp>
#include <cstddef>
#include <memory>
#include <string>
#include <string_view>

struct pcre2_real_code_8;

namespace pathology::proxycore::flow {

/// Why a text is no regular expression, and at which of its bytes.
struct PatternFailure {
    std::string message;
    std::size_t offset = 0;
};
[[noreturn]] void throw_exception_from_error(PatternFailure const& failure, boost::source_location const& where);

/// A compiled pattern over bytes. Immutable; copies share it, and threads may.
class Pattern {
public:
    enum class Case { exact, any };
    static boost::system::result<Pattern, PatternFailure> compile(std::string_view text, Case letters = Case::exact);

    /// Whether it matches anywhere. A match that exceeds its bounds (10 million steps, 20 MB) counts as none.
    bool found_in(std::string_view subject) const;
    /// Puts `text`, as it is, where the pattern matches; returns how often.
    std::size_t replace_in(std::string& subject, std::string_view text) const;

private:
    explicit Pattern(std::shared_ptr<pcre2_real_code_8 const> code) : code_(std::move(code)) {}
    std::shared_ptr<pcre2_real_code_8 const> code_;
};

}  // namespace pathology::proxycore::flow
