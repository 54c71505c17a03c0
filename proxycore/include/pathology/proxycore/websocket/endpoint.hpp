// One side of a WebSocket conversation after the handshake, by the book: bytes in, messages out; messages in, bytes
// out.
//
//   peer's bytes ──prepare/commit──▶ ┌──────────┐ ──next()──▶ message · ping · pong · close · what the peer did wrong
//                                    │ Endpoint │
//   bytes to send ◀──outgoing()───── └──────────┘ ◀── send · ping · close     (answers to pings and closes by itself)
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

/// A whole message, decompressed.
struct Message {
    bool is_text = true;
    std::string_view payload{};
    /// The sizes of the fragments it came in, decompressed; empty = it came in one frame. Of more than
    /// most_fragments_told the last one told takes the rest. A message is sent in the fragments told here.
    std::span<std::size_t const> fragments{};
    bool operator==(Message const& other) const { return is_text == other.is_text && payload == other.payload; }
};

inline constexpr std::size_t most_fragments_told = 1024;

struct Ping {
    std::string_view payload{};
    bool operator==(Ping const&) const = default;
};

struct Pong {
    std::string_view payload{};
    bool operator==(Pong const&) const = default;
};

/// What came; views live until the next call that is not const.
using Event = std::variant<Message, Ping, Pong, Close>;

/// How an endpoint behaves.
struct EndpointSettings {
    Role role = Role::server;
    std::size_t largest_message = 64U << 20U;      ///< bytes, decompressed
    std::optional<DeflateParameters> deflate{};    ///< what the handshake agreed on
    int deflate_level = 1;                         ///< zlib's, 1 (fast) to 9 (small)
    std::size_t deflate_from = 32;                 ///< smaller messages go as they are
    std::function<MaskingKey()> masking_key = {};  ///< for clients: a fresh unpredictable key for each frame
    /// Pings, close frames and violations are answered here; else the caller does, who stands between two.
    bool answers = true;
};

/// Speaks RFC 6455 and RFC 7692 strictly, in both roles.
///
/// Life:   open ─ a close frame went either way ─▶ closing ─ it went both ways, or the peer broke a rule ─▶ over.
/// Errors: the first violation is the answer for good; where `answers` is set, the close frame that says so is in
///         outgoing() then, else messages can be sent until close().
/// Memory: one buffer for what comes and one for what goes; a message that comes in one piece is not copied.
/// Thread: one at a time.
class Endpoint {
public:
    /// An event; nothing = more bytes are needed; or what the peer did wrong.
    using Outcome = boost::system::result<std::optional<Event>, Violation>;

    explicit Endpoint(EndpointSettings settings = {});
    ~Endpoint();
    Endpoint(Endpoint&&) noexcept;
    Endpoint& operator=(Endpoint&&) noexcept;

    /// Room for at least `size` bytes, to read into; then say how many came with `commit`. Take all events first, for
    /// the room to stay small.
    std::span<char> prepare(std::size_t size);
    void commit(std::size_t size);
    /// Takes a copy: prepare, copy, commit.
    void feed(std::string_view bytes);

    /// The next event. Where `answers` is set, pings were answered, and the peer's close frame too, when it comes out
    /// here. Text is judged as it comes, so a violation may come before the end of its message.
    Outcome next();

    /// Appends frames to outgoing(). After a close frame of ours they do nothing.
    void send(Message const& message);
    void ping(std::string_view payload);  ///< at most 125 bytes; more are cut off
    void pong(std::string_view payload);  ///< the same
    void close(Close const& close = {static_cast<std::uint16_t>(CloseCode::normal), {}});

    /// What is to be written; say `clear_outgoing` when it was.
    std::string_view outgoing() const;
    void clear_outgoing();
    /// Swaps it for `empty`, so that more can be said while these bytes are written.
    void take_outgoing(std::string& empty);

    bool is_open() const;  ///< no close frame went either way
    bool is_over() const;  ///< nothing is left to be read; when outgoing() is written, the connection ends

private:
    class Impl;
    std::unique_ptr<Impl> impl_;
};

}  // namespace pathology::proxycore::websocket
