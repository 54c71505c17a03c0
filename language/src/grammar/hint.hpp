#pragma once
// Hints for text that does not parse: what was read as what, and how to quote it.

#include <string>
#include <string_view>

#include "grammar/context.hpp"

namespace pathology::language::grammar {

inline constexpr char const* quoted_value_name = "a value ('text', @SIZE or <FILE)";
inline constexpr char const* nested_spec_name = "a quoted spec";
inline constexpr char const* request_name = "a request (METHOD:PATH)";

/// A hint at the cause of a failure, one line of at most 200 characters; empty if the cause is not known.
/// `has_requests`: whether requests may be in the text.
std::string hint(std::string_view text, ErrorCollector const& seen, bool has_requests);

}  // namespace pathology::language::grammar
