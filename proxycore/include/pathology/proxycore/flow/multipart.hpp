// Forms of multipart/form-data (RFC 7578).
#pragma once

#include <pathology/proxycore/flow/multi_dict.hpp>
#include <string>
#include <string_view>

namespace pathology::proxycore::flow {

/// The named parts of `content` and what is in them. Parts without a name and text outside the parts are left out; a
/// last part without its end is taken as far as it goes.
MultiDict parse_multipart(std::string_view content, std::string_view boundary);

/// Parts with those names. `boundary` must not occur in any value: choose_boundary() finds one.
std::string to_multipart(MultiDict const& items, std::string_view boundary);

/// A boundary that none of the values holds. The same items give the same boundary.
std::string choose_boundary(MultiDict const& items);

}  // namespace pathology::proxycore::flow
