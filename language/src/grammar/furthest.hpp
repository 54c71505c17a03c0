#pragma once
// The place a parse got to before it failed, and what would have been welcome there.
//
// An alternative that fails is no error as long as another one fits, so the grammar reports nothing while it parses. It
// notes here what it looked for and where. When all is over, the furthest place is where the user went wrong, and the
// names noted there are what could have stood there.

#include <algorithm>
#include <array>
#include <boost/spirit/home/x3/core/parser.hpp>
#include <boost/spirit/home/x3/core/skip_over.hpp>
#include <boost/spirit/home/x3/support/context.hpp>
#include <string>

namespace pathology::language::grammar {

/// Collects the expectations at the furthest place; fixed size, so noting is cheap.
class Furthest {
public:
    explicit Furthest(char const* begin) : place_(begin) {}

    /// What a parser looked for and did not find.
    void note(char const* place, char const* what) {
        if (place < place_ || (place == place_ && certain_)) return;
        if (place > place_) count_ = 0;
        place_ = place;
        certain_ = false;
        auto const end = expected_.begin() + static_cast<std::ptrdiff_t>(count_);
        if (end != expected_.end() && std::find(expected_.begin(), end, what) == end) expected_[count_++] = what;
    }

    /// What is wrong for certain: something of the right kind stands here, and it is broken. Nothing else noted for
    /// this place counts beside it.
    void insist(char const* place, char const* what) {
        note(place, what);
        if (place < place_) return;
        expected_[0] = what;
        count_ = 1;
        certain_ = true;
    }

    /// How much was noted for a place so far; what a Named parser begins with.
    std::size_t noted_at(char const* place) const { return place == place_ ? count_ : 0; }

    /// Puts one name for all that was noted for a place after the first `kept` notes, unless a parse got further.
    void rename(char const* place, std::size_t kept, char const* what) {
        if (place == place_ && !certain_) count_ = kept;
        note(place, what);
    }

    char const* place() const { return place_; }

    /// `expected seconds`, `expected a value or '='`
    std::string message() const {
        std::string text = "expected ";
        for (std::size_t i = 0; i < count_; ++i) {
            if (i > 0) text += i + 1 == count_ ? " or " : ", ";
            text += expected_[i];
        }
        return text;
    }

private:
    char const* place_;
    std::array<char const*, 8> expected_{};
    std::size_t count_ = 0;
    bool certain_ = false;
};

struct FurthestTag;

template <class Context> Furthest& furthest(Context const& context) {
    return boost::spirit::x3::get<FurthestTag>(context);
}

/// A parser with a user's word for a name, noted when it does not fit. The name stands for all that the parser looked
/// for at its first character.
template <class Subject> struct Named : boost::spirit::x3::unary_parser<Subject, Named<Subject>> {
    using base_type = boost::spirit::x3::unary_parser<Subject, Named<Subject>>;
    static bool const is_pass_through_unary = true;
    static bool const handles_container = Subject::handles_container;

    constexpr Named(Subject const& inner, char const* what) : base_type(inner), what_(what) {}

    template <class Iterator, class Context, class RuleContext, class Attribute>
    bool parse(Iterator& first, Iterator const& last, Context const& context, RuleContext& rule_context,
               Attribute& attribute) const {
        boost::spirit::x3::skip_over(first, last, context);
        auto& seen = furthest(context);
        auto const place = first;
        auto const kept = seen.noted_at(place);
        if (this->subject.parse(first, last, context, rule_context, attribute)) return true;
        seen.rename(place, kept, what_);
        return false;
    }

private:
    char const* what_;
};

/// `named("seconds", seconds)`
template <class Subject> constexpr auto named(char const* what, Subject const& inner) {
    using Parser = typename boost::spirit::x3::extension::as_parser<Subject>::value_type;
    return Named<Parser>(boost::spirit::x3::as_parser(inner), what);
}

}  // namespace pathology::language::grammar
