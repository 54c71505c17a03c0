#pragma once
// The text of a spec: an argument, or the content of a file.

#include <pathology/language/files.hpp>
#include <string>
#include <string_view>

namespace pathology::language {

/// Returns the content of the file if the argument reads `+path`, else the argument itself.
///
/// Shape:  in a file, a line whose first non-blank character is `#` is a comment, outside of quoted literals. Comments
///         become blanks, which keeps lines and columns of failures right.
/// Errors: SpecErrc::file_access, SpecErrc::too_long (more than 16 MiB).
Parsed<std::string> load_spec(std::string_view argument, FileAccess const& files);

/// Returns the content of a spec file, with comments blanked as above.
Parsed<std::string> read_spec_file(std::string_view path, FileAccess const& files);

}  // namespace pathology::language
