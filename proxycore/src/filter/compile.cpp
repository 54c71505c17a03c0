#include <algorithm>
#include <string>
#include <utility>

#include "filter/argument.hpp"
#include "filter/operators.hpp"
#include "filter/term.hpp"

namespace pathology::proxycore::filter {
namespace {

using Kind = Expression::Kind;
using Lines = Operator::Lines;

Matched check_all_of(Term const& term, Texts& texts) {
    for (auto const& operand : term.operands) {
        auto matched = evaluate(operand, texts);
        if (!matched || !*matched) return matched;
    }
    return true;
}

Matched check_any_of(Term const& term, Texts& texts) {
    for (auto const& operand : term.operands) {
        auto matched = evaluate(operand, texts);
        if (!matched || *matched) return matched;
    }
    return false;
}

Matched check_negation(Term const& term, Texts& texts) {
    auto matched = evaluate(term.operands.front(), texts);
    if (!matched) return matched;
    return !*matched;
}

Term::Check check_of(Expression const& expression) {
    switch (expression.kind) {
        case Kind::all_of: return check_all_of;
        case Kind::any_of: return check_any_of;
        case Kind::negation: return check_negation;
        case Kind::test: break;
    }
    return filter::check_of(expression.test);
}

/// The option setting of Perl that a pattern begins with.
std::string_view setting_of(Lines lines) {
    if (lines == Lines::dot_all) return "(?s)";
    return lines == Lines::multiple_lines ? "(?m)" : "";
}

Result<pattern::Pattern> compile_pattern(Expression const& test, std::string_view text, Options const& options) {
    auto const& found = operator_of(test.test);
    auto const setting = setting_of(found.lines);
    pattern::Options const flags{.letters = found.ignores_case ? pattern::Case::any : options.letters};
    auto pattern = pattern::Pattern::compile(std::string(setting) + test.text, flags);
    if (pattern) return *std::move(pattern);
    auto const& failure = pattern.error();
    auto const offset = failure.offset - std::min(failure.offset, setting.size());
    auto const place = place_in(text, test.span, offset);
    return Failure{
        {Errc::bad_pattern, "not a regular expression after ~" + std::string(found.name) + ": " + failure.reason},
        {place, test.span.end}};
}

}  // namespace

Result<Term> compile(Expression const& expression, std::string_view text, Options const& options) {
    Term term{.source = &expression, .check = check_of(expression)};
    bool const is_test = expression.kind == Kind::test;
    if (is_test && operator_of(expression.test).argument == Operator::Argument::pattern) {
        auto pattern = compile_pattern(expression, text, options);
        if (!pattern) return pattern.error();
        term.pattern = *std::move(pattern);
    }
    for (auto const& operand : expression.operands) {
        auto compiled = compile(operand, text, options);
        if (!compiled) return compiled;
        term.operands.push_back(*std::move(compiled));
    }
    return term;
}

}  // namespace pathology::proxycore::filter
