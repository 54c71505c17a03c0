#pragma once
// Where the text of a spec comes from: written out, or kept in a file.

#include <pathology/language/files.hpp>
#include <string>
#include <string_view>

namespace pathology::language {

/// The text of a spec argument: of the file when it reads `+path`, else the argument itself.
///
/// Shape:  in a file, a line whose first non-blank character is `#` is a comment (outside of quoted literals). Comments
///         become blanks, so that lines and columns of a failure fit the file.
/// Errors: SpecErrc::file_access, SpecErrc::too_long (more than 16 MiB).
Parsed<std::string> load_spec(std::string_view argument, FileAccess const& files);

/// The content of a spec file, with comments blanked as above.
Parsed<std::string> read_spec_file(std::string_view path, FileAccess const& files);

}  // namespace pathology::language
