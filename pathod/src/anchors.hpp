// Anchors: answers that are attached to patterns of paths, when the daemon starts or while it runs.
#pragma once

#include <atomic>
#include <memory>
#include <pathology/language/settings.hpp>
#include <pathology/proxycore/pattern/pattern.hpp>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "prepared.hpp"

namespace pathology::pathod {

namespace pattern = proxycore::pattern;

/// The two sides of `PATTERN=SPEC`; views into the argument.
struct AnchorText {
    std::string_view pattern, spec;
};

/// Splits at the first `=` that a backslash, brackets or parentheses do not protect; where there is none, at the first.
/// Nothing without any `=`.
std::optional<AnchorText> split_anchor(std::string_view argument);

/// Why an anchor was refused: sentence, line and caret, without a newline at the end.
struct AnchorFailure {
    std::string message;
};

/// All anchors of a daemon, tried in the order given; those that came later, the newest first, before them.
/// Thread: find() may be called by any number of threads, also while one adds.
/// Owns:   every anchor to its own end.
class Anchors {
public:
    Anchors() = default;
    Anchors(Anchors&& other) noexcept;
    Anchors& operator=(Anchors&& other) noexcept;
    ~Anchors();

    /// Reads `PATTERN=SPEC`, `PATTERN=FILE` (a file that exists) and `PATTERN=+PATH` (below the folder of specs), and
    /// checks each. Values that are files are looked for when they are asked for.
    static boost::system::result<Anchors, AnchorFailure> read(std::span<std::string const> arguments,
                                                              language::Settings const& settings, bool explain);

    struct Anchor {
        pattern::Pattern pattern;
        PreparedPtr http1;  ///< by HTTP/1; null when its spec is for HTTP/2 alone
        PreparedPtr http2;  ///< by HTTP/2; null when its spec is for HTTP/1 alone
        std::string spec;
    };

    /// Reads one such argument and puts it before all others.
    boost::system::result<void, AnchorFailure> add(std::string_view argument, language::Settings const& settings,
                                                   bool explain);

    /// The first whose pattern matches at the start of the path; null when none does. Valid as long as this object.
    Anchor const* find(std::string_view path) const;

private:
    /// An anchor that came later, and those that came before it.
    struct Later {
        Anchor anchor;
        Later const* next;
    };

    static boost::system::result<Anchor, AnchorFailure> read_one(std::string_view argument,
                                                                 language::Settings const& settings, bool explain);

    std::vector<Anchor> anchors_;
    std::atomic<Later const*> newest_ = nullptr;
};

}  // namespace pathology::pathod
