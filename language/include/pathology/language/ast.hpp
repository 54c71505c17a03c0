#pragma once
// A spec as plain structs: messages, made of tokens, made of values. Knows nothing of grammars, files or bytes.
//
// Features keep the order they were given in: header fields are sent in that order, and printing gives the text back.

#include <cstdint>
#include <optional>
#include <pathology/language/tokens.hpp>
#include <pathology/language/values.hpp>
#include <string>
#include <variant>
#include <vector>

namespace pathology::language {

// --- payloads of HTTP/2 frames ---------------------------------------------------------------------------------------

/// `this`, `this+2`, `next`: a stream that is known when the message is sent. resolve() makes a number of it.
struct RelativeStream {
    std::int64_t shift = 0;  ///< from the stream of the message, less than 2^32 in either direction
    bool is_new = false;     ///< `next`: the message opens the next stream of a client, see ClientStreams
    SourceSpan span{};

    /// Compares the streams, not where they are written.
    friend bool operator==(RelativeStream const& a, RelativeStream const& b) {
        return a.shift == b.shift && a.is_new == b.is_new;
    }
};

/// A number of a frame with its spelling: `PING`, `6`, `0x6`, `END_STREAM,PADDED`, `this+2`.
struct FrameNumber {
    std::uint32_t number = 0;
    std::string text;                          ///< as printed
    std::optional<RelativeStream> relative{};  ///< the number is then not known yet

    friend bool operator==(FrameNumber const&, FrameNumber const&) = default;
};

/// `MAX_FRAME_SIZE=100`, `0x99=5`, `INCREMENT=1`, `CANCEL`: a number of so many bytes, the highest first. A setting is
/// its identifier and its value in one number.
struct PayloadNumber {
    std::uint64_t number = 0;
    std::uint8_t width = 4;                    ///< bytes: 1, 4 or 6
    std::string text;                          ///< as printed
    std::optional<RelativeStream> relative{};  ///< `LAST_STREAM=this-2`: the number is then not known yet

    friend bool operator==(PayloadNumber const&, PayloadNumber const&) = default;
};

/// `':status'='200'`: a field of a header block.
struct PayloadField {
    Value name;
    Value value;

    friend bool operator==(PayloadField const&, PayloadField const&) = default;
};

using PayloadPart = std::variant<Value, PayloadNumber, PayloadField>;

// --- messages --------------------------------------------------------------------------------------------------------

/// `404:m'Nope'`, `ws`: an HTTP response. The code is kept as written, because `00200` is sent as written.
struct Response {
    bool websocket = false;
    std::optional<std::string> code;
    Features features;
    /// 1xx, and another response of the same spec follows: no Content-Length is added (RFC 9110 §8.6), and over HTTP/2
    /// it does not end the stream (RFC 9113 §8.1).
    bool is_interim = false;

    friend bool operator==(Response const&, Response const&) = default;
};

/// `get:/path`, `ws:/chat`: an HTTP request.
struct Request {
    bool websocket = false;
    std::optional<Value> method;
    Value path;
    Features features;

    friend bool operator==(Request const&, Request const&) = default;
};

/// `wf:b'hi'`: a WebSocket frame.
struct Frame {
    Features features;

    friend bool operator==(Frame const&, Frame const&) = default;
};

/// `h2f:PING`, `h2f:5:DATA:END_STREAM:1:'hello'`: an HTTP/2 frame. What is not given is computed: the length from the
/// payload, the stream from the place it is used in (as `this`, but 0 for some types), and the payload from the type
/// when there is no length either.
struct Http2Frame {
    std::optional<std::uint32_t> length;  ///< that the header claims, 24 bits
    std::optional<FrameNumber> type;
    std::optional<FrameNumber> flags;
    std::optional<FrameNumber> stream;  ///< 32 bits, with the reserved one
    std::vector<PayloadPart> payload;
    Features features;

    friend bool operator==(Http2Frame const&, Http2Frame const&) = default;
};

/// `h2p`, `h2p:'PRI * HTTP/3.0'`: the connection preface of an HTTP/2 client.
struct Http2Preface {
    std::optional<Value> value;
    Features features;

    friend bool operator==(Http2Preface const&, Http2Preface const&) = default;
};

/// `raw:'ICY 200 OK\r\n\r\n'`, `raw:d0,rst`: bytes that stand for a message. Nothing is added to them.
struct RawMessage {
    Value value;  ///< without one in the text, an empty literal
    Features features;

    friend bool operator==(RawMessage const&, RawMessage const&) = default;
};

using Message = std::variant<Response, Request, Frame, Http2Frame, Http2Preface, RawMessage>;

/// The features of any kind of message.
inline Features const& features(Message const& message) {
    return std::visit([](auto const& m) -> Features const& { return m.features; }, message);
}
inline Features& features(Message& message) {
    return std::visit([](auto& m) -> Features& { return m.features; }, message);
}

/// How often a message is to be sent: N of `xN`, else 1. May be 0.
inline std::uint64_t times(Message const& message) {
    auto const* repeat = find<Times>(features(message));
    return repeat != nullptr ? repeat->count : 1;
}

/// The message without its `xN` and that of its group: one of its repetitions.
inline Message without_times(Message message) {
    std::erase_if(features(message), [](Feature const& feature) {
        return std::holds_alternative<Times>(feature.is) || std::holds_alternative<GroupEnd>(feature.is);
    });
    return message;
}

}  // namespace pathology::language
