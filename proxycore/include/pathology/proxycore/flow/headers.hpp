// What flows do with header fields beyond keeping them: folded views, bytes, replacements. The fields are http::Fields.
#pragma once

#include <initializer_list>
#include <pathology/proxycore/flow/multi_dict.hpp>
#include <pathology/proxycore/http/fields.hpp>
#include <pathology/proxycore/pattern/pattern.hpp>
#include <string>
#include <string_view>

namespace pathology::proxycore::flow {

/// All values of `name`, joined with ", ".
/// Errors: throws std::out_of_range naming the field when it is absent; http::Fields::joined() does not.
std::string header(http::Fields const& fields, std::string_view name);

/// Each name once, as first spelled, with its values joined.
Items folded(http::Fields const& fields);

/// `Name: value` and CRLF for each line; nothing for none.
std::string to_bytes(http::Fields const& fields);

/// Replaces within each line `name: value`, and reads the line again. A line without ": " afterwards stays as it was.
/// Returns how many places were replaced.
std::size_t replace(http::Fields& fields, pattern::Pattern const& pattern, std::string_view text);

/// Fields named as identifiers are: `{{"content_type", "text/html"}}` gives `content-type: text/html`.
http::Fields fields_of(std::initializer_list<http::Field> keywords);

}  // namespace pathology::proxycore::flow
