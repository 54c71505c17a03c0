// Forms of multipart/form-data (RFC 7578).
#pragma once

#include <pathology/proxycore/flow/multi_dict.hpp>
#include <string>
#include <string_view>

namespace pathology::proxycore::flow {

/// The names and contents of the parts. Parts without a name and text outside of parts are ignored; an unterminated
/// last part ends with the content.
MultiDict parse_multipart(std::string_view content, std::string_view boundary);

/// Writes a part for each item. `boundary` must not occur in any value; choose_boundary() finds one.
std::string to_multipart(MultiDict const& items, std::string_view boundary);

/// A boundary that occurs in none of the values. The same items give the same boundary.
std::string choose_boundary(MultiDict const& items);

}  // namespace pathology::proxycore::flow
