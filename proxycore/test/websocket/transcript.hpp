// What an Session heard and said, as text, for tables.
#pragma once
#include <initializer_list>
#include <pathology/proxycore/websocket/session.hpp>
#include <string>
#include <string_view>

namespace pathology::proxycore::websocket::test {

/// A frame of a client, masked with `abcd`.
std::string masked(std::uint8_t opcode, std::string_view payload, bool fin = true);
/// The same with one bit of the first byte more: 0x40 for RSV1, 0x20 for RSV2, 0x10 for RSV3.
std::string masked_with(std::uint8_t bits, std::uint8_t opcode, std::string_view payload, bool fin = true);
/// A frame of a server.
std::string plain(std::uint8_t opcode, std::string_view payload, bool fin = true);

/// The payload of a close frame.
std::string closing(std::uint16_t code, std::string_view reason = {});

/// What came of some bytes, one word after another, separated by ` | `.
struct Transcript {
    std::string received;  ///< `text Hello | ping x | close 1000 bye`, and `! SENTENCE` for a violation
    std::string sent;      ///< the frames in outgoing(), decompressed not: `pong x | close 1000`
    bool operator==(Transcript const&) const = default;
};
void PrintTo(Transcript const& transcript, std::ostream* out);

/// Feeds the pieces one by one, takes every event, and sends each message back when `echoes`.
Transcript transcribe(Session& endpoint, std::span<std::string_view const> pieces, bool echoes = false);

/// The frames in a text of frames, as Transcript shows them.
std::string shown_frames(std::string_view wire);

}  // namespace pathology::proxycore::websocket::test
