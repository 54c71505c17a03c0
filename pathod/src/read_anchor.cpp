#include "read_anchor.hpp"

#include <algorithm>
#include <pathology/language/alternatives.hpp>
#include <pathology/language/load.hpp>
#include <utility>

namespace pathology::pathod {
namespace {

using namespace language;

// --- one spec --------------------------------------------------------------------------------------------------------

/// The error that every request would get. A missing file may exist later, and the key of a handshake comes with its
/// request, so neither is an error here.
std::optional<SpecFailure> find_error(std::span<Message const> messages, Settings const& settings) {
    auto trial = settings;
    trial.websocket_key = "dGhlIHNhbXBsZSBub25jZQ==";  // any valid one: RFC 6455 §1.3
    auto const rendered = render(messages, trial, {}, 0);
    if (rendered || rendered.error().code == SpecErrc::file_access) return std::nullopt;
    return rendered.error();
}

Settings for_http2(Settings settings) {
    settings.protocol = Protocol::http2;
    return settings;
}

/// The failure of the parser that got farther.
SpecFailure const& farther(SpecFailure const& a, SpecFailure const& b) { return b.span.begin > a.span.begin ? b : a; }

Parsed<PreparedSpecPtr> prepare(std::string const& spec, Settings const& settings, bool explain) {
    auto prepared = PreparedSpec::read(spec, settings, explain);
    if (!prepared) return prepared;
    if (auto const error = find_error((*prepared)->messages(), settings)) return *error;
    return prepared;
}

/// One spec serves both protocols; one that is valid for one of them is accepted.
Parsed<Alternative> prepare_both(std::string const& spec, AnchorOptions const& options) {
    auto const http1 = prepare(spec, options.settings, options.explain);
    auto const http2 = prepare(spec, for_http2(options.settings), options.explain);
    if (!http1 && !http2) return farther(http1.error(), http2.error());
    return Alternative{.http1 = http1 ? *http1 : nullptr, .http2 = http2 ? *http2 : nullptr, .spec = spec};
}

// --- hints at alternatives -------------------------------------------------------------------------------------------

constexpr std::string_view white_space = " \t\r\n";
constexpr std::string_view forms_of_alternatives =
    "an alternative is SPEC, K/N SPEC or P% SPEC; behind the last one may stand | *, and | per path, per connection or "
    "per client";

bool is_blank_at(std::string_view text, std::size_t at) {
    return at >= text.size() || white_space.find(text[at]) != white_space.npos;
}

bool is_bar_without_blanks(std::string_view text, std::size_t at) {
    return text[at] == '|' && !((at == 0 || is_blank_at(text, at - 1)) && is_blank_at(text, at + 1));
}

/// `10 % 503`, `1/3 10% 503`
bool is_percent_behind_number(std::string_view text, std::size_t at) {
    auto const before = text.substr(0, at).find_last_not_of(white_space);
    return text[at] == '%' && before != text.npos && text[before] >= '0' && text[before] <= '9';
}

/// `503 | 200 per path`, of which `p` was read as a pause.
bool is_per(std::string_view text, std::size_t behind) {
    return behind > 1 && is_blank_at(text, behind - 2) && text.substr(behind - 1).starts_with("per");
}

std::string_view hint_at_alternatives(std::string_view text, std::size_t place) {
    auto const at = text.find_first_not_of(white_space, place);
    if (at == text.npos) return {};
    if (is_bar_without_blanks(text, at)) return "a | between two alternatives has white space on both sides";
    if (is_percent_behind_number(text, at) || is_per(text, at)) return forms_of_alternatives;
    return {};
}

AnchorFailure bad_spec(std::string const& place, SpecFailure const& failure, std::string_view text) {
    return {"Invalid spec" + place + "\n" + describe(failure, text)};
}

// --- the right side --------------------------------------------------------------------------------------------------

/// The right side of one anchor.
class SpecReader {
public:
    SpecReader(AnchorText const& anchor, std::string const& shown, AnchorOptions const& options)
        : argument_(anchor.spec), selector_(anchor.pattern), place_(" in anchor: " + shown), options_(options) {}

    Anchors::Result<Alternatives> read() {
        auto source = read_spec_argument(argument_, options_.settings.files);
        bool const may_be_files = !source && split_alternatives(argument_).size() > 1;
        if (!source && !may_be_files) return fail(source.error(), argument_);
        text_ = source ? std::move(source->text) : std::string(argument_);
        is_argument_ = text_ == argument_;
        // A text that is one spec keeps that meaning, also with bars in it.
        auto only = prepare_both(text_, options_);
        if (only) return Alternatives(std::move(*only));
        auto const divided = read_alternatives(text_);
        if (!divided) return fail(divided.error(), text_);
        if (divided->is_plain()) return fail_as_one(std::move(only.error()));
        return read_all(*divided);
    }

private:
    Anchors::Result<Alternatives> read_all(AlternativesText const& divided) {
        std::vector<Alternative> all;
        all.reserve(divided.alternatives.size());
        for (auto const& one : divided.alternatives) {
            auto alternative = read_one(one.spec);
            if (!alternative) return alternative.error();
            alternative->condition = one.condition;
            all.push_back(std::move(*alternative));
        }
        return Alternatives(std::move(all), divided, std::string(selector_) + "=" + text_);
    }

    /// The spec at a span of the text, or in the file that stands there in the argument.
    Anchors::Result<Alternative> read_one(SourceSpan span) {
        auto const spec = text_.substr(span.begin, span.end - span.begin);
        auto const source = is_argument_ ? read_spec_argument(spec, options_.settings.files) : SpecText{"", spec};
        if (!source) return fail(moved(source.error(), span), text_);
        auto alternative = prepare_both(source->text, options_);
        if (alternative) return std::move(*alternative);
        if (source->text != spec) return fail(alternative.error(), source->text);
        auto failure = moved(alternative.error(), span);
        if (is_argument_) add_file_hint(failure, spec);
        // A word that is no spec is rather a condition or a setting with a mistake.
        if (failure.hint.empty() && failure.span.begin == span.begin) failure.hint = forms_of_alternatives;
        return fail(failure, text_);
    }

    /// The failure of a part at its place in the whole text.
    static SpecFailure moved(SpecFailure failure, SourceSpan part) {
        failure.span.begin += part.begin;
        failure.span.end += part.begin;
        return failure;
    }

    AnchorFailure fail_as_one(SpecFailure failure) const {
        if (is_argument_) add_file_hint(failure, argument_);
        return fail(std::move(failure), text_);
    }

    AnchorFailure fail(SpecFailure failure, std::string_view text) const {
        if (failure.hint.empty()) failure.hint = hint_for(failure, text);
        return bad_spec(place_, failure, text);
    }

    std::string hint_for(SpecFailure const& failure, std::string_view text) const {
        if (auto const hint = hint_at_alternatives(text, failure.span.begin); !hint.empty()) return std::string(hint);
        bool const is_cut = is_filter(selector_) && argument_.find('=') != argument_.npos;
        if (!is_cut) return {};
        return "the filter is '" + std::string(selector_) + "'; an = in an argument of a filter has to be in quotes";
    }

    std::string_view argument_, selector_;
    std::string place_;
    AnchorOptions const& options_;
    std::string text_;
    bool is_argument_ = true;  // the text is the argument, not the content of a file
};

// --- the left side ---------------------------------------------------------------------------------------------------

AnchorFailure bad_pattern(std::string_view text, pattern::Failure const& failure) {
    auto const place = static_cast<std::uint32_t>(failure.offset);
    SpecFailure const shown{{SpecErrc::syntax, failure.reason}, {place, place}, {}};
    return {"Invalid regex in anchor: " + std::string(text) + "\n" + describe(shown, text, "pattern")};
}

using Selector = decltype(Anchors::Anchor::compiled);

Anchors::Result<Selector> compile(std::string_view selector, AnchorOptions const& options) {
    if (is_filter(selector)) {
        auto parsed = filter::Filter::parse(selector, {.max_content = options.max_content});
        if (!parsed) return AnchorFailure{describe(parsed.error(), selector)};
        return Selector(std::move(*parsed));
    }
    auto compiled = pattern::Pattern::compile(selector, {.place = pattern::Place::start});
    if (!compiled) return bad_pattern(selector, compiled.error());
    return Selector(std::move(*compiled));
}

}  // namespace

Anchors::Result<Anchors::Anchor> read_anchor(AnchorText text, std::string const& shown, AnchorOptions const& options) {
    auto selector = compile(text.pattern, options);
    if (!selector) return selector.error();
    auto alternatives = SpecReader(text, shown, options).read();
    if (!alternatives) return alternatives.error();
    return Anchors::Anchor{std::string(text.pattern), std::move(*selector), std::move(*alternatives)};
}

Anchors::Result<Anchors::Anchor> read_function_anchor(FunctionAnchor const& given, AnchorOptions const& options) {
    auto selector = given.condition ? Anchors::Result<Selector>(given.condition) : compile(given.selector, options);
    if (!selector) return selector.error();
    if (auto const* function = std::get_if<SpecFunction>(&given.spec)) {
        Alternative only;
        only.function = *function;
        return Anchors::Anchor{given.selector, std::move(*selector), Alternatives(std::move(only))};
    }
    auto const& spec = std::get<std::string>(given.spec);
    auto alternatives = SpecReader({given.selector, spec}, given.selector + "=" + spec, options).read();
    if (!alternatives) return alternatives.error();
    return Anchors::Anchor{given.selector, std::move(*selector), std::move(*alternatives)};
}

Anchors::Result<void> check_spec(std::string const& spec, AnchorOptions const& options) {
    auto const both = prepare_both(spec, options);
    if (!both) return bad_spec("", both.error(), spec);
    return {};
}

}  // namespace pathology::pathod
