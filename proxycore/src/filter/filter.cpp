#include <pathology/proxycore/filter/filter.hpp>

#include <atomic>
#include <utility>

#include "filter/parser.hpp"
#include "filter/term.hpp"

namespace pathology::proxycore::filter {

struct Filter::State {
    State(Expression its_expression, Options const& options)
        : expression(std::move(its_expression)), max_content(options.max_content) {}

    Expression const expression;
    std::uint64_t const max_content;
    Term term{nullptr, nullptr};  // points into `expression`
    mutable std::atomic_flag has_reported{};
};

Result<Filter> Filter::parse(std::string_view text, Options options) {
    auto expression = parse_expression(text);
    if (!expression) return expression.error();
    auto const state = std::make_shared<State>(*std::move(expression), options);
    auto term = compile(state->expression, text, options);
    if (!term) return term.error();
    state->term = *std::move(term);
    return Filter(state);
}

Expression const& Filter::expression() const { return state_->expression; }

Matched Filter::matches(Subject const& subject) const {
    BorrowedBuffers const buffers;
    Texts texts(subject, state_->max_content, *buffers);
    return evaluate(state_->term, texts);
}

bool Filter::matches_or_reports(Subject const& subject, Report const& report) const {
    auto const matched = matches(subject);
    if (matched) return *matched;
    if (!state_->has_reported.test_and_set() && report) report(matched.error());
    return false;
}

}  // namespace pathology::proxycore::filter
