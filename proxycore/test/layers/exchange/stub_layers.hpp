// In place of the layers that HTTP/1 goes on with: what they are given ends here, and is noted.
#pragma once

#include <string>

namespace pathology::proxycore::layers::test {

/// What a layer after CONNECT, or HTTP/2, found in its stream. One conversation at a time.
extern thread_local std::string tunnel_bytes;

}  // namespace pathology::proxycore::layers::test
