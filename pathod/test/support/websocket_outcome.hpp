// A daemon after a WebSocket handshake, seen from a client that sends raw bytes.
#pragma once

#include <pathology/pathod/daemon.hpp>
#include <string>
#include <string_view>
#include <vector>

#include "support/client.hpp"

namespace pathology::pathod::test {

/// A request that opens a WebSocket, with `more` in front of its empty line.
std::string handshake(std::string_view path = "/chat", std::string_view more = "");

/// What came of one connection.
struct Outcome {
    std::string head, frames;                      ///< of what the client received
    std::string all;                               ///< what the daemon printed
    std::string out;                               ///< the same from the first frame on
    std::vector<proxycore::record::Exchange> log;  ///< without the handshake
};

/// Sends a handshake and what follows it, and waits until the daemon has done with it. The client sends byte by byte
/// when `in_pieces`.
Outcome outcome_of(DaemonOptions options, std::string_view sent, std::string const& request = handshake(),
                   bool in_pieces = false);

}  // namespace pathology::pathod::test
