// What passed a proxy of the test kit.
#pragma once

#include <cstdint>
#include <iosfwd>
#include <optional>
#include <pathology/testkit/reply.hpp>
#include <pathology/testkit/request.hpp>
#include <string>
#include <vector>

namespace pathology::testkit {

/// A WebSocket message (`type` is "text" or "binary"), or what one read of a TCP connection gave ("tcp").
using FlowMessage = proxycore::record::RecordedMessage;

/// A flow that is over: an exchange, with the messages of a WebSocket that followed it; or a TCP connection, which has
/// messages alone.
///
/// Owns: all its text; it is a copy and outlives the proxy.
struct Flow {
    std::uint64_t id = 0;    ///< its number in the order in which flows ended, counting up from 0
    std::string protocol{};  ///< "http", "http2" (the client's side), "websockets", "tcp"
    std::string url{};       ///< that was asked for, "https://origin.test/x"; empty for TCP
    Request request{};       ///< as the addons left it; `tls` is that with the client
    Reply reply{};           ///< likewise; without one `failure` says why; `tls` is that with the server
    std::string error{};     ///< why the flow came to no proper end; empty when it did

    std::optional<proxycore::Endpoint> server{};          ///< host and port that were asked for
    std::optional<proxycore::Endpoint> server_address{};  ///< what was connected to; nothing = nobody was
    std::string mode{}, via{};                                    ///< of the listener; the upstream proxy
    std::vector<FlowMessage> messages{};
    std::optional<proxycore::record::RecordedClose> close{};  ///< how a WebSocket ended

    bool operator==(Flow const& other) const { return id == other.id && url == other.url; }
};

/// For failure messages: the request, the reply or why there was none, and the messages.
void PrintTo(Flow const& flow, std::ostream* out);

}  // namespace pathology::testkit
