#pragma once
// The door to the grammar: the rest of the language never sees Spirit.

#include <pathology/language/ast.hpp>
#include <string_view>
#include <vector>

namespace pathology::language::grammar {

enum class Start { response, requests, frames, http2_responses, http2_requests };

/// Applies the grammar and nothing else. Failures are SpecErrc::syntax at the furthest place that was reached.
Parsed<std::vector<Message>> parse(Start start, std::string_view text);

}  // namespace pathology::language::grammar
