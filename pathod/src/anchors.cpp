#include "anchors.hpp"

#include <pathology/language/load.hpp>
#include <utility>

namespace pathology::pathod {
namespace {

using namespace language;

/// The position of the first `=` outside of groups, classes and escapes.
// `=` occurs in patterns: `/a(?=b)` and `/x[=]y` keep theirs.
std::size_t find_separator(std::string_view text) {
    int depth = 0;
    bool in_class = false;
    for (std::size_t i = 0; i < text.size(); ++i) {
        char const c = text[i];
        if (c == '\\') {
            ++i;
        } else if (in_class) {
            in_class = c != ']';
        } else if (c == '[') {
            in_class = true;
        } else if (c == '(' || c == ')') {
            depth += c == '(' ? 1 : -1;
        } else if (c == '=' && depth <= 0) {
            return i;
        }
    }
    return text.find('=');
}

AnchorFailure bad_argument(std::string_view argument) {
    return {"Invalid anchor specification: " + std::string(argument) + " (expected PATTERN=SPEC)"};
}

AnchorFailure bad_pattern(std::string_view text, pattern::Failure const& failure) {
    auto const place = static_cast<std::uint32_t>(failure.offset);
    SpecFailure const shown{SpecErrc::syntax, failure.reason, {place, place}};
    return {"Invalid regex in anchor: " + std::string(text) + "\n" + describe(shown, text, "pattern")};
}

AnchorFailure bad_spec(std::string const& place, SpecFailure const& failure, std::string_view text) {
    return {"Invalid spec" + place + "\n" + describe(failure, text)};
}

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

/// A spec for each protocol that it is valid for; nullptr for the other.
struct PreparedForBoth {
    PreparedSpecPtr http1, http2;
};

/// One argument serves both protocols; a spec that is valid for one of them is accepted.
Parsed<PreparedForBoth> prepare_both(std::string const& spec, Settings const& settings, bool explain) {
    auto const http1 = prepare(spec, settings, explain);
    auto const http2 = prepare(spec, for_http2(settings), explain);
    if (!http1 && !http2) return farther(http1.error(), http2.error());
    return PreparedForBoth{http1 ? *http1 : nullptr, http2 ? *http2 : nullptr};
}

}  // namespace

std::optional<AnchorText> split_anchor(std::string_view argument) {
    auto const at = find_separator(argument);
    if (at == std::string_view::npos) return std::nullopt;
    return AnchorText{argument.substr(0, at), argument.substr(at + 1)};
}

Anchors::Anchors(Anchors&& other) noexcept
    : anchors_(std::move(other.anchors_)), newest_(other.newest_.exchange(nullptr)) {}

Anchors& Anchors::operator=(Anchors&& other) noexcept {
    anchors_.swap(other.anchors_);
    newest_ = other.newest_.exchange(newest_);
    return *this;
}

Anchors::~Anchors() {
    for (auto const* added = newest_.load(); added != nullptr;) delete std::exchange(added, added->next);
}

boost::system::result<Anchors::Anchor, AnchorFailure> Anchors::read_one(std::string_view argument,
                                                                        Settings const& settings, bool explain) {
    auto const parts = split_anchor(argument);
    if (!parts) return bad_argument(argument);
    return read_parts(*parts, std::string(argument), settings, explain);
}

boost::system::result<Anchors::Anchor, AnchorFailure> Anchors::read_parts(AnchorText parts, std::string const& shown,
                                                                          Settings const& settings, bool explain) {
    auto pattern = pattern::Pattern::compile(parts.pattern, {.place = pattern::Place::start});
    if (!pattern) return bad_pattern(parts.pattern, pattern.error());
    auto const source = read_spec_argument(parts.spec, settings.files);
    if (!source) return bad_spec(" in anchor: " + shown, source.error(), parts.spec);
    auto const both = prepare_both(source->text, settings, explain);
    if (!both) {
        auto failure = both.error();
        if (source->text == parts.spec) add_file_hint(failure, parts.spec);
        return bad_spec(" in anchor: " + shown, failure, source->text);
    }
    return Anchor{std::move(*pattern), both->http1, both->http2, source->text};
}

boost::system::result<void, AnchorFailure> Anchors::check(std::string const& spec, Settings const& settings,
                                                          bool explain) {
    auto const both = prepare_both(spec, settings, explain);
    if (!both) return bad_spec("", both.error(), spec);
    return {};
}

boost::system::result<Anchors, AnchorFailure> Anchors::read(std::span<std::string const> arguments,
                                                            Settings const& settings, bool explain) {
    Anchors result;
    for (auto const& argument : arguments) {
        auto anchor = read_one(argument, settings, explain);
        if (!anchor) return anchor.error();
        result.anchors_.push_back(std::move(*anchor));
    }
    return result;
}

boost::system::result<void, AnchorFailure> Anchors::add(std::string_view argument, Settings const& settings,
                                                        bool explain) {
    auto anchor = read_one(argument, settings, explain);
    if (!anchor) return anchor.error();
    push(std::move(*anchor));
    return {};
}

boost::system::result<void, AnchorFailure> Anchors::add(PathAnchor const& given, Settings const& settings,
                                                        bool explain) {
    auto anchor = read_parts({given.pattern, given.spec}, given.pattern + "=" + given.spec, settings, explain);
    if (!anchor) return anchor.error();
    push(std::move(*anchor));
    return {};
}

boost::system::result<void, AnchorFailure> Anchors::append(PathAnchor const& given, Settings const& settings,
                                                           bool explain) {
    auto anchor = read_parts({given.pattern, given.spec}, given.pattern + "=" + given.spec, settings, explain);
    if (!anchor) return anchor.error();
    anchors_.push_back(std::move(*anchor));
    return {};
}

void Anchors::push(Anchor anchor) {
    auto added = std::make_unique<Added>(Added{std::move(anchor), newest_.load()});
    // A failed exchange stores the new head in `next`, so the node is linked to it on the next try.
    while (!newest_.compare_exchange_weak(added->next, added.get())) {
    }
    static_cast<void>(added.release());  // the list owns it
}

pattern::Result<Anchors::Anchor const*> Anchors::find(std::string_view path) const {
    for (auto const* added = newest_.load(std::memory_order_acquire); added != nullptr; added = added->next) {
        auto const matched = added->anchor.pattern.matches(path);
        if (!matched) return matched.error();
        if (*matched) return &added->anchor;
    }
    for (auto const& anchor : anchors_) {
        auto const matched = anchor.pattern.matches(path);
        if (!matched) return matched.error();
        if (*matched) return &anchor;
    }
    return nullptr;
}

}  // namespace pathology::pathod
