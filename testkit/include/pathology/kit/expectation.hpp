// Requests that a test expects.
#pragma once

#include <cstdint>
#include <memory>

namespace pathology::kit {

namespace detail {
class ExpectationState;
class ExpectationOrder;
}  // namespace detail

/// Expectations that have to come true one after the other, on one daemon.
class Order {
public:
    Order();

private:
    friend class Expectation;
    std::shared_ptr<detail::ExpectationOrder> state_;
};

/// How often requests are expected; made by Daemon::expect(), at least once if nothing else is said.
///
///     daemon.expect({.method = "POST", .path = "/pay"}).times(2);
///
/// Thread: any. It counts from its creation on, however many requests the log keeps. A request counts for each
/// expectation that it matches; among those of one Order for one: the next that still lacks requests.
class Expectation {
public:
    explicit Expectation(std::shared_ptr<detail::ExpectationState> state) : state_(std::move(state)) {}

    Expectation& times(std::uint64_t n);     ///< exactly
    Expectation& at_least(std::uint64_t n);  ///< and at_most() may both be given
    Expectation& at_most(std::uint64_t n);
    Expectation& never() { return times(0); }
    /// Behind those that were put in this order before.
    Expectation& in_order(Order& order);

    std::uint64_t count() const;  ///< requests that came

private:
    std::shared_ptr<detail::ExpectationState> state_;
};

}  // namespace pathology::kit
