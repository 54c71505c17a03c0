#pragma once
// The properties of every TLS fault that is parsed, for the tests and the fuzzer.

#include <pathology/language/tls_fault.hpp>
#include <string>
#include <string_view>

#include "support/properties.hpp"

namespace pathology::language::test {

/// Returns the property that a text violates as a TLS fault; an empty string if there is none. The properties: the texts
/// of the actions, with colons between them, parse to the same actions; a failure has a message and a place inside the text.
inline std::string broken_tls_fault(std::string_view text) {
    auto const fault = parse_tls_fault(text);
    if (fault.has_error()) return broken_failure(fault.error(), text);
    std::string printed;
    for (auto const& action : *fault) printed += (printed.empty() ? "" : ":") + action.text;
    auto const again = parse_tls_fault(printed);
    if (again.has_error()) return "printed actions do not parse:\n" + describe(again.error(), printed);
    if (*again != *fault) return "printed actions say something else: " + printed;
    return {};
}

}  // namespace pathology::language::test
