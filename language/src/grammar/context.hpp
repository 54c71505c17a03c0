#pragma once
// What every parser of the grammar shares: the iterator, the skipper, what the context carries, and how failures are
// collected.
//
// X3 tries alternatives in turn, so a parser that fails is not an error while another one may fit. Parsers therefore
// report what they expected to an ErrorCollector, which keeps the reports of the farthest place only. If the whole
// parse fails, that is the place of the error, and the reports are what was expected there.
//
//     200:p10,x        alternatives tried at 4: h c u r m v b p d i …, of which p matched up to 8
//             ^        reports at 8: "seconds (a number or f)"; those at 4 were dropped

#include <algorithm>
#include <array>
#include <boost/spirit/home/x3.hpp>
#include <cstdint>
#include <pathology/language/settings.hpp>
#include <string>
#include <string_view>

namespace pathology::language::grammar {

namespace x3 = boost::spirit::x3;

using Iterator = char const*;

// White space is allowed before every part (conformance data, "Grammar facts").
inline constexpr std::string_view blanks = " \t\r\n";
inline bool is_blank(char c) { return blanks.find(c) != std::string_view::npos; }
inline auto const skipper = x3::char_(" \t\r\n");

/// Collects what was expected at the farthest place. Fixed size, so that a report is cheap; texts are not copied.
class ErrorCollector {
public:
    explicit ErrorCollector(Iterator begin) : place_(begin) {}

    /// Reports something that was expected at `place`.
    void expect(Iterator place, char const* what) {
        if (state_ == State::rejected) return;
        if (place < place_ || (place == place_ && state_ != State::open)) return;
        if (place > place_) count_ = 0;
        place_ = place;
        state_ = State::open;
        auto const end = expected_.begin() + static_cast<std::ptrdiff_t>(count_);
        if (end != expected_.end() && std::find(expected_.begin(), end, what) == end) expected_[count_++] = what;
    }

    /// Reports that the value at `place` is of the expected kind but malformed. It replaces the reports for that place.
    void fail_hard(Iterator place, char const* expected) { replace(place, expected, State::malformed); }

    /// Reports that the text at `place` is well-formed but not allowed. `sentence` is the whole message.
    void refuse(Iterator place, char const* sentence) { replace(place, sentence, State::refused); }

    /// The same for text that would parse, whatever is reported elsewhere. `word` was the last word before it.
    void reject(Iterator place, char const* sentence, std::string_view word) {
        place_ = place;
        replace(place, sentence, State::rejected);
        word_ = word;
    }

    /// The number of reports for a place so far, for replace_since().
    std::size_t count_at(Iterator place) const { return place == place_ ? count_ : 0; }

    /// Replaces the reports for a place after the first `kept` ones by one, unless a parser got farther.
    void replace_since(Iterator place, std::size_t kept, char const* what) {
        if (place == place_ && state_ == State::open) count_ = kept;
        expect(place, what);
    }

    /// Remembers a word, of which the end was not written down: it ends before the first character that words cannot
    /// hold. Hints name the last one.
    void add_word(std::string_view word) {
        if (word_.empty() || word.data() + word.size() > word_.data() + word_.size()) word_ = word;
    }
    std::string_view word() const { return word_; }  ///< the last one; empty if there was none

    /// Returns true if this is among what was expected at place().
    bool expects(std::string_view what) const {
        auto const* const end = expected_.data() + count_;
        return std::find_if(expected_.data(), end, [&](char const* each) { return what == each; }) != end;
    }

    Iterator place() const { return place_; }

    /// `expected seconds`, `expected a value or '='`, or the sentence of a refusal.
    std::string message() const {
        if (state_ == State::refused || state_ == State::rejected) return expected_[0];
        std::string text = "expected ";
        for (std::size_t i = 0; i < count_; ++i) {
            if (i > 0) text += i + 1 == count_ ? " or " : ", ";
            text += expected_[i];
        }
        return text;
    }

private:
    enum class State : std::uint8_t { open, malformed, refused, rejected };

    void replace(Iterator place, char const* what, State state) {
        if (state_ == State::rejected) return;
        if (place < place_ || (place == place_ && state_ == State::refused))
            return;  // of several at one place the last one is kept
        place_ = place;
        expected_[0] = what;
        count_ = 1;
        state_ = state;
    }

    Iterator place_;
    std::array<char const*, 8> expected_{};
    std::size_t count_ = 0;
    State state_ = State::open;
    std::string_view word_;
};

// --- the context -----------------------------------------------------------------------------------------------------

struct BeginTag;     // where the text begins, for spans
struct ProtocolTag;  // the protocol the text is for
struct ErrorsTag;    // the ErrorCollector

template <class Context> ErrorCollector& errors(Context const& context) { return x3::get<ErrorsTag>(context); }

// --- parsers that report ---------------------------------------------------------------------------------------------

/// A parser with a name that users understand, reported if it does not fit. The name replaces what the parser itself
/// reports for its first character.
template <class Subject> struct Named : x3::unary_parser<Subject, Named<Subject>> {
    using base_type = x3::unary_parser<Subject, Named<Subject>>;
    static bool const is_pass_through_unary = true;
    static bool const handles_container = Subject::handles_container;

    constexpr Named(Subject const& inner, char const* what) : base_type(inner), what_(what) {}

    template <class Context, class RuleContext, class Attribute>
    bool parse(Iterator& first, Iterator const& last, Context const& context, RuleContext& rule_context,
               Attribute& attribute) const {
        x3::skip_over(first, last, context);
        auto& seen = errors(context);
        auto const* const place = first;
        auto const kept = seen.count_at(place);
        if (this->subject.parse(first, last, context, rule_context, attribute)) return true;
        seen.replace_since(place, kept, what_);
        return false;
    }

private:
    char const* what_;
};

/// `named("seconds", seconds)`
template <class Subject> constexpr auto named(char const* what, Subject const& inner) {
    using Parser = typename x3::extension::as_parser<Subject>::value_type;
    return Named<Parser>(x3::as_parser(inner), what);
}

/// A parser that fits over HTTP/1 only; over HTTP/2 the reason is reported.
template <class Subject> struct OnlyHttp1 : x3::unary_parser<Subject, OnlyHttp1<Subject>> {
    using base_type = x3::unary_parser<Subject, OnlyHttp1<Subject>>;
    static bool const is_pass_through_unary = true;
    static bool const handles_container = Subject::handles_container;

    constexpr OnlyHttp1(Subject const& inner, char const* reason) : base_type(inner), reason_(reason) {}

    template <class Context, class RuleContext, class Attribute>
    bool parse(Iterator& first, Iterator const& last, Context const& context, RuleContext& rule_context,
               Attribute& attribute) const {
        x3::skip_over(first, last, context);
        auto const* const start = first;
        if (!this->subject.parse(first, last, context, rule_context, attribute)) return false;
        if (x3::get<ProtocolTag>(context) == Protocol::http1) return true;
        first = start;
        errors(context).refuse(start, reason_);
        return false;
    }

private:
    char const* reason_;
};

/// `only_http1("…; write this method in quotes", options)`
template <class Subject> constexpr auto only_http1(char const* reason, Subject const& inner) {
    using Parser = typename x3::extension::as_parser<Subject>::value_type;
    return OnlyHttp1<Parser>(x3::as_parser(inner), reason);
}

}  // namespace pathology::language::grammar
