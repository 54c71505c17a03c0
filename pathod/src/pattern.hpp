// Regular expressions over request paths: PCRE2, compiled to machine code, with a bound on what one match may cost.
#pragma once

#include <boost/system/result.hpp>
#include <cstddef>
#include <memory>
#include <string>
#include <string_view>

struct pcre2_real_code_8;

namespace pathology::pathod {

/// Why a pattern is no regular expression, and at which of its bytes.
struct PatternFailure {
    std::string message;
    std::size_t offset = 0;
};

/// A compiled pattern. Immutable; threads may share it.
class Pattern {
public:
    static boost::system::result<Pattern, PatternFailure> compile(std::string_view text);

    /// Whether it matches at the start of `path`, which may go on after the match. A match that exceeds its bounds (10
    /// million steps, 20 MB) counts as none.
    bool matches_start_of(std::string_view path) const;

private:
    struct Free {
        void operator()(pcre2_real_code_8* code) const noexcept;
    };
    explicit Pattern(pcre2_real_code_8* code) : code_(code) {}
    std::unique_ptr<pcre2_real_code_8, Free> code_;
};

}  // namespace pathology::pathod
