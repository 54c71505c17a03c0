#pragma once
// Makes AST nodes from the attributes of parsers. A rule with a semantic action of X3 would get no attribute, and no
// span.

#include <concepts>
#include <string_view>
#include <utility>

#include "grammar/context.hpp"

namespace pathology::language::grammar {

/// Parses a Part with the subject and converts it to a node with a function.
template <class Part, class Function, class Subject>
struct Build : x3::unary_parser<Subject, Build<Part, Function, Subject>> {
    using base_type = x3::unary_parser<Subject, Build<Part, Function, Subject>>;
    using attribute_type = std::invoke_result_t<Function, Part>;
    static bool const has_attribute = true;
    static bool const handles_container = false;

    constexpr Build(Subject const& inner, Function function) : base_type(inner), function_(function) {}

    template <class Context, class RuleContext, class Attribute>
    bool parse(Iterator& first, Iterator const& last, Context const& context, RuleContext& rule_context,
               Attribute& attribute) const {
        Part part{};
        if (!this->subject.parse(first, last, context, rule_context, part)) return false;
        x3::traits::move_to(function_(std::move(part)), attribute);
        return true;
    }

private:
    Function function_;
};

/// `build<std::string>([](std::string text) { return Literal{text}; }, quoted)`
template <class Part, class Function, class Subject> constexpr auto build(Function function, Subject const& subject) {
    using Parser = typename x3::extension::as_parser<Subject>::value_type;
    return Build<Part, Function, Parser>(x3::as_parser(subject), function);
}

/// Parses a token and makes a Feature of it, with its span. Fails at once if the first character is not in `leads`.
template <class Node, class Part, class Subject>
struct FeatureOf : x3::unary_parser<Subject, FeatureOf<Node, Part, Subject>> {
    using base_type = x3::unary_parser<Subject, FeatureOf<Node, Part, Subject>>;
    using attribute_type = Feature;
    static bool const has_attribute = true;
    static bool const handles_container = false;

    constexpr FeatureOf(std::string_view leads, Subject const& inner) : base_type(inner), leads_(leads) {}

    template <class Context, class RuleContext, class Attribute>
    bool parse(Iterator& first, Iterator const& last, Context const& context, RuleContext& rule_context,
               Attribute& attribute) const {
        x3::skip_over(first, last, context);
        if (first == last || leads_.find(*first) == std::string_view::npos) return false;
        auto const* const start = first;
        Part part{};
        if (!this->subject.parse(first, last, context, rule_context, part)) return false;
        Feature feature = make(std::move(part));
        auto const* const begin = x3::get<BeginTag>(context);
        feature.span = {static_cast<std::uint32_t>(start - begin), static_cast<std::uint32_t>(first - begin)};
        x3::traits::move_to(std::move(feature), attribute);
        return true;
    }

private:
    std::string_view leads_;

    static Feature make(Part part) {
        if constexpr (std::is_same_v<Part, x3::unused_type>) {
            return Feature(Feature::Kind(Node{}));
        } else {
            return Feature(Feature::Kind(Node{std::move(part)}));
        }
    }
};

/// `feature<Body, Value>("b", 'b' >> value)`: the Part that the subject parses becomes the Node.
template <class Node, class Part = Node, class Subject>
constexpr auto feature(std::string_view leads, Subject const& subject) {
    using Parser = typename x3::extension::as_parser<Subject>::value_type;
    return FeatureOf<Node, Part, Parser>(leads, x3::as_parser(subject));
}

}  // namespace pathology::language::grammar
