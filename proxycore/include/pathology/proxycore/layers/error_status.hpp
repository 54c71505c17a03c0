// The response to a client whose exchange failed.
#pragma once

#include <pathology/proxycore/flow/flow.hpp>

namespace pathology::proxycore::layers {

/// The status of the error page that the client gets, known in the hook `error` and after it: 502, 504 and so on.
/// 0 if the exchange has not failed or the client gets no page: it disconnected, the flow was killed, or a response has
/// begun.
/// Thread: that of the flow.
unsigned error_status(flow::Flow const& flow);

}  // namespace pathology::proxycore::layers
