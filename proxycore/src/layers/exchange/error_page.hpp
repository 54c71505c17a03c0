// The response that the proxy makes when there is none to forward (P13).
#pragma once

#include <pathology/proxycore/flow/response.hpp>
#include <string_view>

namespace pathology::proxycore::layers {

/// A small HTML page with the error message; the connection is closed after it.
flow::Response error_page(unsigned status, std::string_view message);

}  // namespace pathology::proxycore::layers
