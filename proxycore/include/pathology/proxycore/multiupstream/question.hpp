// What an upstream is wanted for.
#pragma once

#include <cstdint>
#include <pathology/proxycore/flow/id.hpp>
#include <pathology/proxycore/flow/request.hpp>
#include <string_view>

namespace pathology::proxycore::multiupstream {

/// A request, or a connection for bytes that are not HTTP.
///
/// Views: must live until the call returns to which the question is passed.
struct Question {
    std::string_view host;   ///< of the target: a name or an address, in any case, without brackets
    std::uint16_t port = 0;  ///< of the target
    flow::Id client{};       ///< the client connection, which keeps its upstream; all zero = none, nothing is kept
    std::string_view client_address{};       ///< the client's host, without its port
    bool is_websocket = false;               ///< it asks for an upgrade to WebSocket
    std::string_view user{};                 ///< as which the client authenticated; empty = did not
    flow::Request const* request = nullptr;  ///< for hash keys of headers and cookies; nullptr = there is none
};

}  // namespace pathology::proxycore::multiupstream
