// The host of the first request of a connection, found before a codec parses the request.
#pragma once

#include <string>
#include <string_view>

namespace pathology::proxycore::layers {

/// Returns the host of the Host field without its port; empty if `first_bytes` has no complete Host line.
std::string host_field_of(std::string_view first_bytes);

}  // namespace pathology::proxycore::layers
