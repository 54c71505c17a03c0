// The types an option can have, and text for them.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace pathology::proxycore::addons {

using OptionalNumber = std::optional<std::int64_t>;
using OptionalText = std::optional<std::string>;
using TextList = std::vector<std::string>;

/// A value; which alternative it is, is the type of its option.
using OptionValue = std::variant<bool, std::int64_t, OptionalNumber, std::string, OptionalText, TextList>;

/// "bool", "int", "optional int", "text", "optional text", "list of text".
std::string_view type_of(OptionValue const& value);

/// As one would write it after `=`; a list in brackets; nothing for an optional without value.
std::string to_string(OptionValue const& value);

}  // namespace pathology::proxycore::addons
