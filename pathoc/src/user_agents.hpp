// The list that --show-uas prints.
#pragma once

#include <string>

namespace pathology::pathoc {

/// A line for each user agent that `uNAME` and `uLETTER` stand for, under a title.
std::string list_user_agents();

}  // namespace pathology::pathoc
