// The server end of an exchange whose response is known: no connection is opened.
#pragma once

#include <memory>
#include <pathology/proxycore/flow/response.hpp>

#include "layers/exchange/http_streams.hpp"

namespace pathology::proxycore::layers {

/// For a route that is a response (upstream::Route). Accepts any request; take_over() returns nullptr.
std::unique_ptr<ServerStream> make_direct_response_stream(flow::Response response);

}  // namespace pathology::proxycore::layers
