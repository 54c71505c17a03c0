// The responses of the forwarder itself.
#pragma once

#include <pathology/proxycore/flow/response.hpp>
#include <string>

#include "forwarder/backend.hpp"

namespace pathology::proxycore::forwarder {

/// A page of plain text; 401 has a challenge (RFC 6750 §3).
flow::Response refusal(unsigned status, std::string const& text);

/// What the client gets if the backend chose no proxy.
flow::Response refusal_of(BackendFailure const& why);

/// Turns the response that a server sent into one that the forwarder makes.
void become_refusal(flow::Response& response, unsigned status, std::string const& text);

}  // namespace pathology::proxycore::forwarder
