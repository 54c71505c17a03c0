#pragma once
// Comments of specs.

#include <string>

namespace pathology::language {

/// Replaces lines that begin with `#` by blanks, outside of quoted literals. Lines and columns stay as they are.
void blank_comments(std::string& text);

}  // namespace pathology::language
