// The part of a record that only a proxy has: route, and messages after a handshake.
#pragma once
#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <pathology/proxycore/endpoint.hpp>
#include <pathology/proxycore/record/tls.hpp>
#include <string>
#include <vector>

namespace pathology::proxycore::record {

/// A complete WebSocket message, or the bytes of one read of a TCP connection.
struct RecordedMessage {
    bool from_client = true;
    std::string type{};              ///< "text", "binary", "tcp"
    std::string content{};           ///< the first bytes, as many as the recorder keeps
    std::uint64_t content_size = 0;  ///< all of them counted
    std::chrono::system_clock::time_point time{};
    bool dropped = false, injected = false;
};

/// How a WebSocket ended.
struct RecordedClose {
    bool by_client = false;
    std::uint16_t code = 1006;
    std::string reason{};
};

struct RecordedRelay {
    Endpoint client{};                                ///< address of the client
    std::string mode{};                               ///< of the listener: "regular", "reverse:http://h:80"
    std::string url{};                                ///< of the request; empty for TCP
    std::optional<Endpoint> server{};                 ///< host and port of the request
    std::optional<Endpoint> server_address{};         ///< resolved; std::nullopt = not connected, or not resolved here
    std::string via{};                                ///< the upstream proxy, "http://proxy.test:3128"; empty = none
    std::string choice{};                             ///< why that one: a JSON object; empty = not recorded
    std::shared_ptr<RecordedTls const> server_tls{};  ///< of the connection to the server
    std::string replay{};                             ///< "request" or "response" if that was replayed; else empty
    std::vector<RecordedMessage> messages{};          ///< the first ones, as many as the recorder keeps
    std::uint64_t message_count = 0;                  ///< all of them counted
    std::optional<RecordedClose> close{};
};

}  // namespace pathology::proxycore::record
