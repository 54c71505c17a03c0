// Flows recorded by a proxy of the test kit.
#pragma once

#include <cstdint>
#include <iosfwd>
#include <optional>
#include <pathology/kit/message.hpp>
#include <string>
#include <vector>

namespace pathology::kit {

/// A WebSocket message (`type` is "text" or "binary"), or the bytes of one read of a TCP connection ("tcp").
using FlowMessage = proxycore::record::RecordedMessage;

/// A finished flow: an HTTP exchange, with the messages of a WebSocket if it opened one, or a TCP connection with its
/// messages.
///
/// Owns: all its text. It is a copy that outlives the proxy.
struct Flow {
    std::uint64_t id = 0;    ///< its number in the order in which flows ended, counting up from 0
    std::string protocol{};  ///< "http", "http2" (the client's side), "websockets", "tcp"
    std::string url{};       ///< the requested URL, "https://origin.test/x"; empty for TCP
    Request request{};       ///< after all addons; `tls` is the connection to the client
    Response response{};     ///< after all addons; `failure`: why there is none; `tls` is that to the server
    std::string error{};     ///< why the flow failed; empty if it did not

    std::optional<proxycore::Endpoint> server{};          ///< the requested endpoint
    std::optional<proxycore::Endpoint> server_address{};  ///< the connected one; std::nullopt: no connection
    std::string mode{}, via{};                            ///< of the listener; the upstream proxy
    std::string
        choice{};  ///< in multi-upstream mode: why that proxy, a JSON object; empty without multiupstream_explain
    std::vector<FlowMessage> messages{};
    std::optional<proxycore::record::RecordedClose> close{};  ///< how a WebSocket ended

    bool operator==(Flow const& other) const { return id == other.id && url == other.url; }
};

/// Prints the request, the response or why there is none, and the messages.
std::ostream& operator<<(std::ostream& out, Flow const& flow);

}  // namespace pathology::kit
