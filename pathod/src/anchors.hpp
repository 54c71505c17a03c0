// Anchors: responses for paths that match a pattern, given at start or while the daemon runs.
#pragma once

#include <atomic>
#include <memory>
#include <pathology/language/settings.hpp>
#include <pathology/pathod/options.hpp>
#include <pathology/proxycore/pattern/pattern.hpp>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "prepared_spec.hpp"

namespace pathology::pathod {

namespace pattern = proxycore::pattern;

/// The two sides of `PATTERN=SPEC`; views into the argument.
struct AnchorText {
    std::string_view pattern, spec;
};

/// Splits at the first `=` that is neither escaped nor inside brackets or parentheses, else at the first `=`.
/// std::nullopt if there is no `=`.
std::optional<AnchorText> split_anchor(std::string_view argument);

/// Why an anchor is invalid: a message, the line and a caret, without a newline at the end.
struct AnchorFailure {
    std::string message;
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

    /// Parses `PATTERN=SPEC`, `PATTERN=FILE` (an existing file) and `PATTERN=+PATH` (below the folder of specs), and
    /// checks each spec. Files that a spec refers to are opened for each request, so they need not exist yet.
    static boost::system::result<Anchors, AnchorFailure> read(std::span<std::string const> arguments,
                                                              language::Settings const& settings, bool explain);

    struct Anchor {
        pattern::Pattern pattern;
        PreparedSpecPtr http1;  ///< nullptr if its spec is for HTTP/2 alone
        PreparedSpecPtr http2;  ///< nullptr if its spec is for HTTP/1 alone
        std::string spec;
    };

    /// Parses one such argument and adds it in front of all others.
    boost::system::result<void, AnchorFailure> add(std::string_view argument, language::Settings const& settings,
                                                   bool explain);

    boost::system::result<void, AnchorFailure> add(PathAnchor const& anchor, language::Settings const& settings,
                                                   bool explain);

    /// Parses an anchor and adds it behind those given at start. Not during find().
    boost::system::result<void, AnchorFailure> append(PathAnchor const& anchor, language::Settings const& settings,
                                                      bool explain);

    /// Checks a spec: `Invalid spec`, and the line with a caret.
    static boost::system::result<void, AnchorFailure> check(std::string const& spec, language::Settings const& settings,
                                                            bool explain);

    /// The first anchor whose pattern matches at the start of the path; nullptr if none does. Valid as long as this
    /// object.
    /// Errors: a pattern was given up before one matched, so nobody knows which anchor is the first.
    pattern::Result<Anchor const*> find(std::string_view path) const;

private:
    /// An anchor added while the daemon runs.
    struct Added {
        Anchor anchor;
        Added const* next;  // the one added before it
    };

    static boost::system::result<Anchor, AnchorFailure> read_one(std::string_view argument,
                                                                 language::Settings const& settings, bool explain);
    static boost::system::result<Anchor, AnchorFailure> read_parts(AnchorText parts, std::string const& shown,
                                                                   language::Settings const& settings, bool explain);
    void push(Anchor anchor);

    std::vector<Anchor> anchors_;
    std::atomic<Added const*> newest_ = nullptr;
};

}  // namespace pathology::pathod
