// An expression as it is evaluated.
#pragma once

#include <optional>
#include <pathology/proxycore/filter/filter.hpp>
#include <vector>

#include "filter/texts.hpp"

namespace pathology::proxycore::filter {

/// An expression with its regular expression compiled.
struct Term {
    using Check = Matched (*)(Term const& term, Texts& texts);

    Expression const* source;
    Check check;
    std::optional<pattern::Pattern> pattern{};  ///< of a test that has one
    std::vector<Term> operands{};
};

/// Evaluates one test.
Term::Check check_of(Test test);

/// `expression` outlives the result. `text` is what it was parsed from.
/// Errors: Errc::bad_pattern.
Result<Term> compile(Expression const& expression, std::string_view text, Options const& options);

inline Matched evaluate(Term const& term, Texts& texts) { return term.check(term, texts); }

}  // namespace pathology::proxycore::filter
