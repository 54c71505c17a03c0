// Host and port, as a target is asked for: not resolved.
#pragma once

#include <pathology/proxycore/tunnel/destination.hpp>

namespace pathology::proxycore::flow {

/// A name or an address without brackets, and a port; `to_string` puts the brackets back.
using Address = tunnel::Destination;

}  // namespace pathology::proxycore::flow
