#pragma once
// Answers without the body they announce, as a HEAD request gets them.

#include <pathology/language/ast.hpp>
#include <pathology/language/failure.hpp>
#include <pathology/language/settings.hpp>

namespace pathology::language {

/// Takes the body out of a resolved response, and the bytes that were to be injected into it; its length is still said.
/// What else happens there happens at the end. Other messages stay as they are.
Parsed<void> remove_body(Message& resolved, Settings const& settings);

}  // namespace pathology::language
