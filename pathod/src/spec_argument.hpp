// A spec as it is given on the command line: written out, or the name of a file that holds it.
#pragma once

#include <pathology/language/load.hpp>

namespace pathology::pathod {

/// The text of an argument: of the file it names when there is one, of the file below the folder of `files` for
/// `+PATH`, else the argument itself. Errors: those of language::read_spec_file.
language::Parsed<std::string> read_spec_argument(std::string_view argument, language::FileAccess const& files);

}  // namespace pathology::pathod
