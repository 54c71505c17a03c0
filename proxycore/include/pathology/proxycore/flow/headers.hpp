// Operations on header fields for flows: folding, serialising, replacing.
#pragma once

#include <initializer_list>
#include <pathology/proxycore/flow/multi_dict.hpp>
#include <pathology/proxycore/http/fields.hpp>
#include <pathology/proxycore/pattern/pattern.hpp>
#include <string>
#include <string_view>

namespace pathology::proxycore::flow {

/// All values of `name`, joined with ", ".
/// Errors: throws std::out_of_range naming the field if it is absent; http::Fields::joined() does not.
std::string header(http::Fields const& fields, std::string_view name);

/// Each name once, as first spelled, with its values joined.
Items folded(http::Fields const& fields);

/// `Name: value` and CRLF for each line.
std::string to_bytes(http::Fields const& fields);

/// Replaces within each line `name: value`, and parses the line again. A line that has no ": " then is left unchanged.
/// Returns the number of replacements.
/// Errors: throws std::runtime_error if the pattern is given up, see pattern::Pattern; nothing has changed then.
std::size_t replace(http::Fields& fields, pattern::Pattern const& pattern, std::string_view text);

/// Fields named as identifiers are: `{{"content_type", "text/html"}}` gives `content-type: text/html`.
http::Fields fields_of(std::initializer_list<http::Field> keywords);

}  // namespace pathology::proxycore::flow
