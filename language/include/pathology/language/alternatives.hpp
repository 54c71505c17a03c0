#pragma once
// Texts with several specs, of which one is used at a time: `503 | 503 | 200:b'ok'`.

#include <pathology/language/failure.hpp>
#include <string_view>
#include <vector>

namespace pathology::language {

/// Divides a text at each `|` that is outside of quotes and comments and has white space, or an end of the text, on
/// both sides. A bar in a value or between quotes divides nothing.
///
/// Shape:  the spans of the parts in their order, without the white space around them; one of the whole text if no bar
///         divides it. A part may be empty.
/// Errors: never fails.
std::vector<SourceSpan> split_alternatives(std::string_view text);

}  // namespace pathology::language
