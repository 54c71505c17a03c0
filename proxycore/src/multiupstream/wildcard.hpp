// The patterns of hosts.
//
//     pattern = any bytes; "*" stands for any run of bytes, dots included, and for none; the rest for itself
//
// A pattern matches a whole name. Both sides are compared in one form, that of host_form().
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace pathology::proxycore::multiupstream {

/// RFC 1035 §2.3.4. A longer host is no name, and only `*` matches it.
inline constexpr std::size_t max_host = 255;

/// The form in which hosts and patterns are compared: ASCII letters in lower case, no trailing dot, no brackets around
/// an IPv6 address, and that in its canonical form (RFC 5952), unless it has a zone id or is a pattern.
std::string host_form(std::string_view host);

/// The same without the canonical form of IPv6 addresses, written over `out`: cheap, so that a cache can be asked first.
void write_quick_form(std::string_view host, std::string& out);

/// Whether the pattern matches all of the text.
/// Cost: at most the product of both sizes.
bool matches(std::string_view pattern, std::string_view text);

}  // namespace pathology::proxycore::multiupstream
