#pragma once
// Several messages, and groups of them that are sent together several times:
//
//     messages = +( message | group )
//     group    = "(" +message ")" "x" NUMBER

#include <pathology/language/ast.hpp>
#include <vector>

#include "grammar/terminals.hpp"

namespace pathology::language::grammar {

/// One or more of the subject, in any groups. The last message of a group gets a GroupEnd.
template <class Subject> struct GroupsOf : x3::unary_parser<Subject, GroupsOf<Subject>> {
    using base_type = x3::unary_parser<Subject, GroupsOf<Subject>>;
    using attribute_type = std::vector<Message>;
    static bool const has_attribute = true;
    static bool const handles_container = true;

    constexpr explicit GroupsOf(Subject const& inner) : base_type(inner) {}

    template <class Context, class RuleContext>
    bool parse(Iterator& first, Iterator const& last, Context const& context, RuleContext& rule_context,
               std::vector<Message>& messages) const {
        auto const count = messages.size();
        for (;;) {
            auto const* at = first;
            x3::skip_over(at, last, context);
            bool const is_group = at != last && *at == '(';
            if (is_group ? !parse_group(first, last, context, rule_context, messages)
                         : !parse_message(first, last, context, rule_context, messages))
                break;
        }
        return messages.size() > count;
    }

private:
    template <class Context, class RuleContext>
    bool parse_message(Iterator& first, Iterator const& last, Context const& context, RuleContext& rule_context,
                       std::vector<Message>& messages) const {
        Message message;
        if (!this->subject.parse(first, last, context, rule_context, message)) return false;
        messages.push_back(std::move(message));
        return true;
    }

    template <class Context, class RuleContext>
    bool parse_group(Iterator& first, Iterator const& last, Context const& context, RuleContext& rule_context,
                     std::vector<Message>& messages) const {
        auto const* at = first;
        auto const begin = messages.size();
        GroupEnd end;
        x3::lit('(').parse(at, last, context, rule_context, x3::unused);
        while (parse_message(at, last, context, rule_context, messages)) {
        }
        end.messages = messages.size() - begin;
        bool const is_whole = end.messages > 0 && close_.parse(at, last, context, rule_context, x3::unused) &&
                              times_.parse(at, last, context, rule_context, end.count);
        if (!is_whole) {
            messages.resize(begin);
            return false;
        }
        features(messages.back()).emplace_back(end);
        first = at;
        return true;
    }

    // A word takes a bracket as well, so one that follows a word needs a blank before it.
    decltype(named("", x3::lit(')'))) close_ = named("a blank and ')'", x3::lit(')'));
    decltype(named("", 'x' >> named("", number))) times_ =
        named("how often the group is sent (xN)", 'x' >> named("a number", number));
};

template <class Subject> constexpr auto groups_of(Subject const& inner) {
    using Parser = typename x3::extension::as_parser<Subject>::value_type;
    return GroupsOf<Parser>(x3::as_parser(inner));
}

}  // namespace pathology::language::grammar
