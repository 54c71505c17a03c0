// Fields that end at a proxy (RFC 9110 §7.6.1).
#pragma once

#include <pathology/proxycore/flow/http_flow.hpp>
#include <pathology/proxycore/http/fields.hpp>

namespace pathology::proxycore::forwarder {

/// Whether a request asks for a WebSocket by an upgrade (RFC 6455 §4.1).
bool is_websocket_upgrade(flow::Request const& request);

/// Removes the fields of a connection from a request, those that Connection names too. Of an upgrade to WebSocket,
/// Connection and Upgrade stay.
void drop_hop_by_hop(flow::Request& request);

/// The same for a response; Transfer-Encoding stays, since it describes the message for the client.
void drop_hop_by_hop(flow::Response& response);

}  // namespace pathology::proxycore::forwarder
