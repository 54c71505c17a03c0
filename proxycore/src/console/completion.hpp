// Shell functions that complete the options of a program and their values.
#pragma once

#include <string>

#include "console/usage.hpp"

namespace pathology::proxycore::console {

/// What completes a value, by the words of its placeholder: DIR a directory, FILE and PATH a file, HOST, SERVER and
/// ADDRESS the name of a host; anything else nothing.
struct ValueKind {
    bool files = false, directories = false, hosts = false;
};

ValueKind value_kind(Parameter const& parameter);

/// A file for share/bash-completion/completions. It needs nothing of the package bash-completion.
std::string bash_completion(Usage const& usage);

/// A file `_PROGRAM` for a folder of zsh's fpath.
std::string zsh_completion(Usage const& usage);

/// A file `PROGRAM.fish` for share/fish/vendor_completions.d.
std::string fish_completion(Usage const& usage);

}  // namespace pathology::proxycore::console
