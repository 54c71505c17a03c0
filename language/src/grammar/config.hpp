#pragma once
// What every part of the grammar shares: the iterator, the skipper, and what the context carries.

#include <boost/spirit/home/x3.hpp>
#include <cstdint>
#include <string_view>

#include "grammar/furthest.hpp"

namespace pathology::language::grammar {

namespace x3 = boost::spirit::x3;

using Iterator = char const*;

struct BeginTag;     // where the text begins, for spans
struct ProtocolTag;  // what the text is for, where HTTP/1 and HTTP/2 differ

// White space may stand before every part (conformance data, "Grammar facts").
inline constexpr std::string_view blanks = " \t\r\n";
inline auto const skipper = x3::char_(" \t\r\n");

}  // namespace pathology::language::grammar
