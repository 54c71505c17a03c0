#pragma once
// The exception that `Parsed<T>::value()` throws, for code that embeds the language.

#include <pathology/language/failure.hpp>
#include <stdexcept>

namespace pathology::language {

/// A refused spec as an exception; what() is the failure's message.
class SpecError : public std::runtime_error {
public:
    explicit SpecError(SpecFailure failure) : std::runtime_error(failure.message), failure_(std::move(failure)) {}

    SpecFailure const& failure() const noexcept { return failure_; }

private:
    SpecFailure failure_;
};

}  // namespace pathology::language
