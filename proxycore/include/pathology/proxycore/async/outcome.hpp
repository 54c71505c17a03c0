// What a coroutine returned or threw, as a value.
#pragma once

#include <boost/asio/awaitable.hpp>
#include <exception>
#include <optional>
#include <type_traits>
#include <utility>
#include <variant>

namespace pathology::proxycore::async {

/// A value of T, or std::monostate for void.
template <class T> using ValueOf = std::conditional_t<std::is_void_v<T>, std::monostate, T>;

/// The end of an awaitable<T>. A default-constructed one holds nothing.
template <class T> class Outcome {
public:
    Outcome() = default;
    explicit Outcome(std::exception_ptr thrown) : thrown_(std::move(thrown)) {}
    explicit Outcome(ValueOf<T> value) : value_(std::move(value)) {}

    bool has_thrown() const noexcept { return thrown_ != nullptr; }
    std::exception_ptr const& thrown() const noexcept { return thrown_; }

    /// Returns the value, or throws what was thrown. Empties this object first, so that it shares no exception.
    ValueOf<T> get() {
        if (auto thrown = std::exchange(thrown_, nullptr)) std::rethrow_exception(std::move(thrown));
        return std::move(*value_);
    }

private:
    std::exception_ptr thrown_;
    std::optional<ValueOf<T>> value_;
};

/// Runs `work` and catches what it throws, cancellation included.
template <class T> boost::asio::awaitable<Outcome<T>> outcome_of(boost::asio::awaitable<T> work) {
    try {
        if constexpr (std::is_void_v<T>) {
            co_await std::move(work);
            co_return Outcome<T>(std::monostate());
        } else {
            auto value = co_await std::move(work);
            co_return Outcome<T>(std::move(value));
        }
    } catch (...) {
        co_return Outcome<T>(std::current_exception());
    }
}

}  // namespace pathology::proxycore::async
