// One endpoint of a WebSocket connection after the handshake, without I/O.
//
//   received bytes ──prepare/commit──▶ ┌─────────┐ ──next()──▶ message · ping · pong · close · violation
//                                      │ Session │
//   bytes to send ◀────outgoing()───── └─────────┘ ◀── send · ping · close    (pong and close in response: itself)
#pragma once
#include <boost/system/result.hpp>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <pathology/proxycore/websocket/close.hpp>
#include <pathology/proxycore/websocket/deflate.hpp>
#include <pathology/proxycore/websocket/frame_reader.hpp>
#include <pathology/proxycore/websocket/opcode.hpp>
#include <span>
#include <string>
#include <string_view>
#include <variant>

namespace pathology::proxycore::websocket {

/// A complete message, decompressed.
struct Message {
    bool is_text = true;
    std::string_view payload{};
    /// The sizes of its fragments, decompressed; empty = one frame. At most max_fragment_sizes sizes: the last one
    /// includes the rest. A message is sent in these fragments.
    std::span<std::size_t const> fragments{};
    bool operator==(Message const& other) const { return is_text == other.is_text && payload == other.payload; }
};

inline constexpr std::size_t max_fragment_sizes = 1024;

struct Ping {
    std::string_view payload{};
    bool operator==(Ping const&) const = default;
};

struct Pong {
    std::string_view payload{};
    bool operator==(Pong const&) const = default;
};

/// What was received. Views are valid until the next call that is not const.
using Event = std::variant<Message, Ping, Pong, Close>;

struct SessionSettings {
    Role role = Role::server;
    std::size_t largest_message = 64U << 20U;      ///< bytes, decompressed
    std::optional<DeflateParameters> deflate{};    ///< negotiated in the handshake
    int deflate_level = 1;                         ///< level of zlib, 1 (fast) to 9 (small)
    std::size_t deflate_from = 32;                 ///< bytes; smaller messages are not compressed
    std::function<MaskingKey()> masking_key = {};  ///< for clients: a fresh unpredictable key for each frame
    /// Respond to pings, close frames and violations. A relay sets it to false and passes them to the other peer.
    bool responds = true;
};

/// One side of a WebSocket connection without I/O, strict about RFC 6455 and RFC 7692, in either role.
///
///     open ── close() ───────────────▶ closing (ours sent) ──── peer's close frame ──┐
///       ├──── peer's close frame ────▶ closing (theirs read) ── close() ─────────────┼──▶ over
///       └──── violation by the peer ─────────────────────────────────────────────────┘
///
/// Errors: the first violation is final: every further next() repeats it. With `responds` the close frame for it is in
///         outgoing(); without, messages can be sent until close().
/// Memory: one buffer for each direction; a message that arrives in one piece is not copied.
/// Thread: not thread-safe.
class Session {
public:
    /// An event; std::nullopt if more bytes are needed; or the violation by the peer.
    using Outcome = boost::system::result<std::optional<Event>, Violation>;

    explicit Session(SessionSettings settings = {});
    ~Session();
    Session(Session&&) noexcept;
    Session& operator=(Session&&) noexcept;

    /// Space for at least `size` bytes to read into; commit() then takes those that arrived. Handle all events first,
    /// so that the buffer stays small.
    std::span<char> prepare(std::size_t size);
    void commit(std::size_t size);
    /// Appends a copy of `bytes`.
    void feed(std::string_view bytes);

    /// Returns the next event. With `answers`, the response to a ping or a close frame is in outgoing() already. Text
    /// is checked as it arrives, so a violation may precede the end of its message.
    Outcome next();
    /// The same for a thread that has other work: a few bytes may decompress to many, so a call does a part of that. It
    /// returns no event then, and wants_next() is true until the next call.
    Outcome next_step();
    bool wants_next() const;

    /// Append frames to outgoing(). They do nothing after our close frame.
    void send(Message const& message);
    /// The same for a thread that has other work: a large message is compressed by calls of send_step() while
    /// is_sending(), the last of which appends its frames. Another message, or close(), completes it first.
    void start_sending(Message const& message);
    bool is_sending() const;
    void send_step();
    void ping(std::string_view payload);  ///< at most 125 bytes; the rest is cut off
    void pong(std::string_view payload);  ///< the same
    void close(Close const& close = {static_cast<std::uint16_t>(CloseCode::normal), {}});

    /// The bytes to write; call clear_outgoing() after writing them.
    std::string_view outgoing() const;
    void clear_outgoing();
    /// Swaps the outgoing bytes with `empty`, so that more can be appended while these are written.
    void take_outgoing(std::string& empty);

    bool is_open() const;  ///< no close frame was sent or received
    bool is_over() const;  ///< nothing more is read; the connection ends once outgoing() is written

private:
    class Impl;
    std::unique_ptr<Impl> impl_;
};

}  // namespace pathology::proxycore::websocket
