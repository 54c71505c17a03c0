// A parser by recursive descent, for the grammar of doc/filters.md:
//
//     filter   = sequence                              the whole text
//     sequence = or { or }                             two or more: all_of
//     or       = and { "|" and }                       any_of
//     and      = not { "&" not }                       all_of
//     not      = "!" not | atom                        negation
//     atom     = "~" name [ argument ] | "(" sequence ")" | text
//
// White space may stand between all parts. `&`, `|` and `!` are also characters of a text. One is an operator if an operand
// follows, that is if neither ")" nor the end of the text does, and the beginning of a text otherwise:
//
//     a & b   and of two texts          a & (and the end)   two texts, a and &
//
// A parenthesis, a "~" and a quote have one meaning each, so with this rule no part is read twice, and the first place
// where the text does not fit is the furthest one.

#include "filter/parser.hpp"

#include <algorithm>
#include <pathology/proxycore/ascii.hpp>
#include <utility>

#include "filter/argument.hpp"
#include "filter/operators.hpp"

namespace pathology::proxycore::filter {
namespace {

using Kind = Expression::Kind;
using Parsed = Result<Expression>;

using ascii::is_digit;
using ascii::is_letter;

std::string known_names() {
    std::string names;
    for (auto const& one : operators()) names.append(names.empty() ? "~" : " ~").append(one.name);
    return names;
}

std::size_t height(Expression const& expression) {
    std::size_t highest = 0;
    for (auto const& operand : expression.operands) highest = std::max(highest, height(operand));
    return highest + 1;
}

class Parser {
public:
    explicit Parser(std::string_view text) : text_(text) {}

    Parsed parse() {
        if (text_.size() > max_length)
            return fail(Errc::too_long, {max_length, text_.size()},
                        "a filter has at most " + std::to_string(max_length) + " bytes");
        skip_blanks();
        auto parsed = parse_sequence();
        if (!parsed) return parsed;
        if (!is_at_end()) return expected("the end, or a '(' before this ')'");
        if (height(*parsed) > max_depth) return too_deep({0, text_.size()});
        return parsed;
    }

private:
    Parsed parse_sequence() {
        if (is_at_end() || peek() == ')')
            return expected("an expression, such as ~m GET, ~u /path or a text of the URL");
        return parse_list(Kind::all_of, &Parser::parse_or, [this] {
            skip_blanks();
            return !is_at_end() && peek() != ')';
        });
    }

    Parsed parse_or() {
        return parse_list(Kind::any_of, &Parser::parse_and, [this] { return take_operator('|'); });
    }

    Parsed parse_and() {
        return parse_list(Kind::all_of, &Parser::parse_not, [this] { return take_operator('&'); });
    }

    /// Operands as long as `goes_on` is true behind one. A list of one operand is that operand.
    template <class GoesOn> Parsed parse_list(Kind kind, Parsed (Parser::*parse_operand)(), GoesOn goes_on) {
        Expression list{.kind = kind};
        do {
            auto operand = (this->*parse_operand)();
            if (!operand) return operand;
            list.operands.push_back(*std::move(operand));
        } while (goes_on());
        if (list.operands.size() > 1) return list;
        auto only = std::move(list.operands.front());
        return only;
    }

    Parsed parse_not() {
        auto const start = at_;
        if (!take_operator('!')) return parse_atom();
        if (++depth_ > max_depth) return too_deep({start, at_});
        auto operand = parse_not();
        --depth_;
        if (!operand) return operand;
        Expression negation{.kind = Kind::negation};
        negation.operands.push_back(*std::move(operand));
        return negation;
    }

    Parsed parse_atom() {
        if (peek() == '(') return parse_group();
        return peek() == '~' ? parse_test() : parse_pattern(Test::url, "");
    }

    Parsed parse_group() {
        auto const open = at_++;
        if (++depth_ > max_depth) return too_deep({open, at_});
        skip_blanks();
        auto inner = parse_sequence();
        --depth_;
        if (!inner) return inner;
        if (is_at_end()) return expected("')' for the '(' at column " + std::to_string(open + 1));
        ++at_;
        return inner;
    }

    Parsed parse_test() {
        auto const start = at_++;
        while (!is_at_end() && is_letter(peek())) ++at_;
        auto const shown = std::string(text_.substr(start, at_ - start));
        if (shown == "~") return expected("the name of an operator after ~: " + known_names());
        auto const* const found = find_operator(std::string_view(shown).substr(1));
        if (found == nullptr)
            return fail(Errc::syntax, {start, at_}, "unknown operator " + shown + "; known are " + known_names());
        using Argument = Operator::Argument;
        bool const is_alone = found->argument == Argument::none;
        if (!is_at_end_of_name(is_alone))
            return expected((is_alone ? "white space, &, | or ) after " : "white space after ") + shown);
        if (is_alone) return Expression{.test = found->test, .span = {at_, at_}};
        skip_blanks();
        return found->argument == Argument::status ? parse_status() : parse_pattern(found->test, " after " + shown);
    }

    bool is_at_end_of_name(bool is_alone) const {
        return is_at_end() || blanks.find(peek()) != blanks.npos ||
               (is_alone && std::string_view("&|)").find(peek()) != blanks.npos);
    }

    Parsed parse_status() {
        auto const start = at_;
        std::uint64_t number = 0;
        // A number beyond the type is no status code, and its exact value of no consequence.
        for (; !is_at_end() && is_digit(peek()); ++at_)
            number =
                number > UINT64_MAX / 10 - 1 ? UINT64_MAX / 10 : number * 10 + static_cast<std::uint64_t>(peek() - '0');
        if (at_ == start) return expected("a status code, in decimal digits, after ~c");
        return Expression{.test = Test::status, .number = number, .span = {start, at_}};
    }

    Parsed parse_pattern(Test test, std::string const& where) {
        auto const start = at_;
        if (!is_at_end() && (peek() == '"' || peek() == '\'')) {
            auto quoted = read_quoted(text_.substr(at_));
            at_ += quoted.length;
            if (!quoted.is_closed)
                return expected(std::string("a closing ") + text_[start] + " before the end of the line");
            return Expression{.test = test, .text = std::move(quoted.value), .span = {start, at_}};
        }
        at_ += bare_length(text_.substr(at_));
        if (at_ == start)
            return expected("a regular expression" + where +
                            R"(, in quotes if it has white space or one of ( ) ~ ' ")");
        return Expression{.test = test, .text = std::string(text_.substr(start, at_ - start)), .span = {start, at_}};
    }

    /// Moves behind the operator and the white space around it, if it stands here and an operand follows.
    bool take_operator(char character) {
        auto const at = next_after_blanks(at_);
        if (at == text_.size() || text_[at] != character) return false;
        auto const operand = next_after_blanks(at + 1);
        if (operand == text_.size() || text_[operand] == ')') return false;
        at_ = operand;
        return true;
    }

    std::size_t next_after_blanks(std::size_t at) const {
        return std::min(text_.find_first_not_of(blanks, at), text_.size());
    }
    void skip_blanks() { at_ = next_after_blanks(at_); }
    bool is_at_end() const { return at_ == text_.size(); }
    char peek() const { return text_[at_]; }

    static Failure fail(Errc code, Span span, std::string message) { return {{code, std::move(message)}, span}; }
    Failure expected(std::string const& what) const { return fail(Errc::syntax, {at_, at_}, "expected " + what); }
    static Failure too_deep(Span span) {
        return fail(Errc::too_deep, span,
                    "a filter has at most " + std::to_string(max_depth) + " levels of parentheses and !");
    }

    std::string_view text_;
    std::size_t at_ = 0;
    std::size_t depth_ = 0;
};

}  // namespace

Result<Expression> parse_expression(std::string_view text) { return Parser(text).parse(); }

}  // namespace pathology::proxycore::filter
