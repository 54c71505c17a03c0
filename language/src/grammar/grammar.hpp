#pragma once
// The interface of the grammar. It keeps Spirit out of the rest of the language.

#include <pathology/language/ast.hpp>
#include <string_view>
#include <vector>

namespace pathology::language::grammar {

enum class Start { response, responses, requests, frames, http2_responses, http2_requests };

/// Applies the grammar and checks nothing else. Failures are SpecErrc::syntax at the farthest place reached.
Parsed<std::vector<Message>> parse(Start start, std::string_view text);

}  // namespace pathology::language::grammar
