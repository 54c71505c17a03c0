// What a daemon or a proxy has recorded, or why there is nothing.
#pragma once

#include <optional>
#include <ostream>
#include <stdexcept>
#include <string>
#include <utility>

namespace pathology::kit {

/// Nothing came: `no flow came within 2 s; 1 was recorded, and taken`.
class NothingTaken : public std::runtime_error {
public:
    using std::runtime_error::runtime_error;
};

/// A std::optional with a reason: access throws NothingTaken if it is empty. A test that waits in vain then fails with
/// that text, where a plain std::optional is undefined behaviour and may end the whole program.
///
///     EXPECT_THAT(proxy.take_flow(2s)->error, HasSubstr("refused"));
///     EXPECT_THAT(daemon.take_request(2s), Optional(HasMethod("GET")));
template <class T> class Taken : public std::optional<T> {
    using Base = std::optional<T>;

public:
    Taken(T value) : Base(std::move(value)) {}  // NOLINT(google-explicit-constructor)
    static Taken nothing(std::string why) {
        Taken taken;
        taken.why_ = std::move(why);
        return taken;
    }

    /// Why it is empty.
    std::string const& why() const { return why_; }

    T& value() & { return check(), Base::operator*(); }
    T const& value() const& { return check(), Base::operator*(); }
    T&& value() && { return check(), std::move(Base::operator*()); }
    T& operator*() & { return value(); }
    T const& operator*() const& { return value(); }
    T&& operator*() && { return std::move(*this).value(); }
    T* operator->() { return &value(); }
    T const* operator->() const { return &value(); }

    /// For failure messages.
    friend std::ostream& operator<<(std::ostream& out, Taken const& taken) {
        return taken ? out << *taken : out << taken.why_;
    }

private:
    Taken() = default;
    void check() const {
        if (!this->has_value()) throw NothingTaken(why_);
    }

    std::string why_;
};

}  // namespace pathology::kit
