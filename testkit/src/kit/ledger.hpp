// The expectations of a daemon, and the requests that nothing matched.
#pragma once

#include <condition_variable>
#include <memory>
#include <mutex>
#include <optional>
#include <pathology/kit/daemon.hpp>
#include <pathology/kit/expectation.hpp>
#include <pathology/kit/failure.hpp>
#include <source_location>
#include <string>
#include <vector>

#include "compiled_match.hpp"

namespace pathology::kit {

/// A request that was compared with an expectation, for the text of its failure.
struct SeenRequest {
    std::string line;  ///< `GET /pay?a=1`
    std::string path, spec;
    bool is_matched = true;
    std::vector<Difference> differences;
};

namespace detail {

struct ExpectationOrder {
    std::vector<std::weak_ptr<ExpectationState>> members;
};

/// The mutex, of its daemon, guards all but match and where.
class ExpectationState {
public:
    ExpectationState(RequestMatch its_match, std::source_location its_where, std::shared_ptr<std::mutex> its_mutex)
        : match(std::move(its_match)), where(its_where), mutex(std::move(its_mutex)) {}

    bool is_short() const { return count < at_least; }
    bool holds() const { return !is_short() && count <= at_most && order_fault.empty(); }

    CompiledMatch const match;
    std::source_location const where;
    std::shared_ptr<std::mutex> const mutex;
    std::uint64_t at_least = 1, at_most = UINT64_MAX, count = 0;
    bool has_minimum = false;  // at_least() was called
    std::shared_ptr<ExpectationOrder> order;
    std::string order_fault;             // the first one
    std::optional<SeenRequest> last;     // that counted
    std::optional<SeenRequest> nearest;  // of the others, the one with the fewest differences
};

}  // namespace detail

/// Thread: any.
class Ledger {
public:
    Expectation& add(RequestMatch match, std::source_location where);
    /// A test that scripts its daemon means every request.
    void note_script(std::source_location where);

    /// Counts a request. Never throws.
    void observe(pathod::IncomingRequest const& request, pathod::ChosenResponse const& response) noexcept;

    /// Waits until all expectations hold, at most for `limit`. Returns the failures.
    std::vector<Failure> failures(Daemon::Limit limit, std::uint64_t seed);
    std::size_t expectations() const;

    std::vector<Request> unmatched() const;
    /// std::nullopt if there were none.
    std::optional<std::string> unmatched_report() const;
    /// Of the first script or expectation; std::nullopt if there is none.
    std::optional<std::source_location> first_script() const;
    void forget_unmatched();

private:
    using State = detail::ExpectationState;
    using Matched = std::vector<std::pair<std::shared_ptr<State>, std::vector<Difference>>>;

    void count(Matched const& compared, pathod::IncomingRequest const& request, pathod::ChosenResponse const& response);

    static constexpr std::size_t max_unmatched = 100;  // kept, to be shown

    std::shared_ptr<std::mutex> const mutex_ = std::make_shared<std::mutex>();
    std::condition_variable changed_;
    std::vector<std::shared_ptr<State>> states_;
    std::vector<std::unique_ptr<Expectation>> handles_;  // what add() returned stays valid
    std::vector<Request> unmatched_;
    std::uint64_t unmatched_count_ = 0;
    std::optional<std::source_location> first_script_;
};

}  // namespace pathology::kit
