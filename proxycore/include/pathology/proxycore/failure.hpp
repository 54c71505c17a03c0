// The shape of every failure: a code for the program and a sentence for the person.
#pragma once

#include <boost/system/result.hpp>
#include <stdexcept>
#include <string>

namespace pathology::proxycore {

/// Why an operation failed. Rooms with more to say derive from it.
template <class Code> struct BasicFailure {
    Code code{};
    std::string message{};  ///< one line without an end: what is wrong with what, and what to do
};

/// A range of bytes in a text; `begin == end` is the place between two bytes.
struct Span {
    std::size_t begin = 0, end = 0;
    bool operator==(Span const&) const = default;
};

/// What result::value() throws where a room has no exception of its own; found by argument-dependent lookup.
template <class Code>
[[noreturn]] void throw_exception_from_error(BasicFailure<Code> const& failure, boost::source_location const& /*where*/) {
    throw std::runtime_error(failure.message);
}

}  // namespace pathology::proxycore
