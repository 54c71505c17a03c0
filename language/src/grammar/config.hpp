#pragma once
// The one iterator and the one context that the grammar is instantiated for.

#include <boost/spirit/home/x3.hpp>
#include <cstdint>
#include <functional>

#include "grammar/furthest.hpp"

namespace pathology::language::grammar {

namespace x3 = boost::spirit::x3;

using Iterator = char const*;

struct BeginTag;  // where the text begins, for spans

// White space may stand before every part (conformance data, "Grammar facts").
inline auto const skipper = x3::char_(" \t\r\n");
using Skipper = std::remove_cv_t<decltype(skipper)>;

using Context = x3::context<FurthestTag, std::reference_wrapper<Furthest>,
                            x3::context<BeginTag, Iterator const, x3::phrase_parse_context<Skipper>::type>>;

}  // namespace pathology::language::grammar
