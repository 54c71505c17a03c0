#include <pathology/proxycore/filter/expression.hpp>
#include <utility>

#include "filter/argument.hpp"
#include "filter/operators.hpp"

namespace pathology::proxycore::filter {
namespace {

using Kind = Expression::Kind;

void append(std::string& out, Expression const& expression);

void append_test(std::string& out, Expression const& test) {
    auto const& found = operator_of(test.test);
    out.append("~").append(found.name);
    if (found.argument == Operator::Argument::none) return;
    out += ' ';
    if (found.argument == Operator::Argument::status)
        out += std::to_string(test.number);
    else
        append_argument(out, test.text);
}

/// `&` binds closer than `|`, so an all_of within an any_of needs no parentheses.
bool needs_parentheses(Kind operand, Kind around) {
    if (operand == Kind::test || operand == Kind::negation) return false;
    return operand == Kind::any_of || around != Kind::any_of;
}

void append_operand(std::string& out, Expression const& operand, Kind around) {
    bool const is_grouped = needs_parentheses(operand.kind, around);
    if (is_grouped) out += '(';
    append(out, operand);
    if (is_grouped) out += ')';
}

void append(std::string& out, Expression const& expression) {
    if (expression.kind == Kind::test) return append_test(out, expression);
    if (expression.kind == Kind::negation) out += '!';
    bool is_first = true;
    for (auto const& operand : expression.operands) {
        if (!std::exchange(is_first, false)) out += expression.kind == Kind::any_of ? " | " : " & ";
        append_operand(out, operand, expression.kind);
    }
}

}  // namespace

bool operator==(Expression const& a, Expression const& b) {
    return a.kind == b.kind && a.test == b.test && a.text == b.text && a.number == b.number && a.operands == b.operands;
}

std::string to_string(Expression const& expression) {
    std::string text;
    append(text, expression);
    return text;
}

}  // namespace pathology::proxycore::filter
