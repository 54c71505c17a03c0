// Anchors: responses for paths that match a pattern, or for requests that a filter or a function selects, given at
// start or while the daemon runs.
#pragma once

#include <atomic>
#include <memory>
#include <pathology/language/settings.hpp>
#include <pathology/pathod/options.hpp>
#include <pathology/proxycore/filter/filter.hpp>
#include <pathology/proxycore/pattern/pattern.hpp>
#include <span>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "alternatives.hpp"
#include "anchor_text.hpp"

namespace pathology::pathod {

namespace filter = proxycore::filter;
namespace pattern = proxycore::pattern;

/// Why an anchor is invalid: a message, the line and a caret, without a newline at the end; or why none can be chosen.
struct AnchorFailure {
    std::string message;
};

/// What anchors are read for.
struct AnchorOptions {
    language::Settings settings{};
    bool explain = false;
    std::uint64_t max_content = DaemonOptions{}.keep_body;  ///< of a request, that a filter searches
};

/// A request as anchors see it.
struct AnchorRequest {
    IncomingRequest const& incoming;
    ChoiceContext context;  ///< with its path
};

/// All anchors of a daemon: first those that were added while it ran, newest first, then those given at start, in
/// order.
///
///   newest_ ─▶ added last ─▶ … ─▶ added first ─▶ nullptr        anchors_[0], anchors_[1], …
///
/// Nodes are only pushed at the front and never removed, so that find() needs no lock.
/// Thread: find() may be called from any thread, also during add(). add() may be called from any thread.
/// Owns:   every anchor until it is destroyed.
class Anchors {
public:
    Anchors() = default;
    Anchors(Anchors&& other) noexcept;
    Anchors& operator=(Anchors&& other) noexcept;
    ~Anchors();

    template <class T> using Result = boost::system::result<T, AnchorFailure>;

    /// Parses `PATTERN=SPEC`, `PATTERN=FILE` (an existing file) and `PATTERN=+PATH` (below the folder of specs), each
    /// also with a filter in place of the pattern, and with several alternatives, and checks each spec. Files that a
    /// spec refers to are opened for each request, so they need not exist yet.
    static Result<Anchors> read(std::span<std::string const> arguments, AnchorOptions const& options);

    struct Anchor {
        std::string selector;  ///< the pattern or filter, as given, or the name of a condition
        std::variant<pattern::Pattern, filter::Filter, RequestCondition> compiled;
        Alternatives alternatives;
    };

    /// Parses one such argument and adds it in front of all others.
    Result<void> add(std::string_view argument, AnchorOptions const& options);
    Result<void> add(PathAnchor const& anchor, AnchorOptions const& options);
    Result<void> add(FunctionAnchor const& anchor, AnchorOptions const& options);

    /// Parses an anchor and adds it behind those given at start. Not during find().
    Result<void> append(PathAnchor const& anchor, AnchorOptions const& options);

    /// Checks a spec: `Invalid spec`, and the line with a caret.
    static Result<void> check(std::string const& spec, AnchorOptions const& options);

    /// What the request gets of the first anchor whose pattern matches at the start of the path, or whose filter
    /// matches, and which has a response for this request; no alternative if there is none. Counts the request. Valid
    /// as long as this object.
    /// Errors: a pattern or filter was given up, or a condition threw, before one matched, so nobody knows which anchor
    /// is the first.
    Result<AlternativeChoice> find(AnchorRequest const& request) const;

    /// The anchors that find() may choose from: those whose pattern or filter matches, up to the first that has a
    /// response for every request. Counts nothing.
    Result<std::vector<Anchor const*>> candidates(AnchorRequest const& request) const;

private:
    /// An anchor added while the daemon runs.
    struct Added {
        Anchor anchor;
        Added const* next;  // the one added before it
    };

    void push(Anchor anchor);
    template <class Visit> void visit_until(Visit const& visit) const;

    std::vector<Anchor> anchors_;
    std::atomic<Added const*> newest_ = nullptr;
};

}  // namespace pathology::pathod
