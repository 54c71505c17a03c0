// The common part of all failures: a code for programs and a sentence for people.
#pragma once

#include <boost/system/result.hpp>
#include <stdexcept>
#include <string>

namespace pathology::proxycore {

/// Why an operation failed. Derived types add details.
template <class Code> struct BasicFailure {
    Code code{};
    std::string message{};  ///< one line without its end: the object, the error, and the remedy
};

/// A range of bytes in a text; `begin == end` is the place between two bytes.
struct Span {
    std::size_t begin = 0, end = 0;
    bool operator==(Span const&) const = default;
};

/// Makes result::value() throw std::runtime_error, unless a folder has its own overload; found by argument-dependent
/// lookup.
template <class Code>
[[noreturn]] void throw_exception_from_error(BasicFailure<Code> const& failure,
                                             boost::source_location const& /*where*/) {
    throw std::runtime_error(failure.message);
}

}  // namespace pathology::proxycore
