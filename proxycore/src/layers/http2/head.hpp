// Converts heads between flows and HTTP/2: pseudo-header fields, connection fields, WebSockets by CONNECT.
//
// An extended CONNECT for a WebSocket (RFC 8441) is an Upgrade in the flow, as in HTTP/1. So flows have one kind of
// WebSocket, and the two sides may use different versions.
#pragma once

#include <cstdint>
#include <optional>
#include <pathology/proxycore/flow/request.hpp>
#include <pathology/proxycore/flow/response.hpp>
#include <pathology/proxycore/http2/message.hpp>
#include <string_view>

namespace pathology::proxycore::layers {

/// The request of a flow. Scheme, host and port come from `:scheme` and `:authority`, if these are valid; a CONNECT has
/// no scheme and must name its port.
flow::Request request_of(http2::Request const& request);

/// Whether it is a CONNECT that is not extended.
bool asks_for_tunnel(http2::Request const& request);
/// Whether it opens a WebSocket: by extended CONNECT, or by an Upgrade without a body.
bool asks_for_websocket(http2::Request const& request);
bool asks_for_websocket(flow::Request const& request);

/// The head to send to an HTTP/2 server. `size` is that of the whole body, if it is known.
http2::Request head_of(flow::Request const& request, std::optional<std::uint64_t> size);
/// The extended CONNECT for an Upgrade, for a server that has announced it (RFC 8441 §3).
http2::Request extended_connect_of(flow::Request const& request);

/// The head to send to an HTTP/2 client.
http::ResponseHead head_of(flow::Response const& response, std::optional<std::uint64_t> size);
http::ResponseHead head_of(http::ResponseHead const& interim);

/// The fields without those of an HTTP/1 connection (RFC 9113 §8.2.2).
http::Fields carried(http::Fields const& fields);

/// Converts the response to an extended CONNECT to that of an Upgrade with this key.
http::ResponseHead upgraded(http::ResponseHead head, std::string_view key);

}  // namespace pathology::proxycore::layers
