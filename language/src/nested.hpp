#pragma once
// The response spec that a request carries in its path.

#include <pathology/language/parse.hpp>
#include <pathology/language/settings.hpp>

namespace pathology::language {

/// Reads the text of a NestedResponse, one message, as what the server it is meant for would take.
Parsed<Message> parse_nested_response(std::string_view spec, Protocol protocol, ParseLimits const& limits = {});

}  // namespace pathology::language
