// Texts as words of a shell command, for commands that repeat what a test did.
#pragma once

#include <string>
#include <string_view>

namespace pathology::kit {

/// Quotes a text as one word of a shell command.
std::string quoted_for_shell(std::string_view text);

}  // namespace pathology::kit
