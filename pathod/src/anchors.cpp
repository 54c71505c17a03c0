#include "anchors.hpp"

#include <exception>
#include <utility>

#include "read_anchor.hpp"

namespace pathology::pathod {
namespace {

using Anchor = Anchors::Anchor;

Anchors::Result<Anchor> read_argument(std::string_view argument, AnchorOptions const& options) {
    auto const parts = split_anchor(argument);
    if (!parts)
        return AnchorFailure{"Invalid anchor specification: " + std::string(argument) + " (expected PATTERN=SPEC)"};
    return read_anchor(*parts, std::string(argument), options);
}

Anchors::Result<Anchor> read_pair(PathAnchor const& given, AnchorOptions const& options) {
    return read_anchor({given.pattern, given.spec}, given.pattern + "=" + given.spec, options);
}

/// Whether an anchor is for a request.
struct Matcher {
    AnchorRequest const& request;

    Anchors::Result<bool> operator()(pattern::Pattern const& pattern) const {
        auto const matched = pattern.matches(request.context.path);
        if (!matched) return AnchorFailure{matched.error().message};
        return *matched;
    }
    Anchors::Result<bool> operator()(filter::Filter const& filter) const {
        auto const matched = filter.matches(request.incoming.subject);
        if (!matched) return AnchorFailure{matched.error().message};
        return *matched;
    }
    Anchors::Result<bool> operator()(RequestCondition const& condition) const {
        try {
            return condition(request.incoming);
        } catch (std::exception const& error) {
            return AnchorFailure{error.what()};
        }
    }
};

/// What an anchor has for a request; no alternative if it is not for it.
Anchors::Result<AlternativeChoice> choose(Anchor const& anchor, AnchorRequest const& request) {
    auto const matched = std::visit(Matcher{request}, anchor.compiled);
    if (!matched) return matched.error();
    if (!*matched) return AlternativeChoice{};
    auto choice = anchor.alternatives.choose(request.context).value_or(AlternativeChoice{});
    bool const by_filter = std::holds_alternative<filter::Filter>(anchor.compiled);
    bool const by_path = std::holds_alternative<pattern::Pattern>(anchor.compiled);
    if (choice.alternative != nullptr && !choice.reason && !by_path) {
        choice.reason = std::make_shared<proxycore::record::RecordedChoice>();
        choice.reason->reason = by_filter ? "its filter matches" : "its condition holds";
    }
    if (choice.reason) choice.reason->anchor = anchor.selector;
    return choice;
}

}  // namespace

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

Anchors::Result<void> Anchors::check(std::string const& spec, AnchorOptions const& options) {
    return check_spec(spec, options);
}

Anchors::Result<Anchors> Anchors::read(std::span<std::string const> arguments, AnchorOptions const& options) {
    Anchors result;
    for (auto const& argument : arguments) {
        auto anchor = read_argument(argument, options);
        if (!anchor) return anchor.error();
        result.anchors_.push_back(std::move(*anchor));
    }
    return result;
}

Anchors::Result<void> Anchors::add(std::string_view argument, AnchorOptions const& options) {
    auto anchor = read_argument(argument, options);
    if (!anchor) return anchor.error();
    push(std::move(*anchor));
    return {};
}

Anchors::Result<void> Anchors::add(PathAnchor const& given, AnchorOptions const& options) {
    auto anchor = read_pair(given, options);
    if (!anchor) return anchor.error();
    push(std::move(*anchor));
    return {};
}

Anchors::Result<void> Anchors::add(FunctionAnchor const& given, AnchorOptions const& options) {
    auto anchor = read_function_anchor(given, options);
    if (!anchor) return anchor.error();
    push(std::move(*anchor));
    return {};
}

Anchors::Result<void> Anchors::append(PathAnchor const& given, AnchorOptions const& options) {
    auto anchor = read_pair(given, options);
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

/// Calls `visit` for the anchors in their order until it returns true.
template <class Visit> void Anchors::visit_until(Visit const& visit) const {
    for (auto const* added = newest_.load(std::memory_order_acquire); added != nullptr; added = added->next)
        if (visit(added->anchor)) return;
    for (auto const& anchor : anchors_)
        if (visit(anchor)) return;
}

Anchors::Result<std::vector<Anchor const*>> Anchors::candidates(AnchorRequest const& request) const {
    Result<std::vector<Anchor const*>> matching{std::vector<Anchor const*>()};
    visit_until([&](Anchor const& anchor) {
        auto const matched = std::visit(Matcher{request}, anchor.compiled);
        if (!matched) {
            matching = matched.error();
            return true;
        }
        if (!*matched) return false;
        matching->push_back(&anchor);
        return anchor.alternatives.are_for_every_request();
    });
    return matching;
}

Anchors::Result<AlternativeChoice> Anchors::find(AnchorRequest const& request) const {
    Result<AlternativeChoice> choice = AlternativeChoice();
    visit_until([&](Anchor const& anchor) {
        choice = choose(anchor, request);
        return !choice || choice->alternative != nullptr;
    });
    return choice;
}

}  // namespace pathology::pathod
