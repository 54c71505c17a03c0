// Heads between flows and HTTP/2: pseudo-header fields, what HTTP/2 does not carry, WebSockets by CONNECT.
//
// A WebSocket that begins with an extended CONNECT (RFC 8441) is an Upgrade in the flow, as if by HTTP/1: whoever looks
// at flows knows one kind of it, and the two sides may speak different versions.
#pragma once

#include <cstdint>
#include <optional>
#include <pathology/proxycore/flow/request.hpp>
#include <pathology/proxycore/flow/response.hpp>
#include <pathology/proxycore/http2/message.hpp>
#include <string_view>

namespace pathology::proxycore::layers {

/// The request as a flow has it. Scheme, host and port are those of its `:scheme` and `:authority`, as far as these say
/// something; a CONNECT has no scheme, and has to name its port.
flow::Request request_of(http2::Request const& asked);

/// Whether it asks for a tunnel: by CONNECT that is not extended.
bool asks_for_tunnel(http2::Request const& asked);
/// Whether it asks for a WebSocket: by extended CONNECT, or by an Upgrade, which has no body.
bool asks_for_websocket(http2::Request const& asked);
bool asks_for_websocket(flow::Request const& request);

/// What to send for a request to a server of HTTP/2. `size` is that of the whole body, as far as it is known.
http2::Request head_of(flow::Request const& request, std::optional<std::uint64_t> size);
/// The extended CONNECT for an Upgrade, where the server has said that it takes one (RFC 8441 §3).
http2::Request extended_connect_of(flow::Request const& request);

/// What to send for a response to a client of HTTP/2.
http::ResponseHead head_of(flow::Response const& response, std::optional<std::uint64_t> size);
http::ResponseHead head_of(http::ResponseHead const& interim);

/// Those of these fields that HTTP/2 may carry (RFC 9113 §8.2.2).
http::Fields carried(http::Fields const& fields);

/// The answer to an extended CONNECT as one to the Upgrade that had this key.
http::ResponseHead upgraded(http::ResponseHead head, std::string_view key);

}  // namespace pathology::proxycore::layers
