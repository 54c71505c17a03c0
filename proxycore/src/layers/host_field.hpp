// The host that the first request of a conversation names, seen before anybody reads it.
#pragma once

#include <string>
#include <string_view>

namespace pathology::proxycore::layers {

/// Of the Host field, without its port; empty when the bytes have none that is whole.
std::string host_field_of(std::string_view first_bytes);

}  // namespace pathology::proxycore::layers
