// Content codings by name, and the list of them in a Content-Encoding field.
#pragma once

#include <cstddef>
#include <optional>
#include <pathology/proxycore/content/failure.hpp>
#include <string_view>
#include <vector>

namespace pathology::proxycore::content {

/// The codings of the IANA registry that are in use (RFC 9110 §8.4.1, RFC 7932, RFC 8878).
enum class Coding : std::uint8_t {
    identity,  ///< the content as it is
    gzip,      ///< RFC 1952; members may follow one another
    deflate,   ///< the zlib format of RFC 1950; a raw DEFLATE stream, which some senders use, is accepted
    br,        ///< Brotli, RFC 7932
    zstd,      ///< Zstandard, RFC 8878; windows up to 8 MiB (RFC 9659 §3)
};

/// Content-Encoding fields with more codings are refused: they only serve attacks.
inline constexpr std::size_t max_codings = 5;

/// Parses a name, in any case; `x-gzip` (RFC 9110 §8.4.1.3) and `none` are accepted.
std::optional<Coding> parse_coding(std::string_view name);

/// The name in the registry.
std::string_view to_string(Coding coding);

/// Parses a Content-Encoding field: the codings in the order in which they were applied, without identity.
/// Errors: Errc::unknown_coding, Errc::too_many_codings.
Result<std::vector<Coding>> parse_content_encoding(std::string_view field);

}  // namespace pathology::proxycore::content
