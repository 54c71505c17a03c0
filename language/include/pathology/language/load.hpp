#pragma once
// The text of a spec: an argument, or the content of a file.

#include <pathology/language/files.hpp>
#include <string>
#include <string_view>

namespace pathology::language {

/// Returns the content of the file if the argument reads `+path`, else the argument itself.
///
/// Shape:  comments of a file become blanks, which keeps lines and columns of failures right. Those of an argument stay,
///         since parsing ignores them.
/// Errors: SpecErrc::file_access, SpecErrc::too_long (more than 16 MiB).
Parsed<std::string> load_spec(std::string_view argument, FileAccess const& files);

/// Gives the failure of an argument that looks like the name of a file a hint that there is no such file. For programs
/// that take the name of a file or a spec, after parsing the argument as a spec.
void add_file_hint(SpecFailure& failure, std::string_view argument);

/// Returns the content of a spec file, with comments blanked as above.
Parsed<std::string> read_spec_file(std::string_view path, FileAccess const& files);

/// The text of a spec, and its name in error messages.
struct SpecText {
    std::string name, text;
};

/// Reads a spec that the user of a program gives as an argument:
///
///     FILE            a regular file, a pipe or a device; relative to the current folder
///     +PATH           a pipe, a device or an open descriptor (`/dev/stdin`, `/dev/fd/N`); else as load_spec()
///     anything else   the spec itself, named `spec`
///
/// Blocks until a pipe is written and closed. Not for text from the network.
/// Errors: those of load_spec().
Parsed<SpecText> read_spec_argument(std::string_view argument, FileAccess const& files);

/// Reads a spec from standard input to its end: what programs do for the argument `-`. Its name is `stdin`.
/// Errors: SpecErrc::file_access, SpecErrc::too_long.
Parsed<SpecText> read_spec_from_standard_input();

}  // namespace pathology::language
