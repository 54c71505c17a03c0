#pragma once
// What a spec may say for HTTP/1 alone.

#include <pathology/language/settings.hpp>

#include "grammar/config.hpp"

namespace pathology::language::grammar {

/// A parser that fits only where the text is for HTTP/1; elsewhere it says what to write in its place.
template <class Subject> struct OnlyHttp1 : x3::unary_parser<Subject, OnlyHttp1<Subject>> {
    using base_type = x3::unary_parser<Subject, OnlyHttp1<Subject>>;
    static bool const is_pass_through_unary = true;
    static bool const handles_container = Subject::handles_container;

    constexpr OnlyHttp1(Subject const& inner, char const* instead) : base_type(inner), instead_(instead) {}

    template <class Context, class RuleContext, class Attribute>
    bool parse(Iterator& first, Iterator const& last, Context const& context, RuleContext& rule_context,
               Attribute& attribute) const {
        x3::skip_over(first, last, context);
        auto const* const start = first;
        if (!this->subject.parse(first, last, context, rule_context, attribute)) return false;
        if (x3::get<ProtocolTag>(context) == Protocol::http1) return true;
        first = start;
        furthest(context).insist(start, instead_);
        return false;
    }

private:
    char const* instead_;
};

/// `only_http1("this method in quotes", options)`
template <class Subject> constexpr auto only_http1(char const* instead, Subject const& inner) {
    using Parser = typename x3::extension::as_parser<Subject>::value_type;
    return OnlyHttp1<Parser>(x3::as_parser(inner), instead);
}

}  // namespace pathology::language::grammar
