#pragma once
// What a spec says, as plain structs: values, features, actions, messages. Knows nothing of grammars, files or bytes.
//
// Features keep the order they were given in, because headers go out in that order and printing gives the text back.

#include <cstdint>
#include <optional>
#include <pathology/language/failure.hpp>
#include <string>
#include <variant>
#include <vector>

namespace pathology::language {

// --- values ----------------------------------------------------------------------------------------------------------

/// Bytes written down in the spec. `bare` words print without quotes.
struct Literal {
    std::string bytes;
    bool bare = false;

    friend bool operator==(Literal const&, Literal const&) = default;
};

/// The alphabets of generated data (`generator.hpp` has their bytes).
enum class DataType : std::uint8_t {
    ascii_letters,
    ascii_lowercase,
    ascii_uppercase,
    digits,
    hexdigits,
    octdigits,
    punctuation,
    whitespace,
    ascii,
    bytes
};

/// Size suffixes; the value is the power of 1024.
enum class SizeUnit : std::uint8_t { b = 0, k = 1, m = 2, g = 3, t = 4 };

/// `@100k,digits`: that many random symbols of an alphabet. The grammar refuses counts that overflow 64 bits.
struct Generated {
    std::uint64_t count = 0;
    SizeUnit unit = SizeUnit::b;
    DataType type = DataType::bytes;

    constexpr std::uint64_t size() const { return count << (10U * static_cast<unsigned>(unit)); }
    friend bool operator==(Generated const&, Generated const&) = default;
};

/// `<path`: the content of a file, relative to the folder the program may read.
struct FileValue {
    std::string path;

    friend bool operator==(FileValue const&, FileValue const&) = default;
};

using Value = std::variant<Literal, Generated, FileValue>;

// --- places in a message ---------------------------------------------------------------------------------------------

/// Where an action happens, counted in bytes of the base message: a number, a random place, or the end.
struct Offset {
    enum class Kind : std::uint8_t { number, random, end };
    Kind kind = Kind::number;
    std::uint64_t number = 0;

    friend bool operator==(Offset const&, Offset const&) = default;
};

// --- actions ---------------------------------------------------------------------------------------------------------

/// `p10,2` or `pr,f`: stop sending for so many seconds; nullopt is for ever.
struct PauseAt {
    Offset at;
    std::optional<std::uint64_t> seconds;

    friend bool operator==(PauseAt const&, PauseAt const&) = default;
};

/// `d10`: close the connection in an orderly way.
struct DisconnectAt {
    Offset at;

    friend bool operator==(DisconnectAt const&, DisconnectAt const&) = default;
};

/// `i10,'x'`: send extra bytes that the rest of the message does not know of.
struct InjectAt {
    Offset at;
    Value value;

    friend bool operator==(InjectAt const&, InjectAt const&) = default;
};

// --- features of HTTP/1 messages -------------------------------------------------------------------------------------

/// `h'Name'='value'`
struct Header {
    Value name;
    Value value;

    friend bool operator==(Header const&, Header const&) = default;
};

/// `c'text/html'`
struct ContentType {
    Value value;

    friend bool operator==(ContentType const&, ContentType const&) = default;
};

/// `l'/next'`
struct Location {
    Value value;

    friend bool operator==(Location const&, Location const&) = default;
};

/// `u'curl/8'`, or one of the shortcuts of user_agents.hpp: `ufirefox`, `uf`.
struct UserAgent {
    struct Shortcut {
        std::string text;  ///< as printed: the lower-case name or letter

        friend bool operator==(Shortcut const&, Shortcut const&) = default;
    };
    std::variant<Shortcut, Value> is;

    friend bool operator==(UserAgent const&, UserAgent const&) = default;
};

/// `m'Very Good'`
struct Reason {
    Value value;

    friend bool operator==(Reason const&, Reason const&) = default;
};

/// `r`: nothing is added to the message.
struct Raw {
    friend bool operator==(Raw, Raw) = default;
};

/// `b@1k`: the body of an HTTP message or the payload of a frame.
struct Body {
    Value value;

    friend bool operator==(Body const&, Body const&) = default;
};

/// `s'404:b@10'`: a response spec that is appended to the path. The text parses as a response.
struct NestedResponse {
    std::string spec;

    friend bool operator==(NestedResponse const&, NestedResponse const&) = default;
};

/// `x10`: this message ten times.
struct Times {
    std::uint64_t count = 1;

    friend bool operator==(Times const&, Times const&) = default;
};

// --- features of WebSocket frames ------------------------------------------------------------------------------------

/// `cping` or `c9`
struct Opcode {
    std::uint8_t number = 1;
    std::string text;  ///< as printed: a name or a number

    friend bool operator==(Opcode const&, Opcode const&) = default;
};

/// `fin`, `-mask`
struct Flag {
    enum class Name : std::uint8_t { fin, rsv1, rsv2, rsv3, mask };
    Name name = Name::fin;
    bool on = true;

    friend bool operator==(Flag const&, Flag const&) = default;
};

/// `l100`: the length the header claims.
struct Length {
    std::uint64_t claimed = 0;

    friend bool operator==(Length const&, Length const&) = default;
};

/// `k'abcd'`
struct MaskingKey {
    Value value;

    friend bool operator==(MaskingKey const&, MaskingKey const&) = default;
};

/// `knone`: no key, even with the mask bit on.
struct NoMaskingKey {
    friend bool operator==(NoMaskingKey, NoMaskingKey) = default;
};

/// `r'…'`: a payload that is never masked.
struct RawBody {
    Value value;

    friend bool operator==(RawBody const&, RawBody const&) = default;
};

/// `f'wf:b"x"'`: a frame spec that pathod is asked to send back. The text parses as a frame.
struct NestedFrame {
    std::string spec;

    friend bool operator==(NestedFrame const&, NestedFrame const&) = default;
};

// --- payloads of HTTP/2 frames ---------------------------------------------------------------------------------------

/// A number of a frame with its spelling: `PING`, `6`, `0x6`, `END_STREAM,PADDED`.
struct FrameNumber {
    std::uint32_t number = 0;
    std::string text;  ///< as printed

    friend bool operator==(FrameNumber const&, FrameNumber const&) = default;
};

/// `MAX_FRAME_SIZE=100`, `0x99=5`, `INCREMENT=1`, `CANCEL`: a number of so many bytes, the highest first. A setting is
/// its identifier and its value in one.
struct PayloadNumber {
    std::uint64_t number = 0;
    std::uint8_t width = 4;  ///< bytes: 1, 4 or 6
    std::string text;        ///< as printed

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

/// One colon-separated part of a message, with the place it was written at (empty for parts that `resolve` added).
struct Feature {
    using Kind =
        std::variant<Header, ContentType, Location, UserAgent, Reason, Raw, Body, NestedResponse, Times, Opcode, Flag,
                     Length, MaskingKey, NoMaskingKey, RawBody, NestedFrame, PauseAt, DisconnectAt, InjectAt>;
    Kind is;
    SourceSpan span;

    Feature() = default;
    Feature(Kind kind) : is(std::move(kind)) {}

    /// Two features are equal when they say the same, wherever they stand.
    friend bool operator==(Feature const& a, Feature const& b) { return a.is == b.is; }
};

using Features = std::vector<Feature>;

/// `404:m'Nope'`, `ws`: an HTTP response. The code is kept as written, because `00200` is sent as written.
struct Response {
    bool websocket = false;
    std::optional<std::string> code;
    Features features;

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
/// payload, the stream from the place it is used in, and the payload from the type when there is no length either.
struct Http2Frame {
    std::optional<std::uint32_t> length;  ///< that the header claims, 24 bits
    std::optional<FrameNumber> type;
    std::optional<FrameNumber> flags;
    std::optional<FrameNumber> stream;  ///< 32 bits, with the reserved one
    std::vector<PayloadPart> payload;
    Features features;

    friend bool operator==(Http2Frame const&, Http2Frame const&) = default;
};

/// `h2p`, `h2p:'PRI * HTTP/3.0'`: the bytes a client begins an HTTP/2 connection with.
struct Http2Preface {
    std::optional<Value> value;
    Features features;

    friend bool operator==(Http2Preface const&, Http2Preface const&) = default;
};

using Message = std::variant<Response, Request, Frame, Http2Frame, Http2Preface>;

/// The features of any kind of message.
inline Features const& features(Message const& message) {
    return std::visit([](auto const& m) -> Features const& { return m.features; }, message);
}
inline Features& features(Message& message) {
    return std::visit([](auto& m) -> Features& { return m.features; }, message);
}

/// The one feature of a type that a message has at most once, or nullptr: with its place, or what it says.
template <class Kind> Feature const* find_feature(Features const& features) {
    for (auto const& feature : features) {
        if (std::holds_alternative<Kind>(feature.is)) return &feature;
    }
    return nullptr;
}
template <class Kind> Kind const* find(Features const& features) {
    auto const* feature = find_feature<Kind>(features);
    return feature != nullptr ? std::get_if<Kind>(&feature->is) : nullptr;
}

/// How often a message is to be sent: what `xN` says, else once. May be 0.
inline std::uint64_t times(Message const& message) {
    auto const* repeat = find<Times>(features(message));
    return repeat != nullptr ? repeat->count : 1;
}

}  // namespace pathology::language
