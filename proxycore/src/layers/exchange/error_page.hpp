// The response that the proxy makes when there is none to forward (P13).
#pragma once

#include <pathology/proxycore/flow/flow.hpp>
#include <pathology/proxycore/flow/response.hpp>
#include <string_view>

namespace pathology::proxycore::layers {

/// A small HTML page with the error message; the connection is closed after it.
flow::Response error_page(unsigned status, std::string_view message);

/// Sets what error_status() returns, before the hook `error`; 0 if the client gets no page.
void set_error_status(flow::Flow& flow, unsigned status);

}  // namespace pathology::proxycore::layers
