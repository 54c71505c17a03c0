// The flows F1 to F6 of the match table.
#pragma once

#include <array>
#include <memory>
#include <pathology/proxycore/flow/flow.hpp>

namespace pathology::proxycore::filter {

/// F1 is at 0:
///
///     F1  GET http://example.com/index.html?q=1     200 with text/html
///     F2  POST https://api.example.com/v1/items?x=y with JSON, no response
///     F3  GET http://10.0.0.9/a.css                 Host cdn.example.org; 404 with text/css in gzip
///     F4  DELETE http://down.test/                  an error, no response
///     F5  TCP to 10.0.0.5:7000                      a message each way
///     F6  GET https://ws.example.com/chat           101, marked, a message each way
std::array<std::unique_ptr<flow::Flow>, 6> make_sample_flows();

}  // namespace pathology::proxycore::filter
