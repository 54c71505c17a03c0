#pragma once
// The reason phrase a response gets when the spec gives none.

#include <string_view>

namespace pathology::language {

/// The original's phrase for a code as written (`200`, `00200`), or `Unknown code`.
std::string_view reason_phrase(std::string_view code);

}  // namespace pathology::language
