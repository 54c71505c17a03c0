// A server that exists in name only: it takes any request and gives one answer.
#pragma once

#include <memory>
#include <pathology/proxycore/flow/response.hpp>
#include <pathology/proxycore/layers/exchange/http_streams.hpp>

namespace pathology::proxycore::layers {

/// For a route that is an answer. It cannot be taken over.
std::unique_ptr<ServerStream> make_answer_stream(flow::Response response);

}  // namespace pathology::proxycore::layers
