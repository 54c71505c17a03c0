#pragma once
// The tokens of the language: what may stand between the colons of a message.
//
// Each struct is one token. Its `info` is its row in the table of tokens; from the rows follow the grammar of tokens
// that are a letter and a value, the hints in error messages, the check for duplicates, header fields over HTTP/1 and
// HTTP/2, and the random messages of the tests. doc/extending.md shows how to add a token.

#include <array>
#include <concepts>
#include <cstdint>
#include <optional>
#include <pathology/language/actions.hpp>
#include <pathology/language/failure.hpp>
#include <pathology/language/token_info.hpp>
#include <pathology/language/values.hpp>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

namespace pathology::language {

// --- HTTP messages ---------------------------------------------------------------------------------------------------

/// `h'Name'='value'`, `h'Name'='value'*100`
struct Header {
    static constexpr TokenInfo info{.letter = "h", .allowed = in::http};
    Value name;
    Value value;
    std::uint64_t count = 1;  ///< so many of it, one behind the other

    friend bool operator==(Header const&, Header const&) = default;
};

/// `c'text/html'`
struct ContentType {
    static constexpr TokenInfo info{.letter = "c", .allowed = in::http, .field = "Content-Type"};
    Value value;

    friend bool operator==(ContentType const&, ContentType const&) = default;
};

/// `l'/next'`
struct Location {
    static constexpr TokenInfo info{.letter = "l", .allowed = in::response, .field = "Location"};
    Value value;

    friend bool operator==(Location const&, Location const&) = default;
};

/// `u'curl/8'`, or one of the shortcuts of user_agents.hpp: `ufirefox`, `uf`.
struct UserAgent {
    static constexpr TokenInfo info{.letter = "u", .allowed = in::request, .field = "User-Agent"};
    struct Shortcut {
        std::string text;  ///< as printed: the lower-case name or letter

        friend bool operator==(Shortcut const&, Shortcut const&) = default;
    };
    std::variant<Shortcut, Value> is;

    friend bool operator==(UserAgent const&, UserAgent const&) = default;
};

/// `r`: nothing is added to the message.
struct Raw {
    static constexpr TokenInfo info{.letter = "r", .allowed = in::http, .exclusive = "raw flag"};

    friend bool operator==(Raw, Raw) = default;
};

/// `m'Very Good'`: the reason phrase.
struct Reason {
    static constexpr TokenInfo info{.letter = "m",
                                    .allowed = in::response,
                                    .exclusive = "reason",
                                    .not_over_http2 = "HTTP/2 has no reason phrase; remove m"};
    Value value;

    friend bool operator==(Reason const&, Reason const&) = default;
};

/// `v'HTTP/1.0'`: the protocol version of the start line.
struct Version {
    static constexpr TokenInfo info{.letter = "v",
                                    .allowed = in::http,
                                    .exclusive = "version",
                                    .not_over_http2 = "HTTP/2 has no version in its messages; remove v"};
    Value value;

    friend bool operator==(Version const&, Version const&) = default;
};

/// `n'\n'`: what ends the lines of the head and of chunks, in place of CRLF.
struct LineEnd {
    static constexpr TokenInfo info{
        .letter = "n", .allowed = in::http, .exclusive = "line end", .not_over_http2 = "HTTP/2 has no lines; remove n"};
    Value value;

    friend bool operator==(LineEnd const&, LineEnd const&) = default;
};

/// `k'data'`, `k'5;x=y'='data'`, `k'data','\n'*3`: a part of the content: a chunk of HTTP/1 (RFC 9112 §7.1), the DATA
/// frames of it over HTTP/2.
struct Chunk {
    static constexpr TokenInfo info{.letter = "k", .allowed = in::http};
    std::optional<Value> size_line = std::nullopt;  ///< std::nullopt: the size in hexadecimal digits
    Value data;
    std::optional<Value> end = std::nullopt;  ///< std::nullopt: a line end
    std::uint64_t count = 1;

    friend bool operator==(Chunk const&, Chunk const&) = default;
};

/// `e'Name'='value'`: a trailer field (RFC 9110 §6.5).
struct Trailer {
    static constexpr TokenInfo info{.letter = "e", .allowed = in::http};
    Value name;
    Value value;
    std::uint64_t count = 1;

    friend bool operator==(Trailer const&, Trailer const&) = default;
};

/// `s'404:b@10'`: a response spec that is appended to the path. The text parses as a response.
struct NestedResponse {
    static constexpr TokenInfo info{.letter = "s", .allowed = in::request, .exclusive = "nested response"};
    std::string spec;

    friend bool operator==(NestedResponse const&, NestedResponse const&) = default;
};

// --- WebSocket frames ------------------------------------------------------------------------------------------------

/// `cping` or `c9`
struct Opcode {
    static constexpr TokenInfo info{.letter = "c", .allowed = in::frame, .exclusive = "opcode"};
    std::uint8_t number = 1;
    std::string text;  ///< as printed: a name or a number

    friend bool operator==(Opcode const&, Opcode const&) = default;
};

/// `l100`: the length the header claims.
struct Length {
    static constexpr TokenInfo info{.letter = "l", .allowed = in::frame, .exclusive = "length"};
    std::uint64_t claimed = 0;

    friend bool operator==(Length const&, Length const&) = default;
};

/// `fin`, `-mask`. Each flag is exclusive with itself; see exclusive_name().
struct Flag {
    static constexpr TokenInfo info{.letter = "fin rsv1 rsv2 rsv3 mask", .allowed = in::frame, .exclusive = "flag"};
    enum class Name : std::uint8_t { fin, rsv1, rsv2, rsv3, mask };
    Name name = Name::fin;
    bool on = true;

    friend bool operator==(Flag const&, Flag const&) = default;
};

/// The names of the flags, in the order of Flag::Name.
inline constexpr std::array<std::string_view, 5> flag_names = {"fin", "rsv1", "rsv2", "rsv3", "mask"};

/// `knone`: no key, even with the mask bit on.
struct NoMaskingKey {
    static constexpr TokenInfo info{.letter = "", .allowed = in::frame, .exclusive = "masking key"};

    friend bool operator==(NoMaskingKey, NoMaskingKey) = default;
};

/// `k'abcd'`
struct MaskingKey {
    static constexpr TokenInfo info{.letter = "k", .allowed = in::frame, .exclusive = "masking key"};
    Value value;

    friend bool operator==(MaskingKey const&, MaskingKey const&) = default;
};

/// `r'…'`: a payload that is never masked.
struct RawBody {
    static constexpr TokenInfo info{.letter = "r", .allowed = in::frame, .exclusive = "body"};
    Value value;

    friend bool operator==(RawBody const&, RawBody const&) = default;
};

/// `f'wf:b"x"'`: a frame spec that pathod is requested to send back. The text parses as a frame.
struct NestedFrame {
    static constexpr TokenInfo info{.letter = "f", .allowed = in::client_frame, .exclusive = "nested frame"};
    std::string spec;

    friend bool operator==(NestedFrame const&, NestedFrame const&) = default;
};

// --- several kinds of messages ---------------------------------------------------------------------------------------

/// `b@1k`: the body of an HTTP message or the payload of a frame.
struct Body {
    static constexpr TokenInfo info{.letter = "b", .allowed = in::http | in::frame, .exclusive = "body"};
    Value value;

    friend bool operator==(Body const&, Body const&) = default;
};

/// `x10`: this message ten times.
struct Times {
    static constexpr TokenInfo info{.letter = "x", .allowed = in::any & ~in::response, .exclusive = "repetition"};
    std::uint64_t count = 1;

    friend bool operator==(Times const&, Times const&) = default;
};

/// The last message of a group, `(get:/ h2f:RST_STREAM)x1000`.
struct GroupEnd {
    static constexpr TokenInfo info{.letter = "", .allowed = 0};
    std::size_t messages = 1;  ///< of the group, with this one
    std::uint64_t count = 1;   ///< how often the group is sent

    friend bool operator==(GroupEnd const&, GroupEnd const&) = default;
};

// --- features --------------------------------------------------------------------------------------------------------

/// One colon-separated part of a message: a token, and the place it was written at (empty if `resolve` added it).
struct Feature {
    /// Every token. The grammar tries them in this order and hints list them in it. `fin` and `rsv1` have to stand
    /// before the tokens whose letter they begin with, `knone` before the key.
    using Kind = std::variant<Header, ContentType, Location, UserAgent, Raw, Reason, Version, LineEnd, NestedResponse,
                              Opcode, Length, Flag, NoMaskingKey, MaskingKey, Times, Body, Chunk, Trailer, RawBody,
                              NestedFrame, WaitFor, PauseAt, RateFrom, DisconnectAt, InjectAt, GroupEnd>;
    Kind is;
    SourceSpan span;

    Feature() = default;
    Feature(Kind kind) : is(std::move(kind)) {}

    /// Compares the features, not their positions.
    friend bool operator==(Feature const& a, Feature const& b) { return a.is == b.is; }
};

using Features = std::vector<Feature>;

/// The first feature of a type, or nullptr: with its place, or the token alone.
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

// --- the table -------------------------------------------------------------------------------------------------------

namespace detail {
template <class... Kinds> constexpr auto rows(std::variant<Kinds...> const* /*type*/) {
    return std::array{Kinds::info...};
}
}  // namespace detail

/// The rows of all tokens, in the order of Feature::Kind.
inline constexpr auto token_table = detail::rows(static_cast<Feature::Kind const*>(nullptr));

inline TokenInfo const& token_info(Feature const& feature) { return token_table[feature.is.index()]; }

/// What a message has at most one of, among it this feature (`body`, `fin flag`); empty if it may be repeated.
inline std::string_view exclusive_name(Feature const& feature) {
    constexpr std::array<std::string_view, flag_names.size()> flags = {"fin flag", "rsv1 flag", "rsv2 flag",
                                                                       "rsv3 flag", "mask flag"};
    auto const* flag = std::get_if<Flag>(&feature.is);
    return flag != nullptr ? flags[static_cast<std::size_t>(flag->name)] : token_info(feature).exclusive;
}

/// A token that requests or responses may have.
template <class Token>
concept HttpToken = (Token::info.allowed & in::http) != 0;

/// A token that acts at an offset and is no part of the message itself.
template <class Token>
concept ActionToken = requires(Token token) {
    token.at;
};

/// A token that is a letter and a value, and nothing else.
template <class Token>
concept ValueToken = !ActionToken<Token> && requires(Token token) {
    Token{Value()}.value;
}
&&!requires(Token token) { token.name; };

/// A token that may be sent several times, `*N`.
template <class Token>
concept RepeatableToken = requires(Token token) {
    token.count;
    requires std::same_as<Token, Header> || std::same_as<Token, Chunk> || std::same_as<Token, Trailer>;
};

/// A token that is a header field.
template <class Token>
concept FieldToken = std::same_as<Token, Header> || !Token::info.field.empty();

/// A token that is content, or belongs to it: nothing of it is sent in response to HEAD.
template <class Token>
concept ContentToken = std::same_as<Token, Body> || std::same_as<Token, Chunk> || std::same_as<Token, Trailer>;

/// A token that messages of HTTP/2 cannot have.
template <class Token>
concept Http1OnlyToken = !Token::info.not_over_http2.empty();

}  // namespace pathology::language
