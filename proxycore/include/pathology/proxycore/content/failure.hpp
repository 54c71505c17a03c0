// Why content could not be decoded or encoded.
#pragma once

#include <boost/system/result.hpp>
#include <cstdint>
#include <pathology/proxycore/failure.hpp>
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
struct Failure : BasicFailure<Errc> {
    std::string coding{};      ///< the coding's name as in Content-Encoding, "gzip", or the charset's
    std::uint64_t offset = 0;  ///< bytes of that coding's input before the place; of too_large the limit
};

template <class T> using Result = boost::system::result<T, Failure>;

}  // namespace pathology::proxycore::content
