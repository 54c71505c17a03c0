#pragma once
// Why a spec was refused, where, and how to show that to a person.

#include <boost/system/result.hpp>
#include <cstdint>
#include <pathology/proxycore/failure.hpp>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>

namespace pathology::language {

/// A range of bytes in the text of a spec; `begin == end` is a place between two bytes.
struct SourceSpan {
    std::uint32_t begin = 0;
    std::uint32_t end = 0;

    friend bool operator==(SourceSpan, SourceSpan) = default;
};

enum class SpecErrc : std::uint8_t {
    syntax = 1,       ///< the grammar does not allow what stands at the span
    not_ascii,        ///< a byte above 127
    too_long,         ///< the text exceeds ParseLimits::max_length
    given_twice,      ///< a second feature of which a message has at most one
    out_of_range,     ///< a number does not fit its use
    needs_handshake,  ///< a `ws` response, and no WebSocket handshake to respond to
    bad_key,          ///< a masking key is not four bytes long
    file_access,      ///< a file is missing, unreadable, or outside the folder that may be read
    wrong_protocol,   ///< the spoken protocol does not have what stands at the span
    too_large,        ///< a value is too large for the operation, such as freezing it
};

/// Why a spec was refused, and the bytes that the message is about.
struct SpecFailure : proxycore::BasicFailure<SpecErrc> {
    SourceSpan span{};
    std::string hint{};  ///< what was read as what, and how to write what was probably meant; often empty
};

/// A value, or the reason why there is none.
template <class T> using Parsed = boost::system::result<T, SpecFailure>;

/// Formats a failure for a terminal: `NAME:LINE:COL: message`, the offending line, a caret under the column, and the
/// hint if there is one.
///
/// Shape: three or four lines without a newline at the end. Tabs in the line become spaces; a line of more than 120 columns is
///        cut around the caret. Lines and columns count from 1; a column is a byte.
std::string describe(SpecFailure const& failure, std::string_view spec, std::string_view name = "spec");

/// A refused spec as an exception; what() is the message of the failure. Thrown by `Parsed<T>::value()`, for programs
/// that embed the language.
class SpecError : public std::runtime_error {
public:
    explicit SpecError(SpecFailure failure) : std::runtime_error(failure.message), failure_(std::move(failure)) {}

    SpecFailure const& failure() const noexcept { return failure_; }

private:
    SpecFailure failure_;
};

[[noreturn]] void throw_exception_from_error(SpecFailure const& failure, boost::source_location const& location);

}  // namespace pathology::language
