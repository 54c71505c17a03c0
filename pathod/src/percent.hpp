// Percent-encoding of URLs (RFC 3986 §2.1), as far as specs in paths need it.
#pragma once

#include <string>
#include <string_view>

namespace pathology::pathod {

/// Replaces each `%XX` by its byte. What is no such triple stays as it is, `+` too.
std::string percent_decoded(std::string_view text);

/// Replaces what may not stand in a path, and `%`, `?` and `#`, so that percent_decoded gives the text back.
std::string percent_encoded(std::string_view text);

}  // namespace pathology::pathod
