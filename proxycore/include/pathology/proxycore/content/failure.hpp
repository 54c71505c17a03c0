// Why content could not be decoded or encoded.
#pragma once

#include <boost/system/result.hpp>
#include <cstdint>
#include <string>

namespace pathology::proxycore::content {

enum class Errc : std::uint8_t {
    unknown_coding = 1,  ///< Content-Encoding names a coding that is not supported
    too_many_codings,    ///< Content-Encoding names more than max_codings
    corrupt,             ///< the bytes are not valid in the coding
    truncated,           ///< they end too early
    too_large,           ///< the decoded content exceeds the limit
    unknown_charset,     ///< the charset cannot be converted
    malformed_text,      ///< the bytes are not valid in the charset, or it cannot encode a character
};

/// Why content could not be decoded or encoded.
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
