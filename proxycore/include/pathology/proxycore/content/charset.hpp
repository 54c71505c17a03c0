// Text in the charsets of the web. Inside the program text is UTF-8.
//
// Bytes that are invalid in their charset can be kept: each becomes the lone surrogate U+DC00 + byte, encoded in three
// bytes as UTF-8 would, and is converted back to the byte when the text is encoded.
#pragma once

#include <pathology/proxycore/content/failure.hpp>
#include <string>
#include <string_view>

namespace pathology::proxycore::content {

/// How invalid bytes are handled.
enum class Strictness {
    strict,   ///< they are an error
    lenient,  ///< they are kept as escapes
};

/// The charset of `bytes` that were sent as `content_type`: byte-order mark, charset parameter, then the rule of the
/// format (JSON; HTML's meta; XML's declaration; JavaScript; CSS's @charset), else ISO-8859-1. Shape: a lower-case
/// name that iconv knows; gb2312 and gbk give gb18030, as browsers read them.
std::string infer_charset(std::string_view content_type, std::string_view bytes);

/// Whether that charset can be converted here.
bool is_known_charset(std::string_view charset);

/// Bytes as UTF-8. A byte-order mark is left out.
/// Errors: Errc::unknown_charset; Errc::malformed_text with its place, when strict.
Result<std::string> decode_text(std::string_view bytes, std::string_view charset,
                                Strictness strictness = Strictness::strict);

/// UTF-8 as bytes of `charset`, escapes as the bytes they stand for.
/// Errors: Errc::unknown_charset; Errc::malformed_text when the charset has no code for a character.
Result<std::string> encode_text(std::string_view text, std::string_view charset);

}  // namespace pathology::proxycore::content
