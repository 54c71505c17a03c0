#pragma once
// Why a spec was refused, where, and how to say so to a person.

#include <boost/system/result.hpp>
#include <cstdint>
#include <string>
#include <string_view>

namespace pathology::language {

/// A range of bytes in the text of a spec; `begin == end` is a place between two bytes.
struct SourceSpan {
    std::uint32_t begin = 0;
    std::uint32_t end = 0;

    friend bool operator==(SourceSpan, SourceSpan) = default;
};

enum class SpecErrc : std::uint8_t {
    syntax = 1,       ///< the grammar does not allow what stands at the span
    not_ascii,        ///< a byte above 127 stands at the span
    too_long,         ///< the text exceeds ParseLimits::length
    given_twice,      ///< a feature that a message has once stands at the span again
    out_of_range,     ///< a number does not fit what it is used for
    needs_handshake,  ///< a `ws` response was asked for, and no WebSocket handshake came before it
    bad_key,          ///< a masking key is not four bytes long
    file_access,      ///< a file is missing, unreadable, or outside the folder that may be read
    wrong_protocol,   ///< what stands at the span does not exist in the protocol that is spoken
    too_large,        ///< a value is too large for what was asked of it, such as freezing it
};

/// One reason to refuse a spec: a sentence for people, and the place it speaks of.
struct SpecFailure {
    SpecErrc code = SpecErrc::syntax;
    std::string message;
    SourceSpan span;
};

/// The value, or the reason why there is none.
template <class T> using Parsed = boost::system::result<T, SpecFailure>;

/// Renders a failure for a terminal: `NAME:LINE:COL: message`, the offending line, and a caret under the column.
///
/// Shape: three lines without a newline at the end; tabs in the line become spaces, a line of more than 120 columns is
///        cut around the caret. Lines and columns count from 1; a column is a byte.
std::string describe(SpecFailure const& failure, std::string_view spec, std::string_view name = "spec");

/// What embedding programs catch: thrown by `Parsed<T>::value()` when there is no value.
class SpecError;

[[noreturn]] void throw_exception_from_error(SpecFailure const& failure, boost::source_location const& location);

}  // namespace pathology::language
