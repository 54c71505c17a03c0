// Filter expressions: which exchanges and connections are meant.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <pathology/proxycore/filter/expression.hpp>
#include <pathology/proxycore/filter/failure.hpp>
#include <pathology/proxycore/filter/subject.hpp>
#include <pathology/proxycore/pattern/pattern.hpp>
#include <string_view>

namespace pathology::proxycore::filter {

struct Options {
    /// How letters of regular expressions compare. ~m and ~d ignore case in any case.
    pattern::Case letters = pattern::Case::any;
    /// Content that is searched, decoded, in bytes. Whether a test matches longer content is unknown.
    std::uint64_t max_content = 8ULL << 20U;
};

/// A filter expression with its regular expressions compiled: `~m POST & ~u /pay & !~c 200`. doc/filters.md has the
/// operators and the grammar.
///
/// Immutable; copies share it. Threads may use one at the same time.
class Filter {
public:
    /// Errors: see Errc; the span is within `text`. Nothing beyond `text` is read, so that it can be a part of a longer
    ///         one.
    static Result<Filter> parse(std::string_view text, Options options = {});

    Expression const& expression() const;

    /// Tests operands from left to right, until the result is known.
    ///
    /// Cost:   nothing is allocated once the buffers of the thread have grown, except to decode content.
    /// Errors: see MatchErrc, when a test reaches a limit and the result is not known before it. Such a result is never
    ///         "no match".
    Matched matches(Subject const& subject) const;

    /// For places where an unknown result may count as no match: calls `report` for the first failure of this filter
    /// and its copies, and returns false for each.
    using Report = std::function<void(MatchFailure const& failure)>;
    bool matches_or_reports(Subject const& subject, Report const& report) const;

private:
    struct State;
    explicit Filter(std::shared_ptr<State const> state) : state_(std::move(state)) {}
    std::shared_ptr<State const> state_;
};

}  // namespace pathology::proxycore::filter
