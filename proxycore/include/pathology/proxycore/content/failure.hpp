// Why content could not be decoded or encoded.
#pragma once

#include <boost/system/result.hpp>
#include <cstdint>
#include <string>

namespace pathology::proxycore::content {

enum class Errc : std::uint8_t {
    unknown_coding = 1,  ///< Content-Encoding names a coding that is none of `Coding`
    too_many_codings,    ///< more of them, one upon the other, than anybody has a use for
    corrupt,             ///< the bytes are not what the coding makes
    truncated,           ///< they end too early
    too_large,           ///< decoded they exceed the limit
    unknown_charset,     ///< text in a charset that cannot be converted
    malformed_text,      ///< bytes that are no text in their charset, or a character that a charset has no code for
};

/// What is wrong with coded content.
struct Failure {
    Errc code = Errc::corrupt;
    std::string coding;        ///< the coding's name as in Content-Encoding, "gzip", or the charset's
    std::uint64_t offset = 0;  ///< bytes of that coding's input before the place; of too_large the limit
    std::string message;       ///< a sentence: "gzip content is corrupt at byte 12: incorrect header check"
};

template <class T> using Result = boost::system::result<T, Failure>;

/// Makes Result::value() throw std::runtime_error with the failure's message; found by argument-dependent lookup.
[[noreturn]] void throw_exception_from_error(Failure const& failure, boost::source_location const& where);

}  // namespace pathology::proxycore::content
