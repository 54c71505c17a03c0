#pragma once
// The base message as pieces in the order of the wire. Measuring and planning start from it.

#include <concepts>
#include <map>
#include <pathology/language/http2.hpp>
#include <pathology/language/plan.hpp>
#include <pathology/language/settings.hpp>
#include <pathology/language/tables.hpp>
#include <string>
#include <variant>
#include <vector>

namespace pathology::language {

/// A part of a message before actions: one of the steps that send.
using Piece = std::variant<SendBytes, SendGenerated, SendFile, SendFramed>;

std::uint64_t size(Piece const& piece);

/// The bytes [from, from + n) of a piece.
Piece cut(Piece const& piece, std::uint64_t from, std::uint64_t n);

/// A sum that saturates at 2^64-1; no message of that length is ever sent to its end.
constexpr std::uint64_t saturating_sum(std::uint64_t a, std::uint64_t b) {
    return a > UINT64_MAX - b ? UINT64_MAX : a + b;
}

/// ASCII in lower case.
std::string lower(std::string_view text);

/// The failure with the span of a feature, unless it has one.
SpecFailure at(Feature const& feature, SpecFailure failure);

/// Numbers the generated values of a message in the order of the AST, so that planning and freezing use the same
/// stream for each. Refers to the message, and reads it at the first request for a number.
class StreamNumbers {
public:
    explicit StreamNumbers(Message const& message) : message_(message) {}

    /// The number of a generated value inside the message.
    std::uint64_t operator[](Generated const& generated);

private:
    void number_all();

    Message const& message_;
    std::vector<std::pair<Generated const*, std::uint64_t>> numbers_;  // sorted by address, for messages with many
};

/// Calls `visit(Value&)` for every value of a token. `TokenRef` is `Token` or `Token const`.
template <class TokenRef, class Visit> void for_each_value_of(TokenRef& token, Visit& visit) {
    if constexpr (std::same_as<std::remove_const_t<TokenRef>, UserAgent>) {
        if (auto* value = std::get_if<Value>(&token.is)) visit(*value);
    } else if constexpr (std::same_as<std::remove_const_t<TokenRef>, Chunk>) {
        if (token.size_line) visit(*token.size_line);
        visit(token.data);
        if (token.end) visit(*token.end);
    } else if constexpr (requires {
                             token.name;
                             token.value;
                         }) {
        visit(token.name);
        visit(token.value);
    } else if constexpr (requires { token.value; }) {
        visit(token.value);
    }
}

/// Calls `visit(Value&)` for every value of a message, in the order of the AST. `MessageRef` is
/// `Message const&` or `Message&`.
template <class MessageRef, class Visit> void for_each_value(MessageRef&& message, Visit visit) {
    if (auto* request = std::get_if<Request>(&message)) {
        if (request->method) visit(*request->method);
        visit(request->path);
    } else if (auto* frame = std::get_if<Http2Frame>(&message)) {
        for (auto& part : frame->payload) {
            if (auto* value = std::get_if<Value>(&part)) visit(*value);
            if (auto* field = std::get_if<PayloadField>(&part)) {
                visit(field->name);
                visit(field->value);
            }
        }
    } else if (auto* preface = std::get_if<Http2Preface>(&message)) {
        if (preface->value) visit(*preface->value);
    } else if (auto* raw = std::get_if<RawMessage>(&message)) {
        visit(raw->value);
    }
    for (auto& feature : features(message)) {
        std::visit([&](auto& token) { for_each_value_of(token, visit); }, feature.is);
    }
}

/// Calls `visit(name, value)` for a token that is a header field: the name is a Value, or for shorthands the text of
/// the table. Returns what `visit` returns.
template <class Token, class Visit>
requires FieldToken<Token> || std::same_as<Token, Trailer>
auto visit_field(Token const& token, Visit const& visit) {
    if constexpr (std::same_as<Token, Header> || std::same_as<Token, Trailer>) {
        return visit(token.name, token.value);
    } else if constexpr (std::same_as<Token, UserAgent>) {
        if (auto const* value = std::get_if<Value>(&token.is)) return visit(Token::info.field, *value);
        auto const known = user_agent_string(std::get<UserAgent::Shortcut>(token.is).text);
        Value const value = Literal{std::string(known.value_or(""))};
        return visit(Token::info.field, value);
    } else {
        return visit(Token::info.field, token.value);
    }
}

/// Returns the masking key of a frame; std::nullopt if it has none. A generated key, which complete() draws, is zero.
/// Errors: SpecErrc::bad_key if it is not four bytes long.
Parsed<std::optional<proxycore::websocket::MaskingKey>> masking_key(Frame const& frame, Settings const& settings);

/// A message before actions, laid out once: measuring, planning and flow control all start from it.
struct Base {
    std::vector<Piece> pieces;
    std::vector<std::uint64_t> frames;     ///< where HTTP/2 frames begin; of those in one SendFramed the first
    std::optional<Http2Parts> parts;       ///< see make_http2_parts()
    std::optional<std::uint64_t> head;     ///< where the head ends; std::nullopt: with the message
    std::optional<std::uint64_t> body;     ///< where the first byte of content is
    std::vector<std::uint64_t> chunks;     ///< where chunks begin, each with its framing
    std::optional<std::uint64_t> trailer;  ///< where the trailer section begins

    std::uint64_t size() const;
    /// Where an HTTP/2 frame begins, counted from 1; std::nullopt if there are fewer.
    std::optional<std::uint64_t> frame(std::uint64_t number) const;
};

/// Turns values into pieces, merging bytes with the bytes before them.
class Layout {
public:
    Layout(Message const& message, Settings const& settings) : settings_(settings), streams_(message) {}

    void add(std::string_view bytes);
    void add(Piece piece);
    void add(Base base);
    Parsed<void> add(Value const& value, std::optional<Mask> mask = std::nullopt);

    /// Marks the start of a frame, or of several in the next piece.
    void begin_frame();

    /// Marks the start of a chunk, or of the trailer section.
    void begin_chunk() { base_.chunks.push_back(size_); }
    void begin_trailer() { base_.trailer = size_; }

    /// Calls `add` so many times. What is repeated has `bytes` bytes that are kept in memory, each time.
    /// Errors: SpecErrc::too_large if that is too much for one message; those of `add`.
    template <class Add> Parsed<void> repeat(std::uint64_t count, std::uint64_t bytes, Add const& add) {
        if (count > 1) {
            if (auto allowed = allow(count, bytes); allowed.has_error()) return allowed;
        }
        for (; count > 0; --count) {
            if (auto added = add(); added.has_error()) return added;
        }
        return {};
    }

    /// Marks the end of the head. The content follows, behind `framing` bytes that frame it.
    void end_head(std::uint64_t framing = 0) {
        base_.head = size_;
        base_.body = saturating_sum(size_, framing);
    }

    /// Keeps the message in parts, for take().
    void keep(Http2Parts parts) { base_.parts = std::move(parts); }

    /// Moves out what was added since the last call.
    Base take();

private:
    Parsed<std::shared_ptr<FileContent const>> open(std::string const& path);
    Parsed<void> allow(std::uint64_t count, std::uint64_t bytes);

    Settings const& settings_;
    std::map<std::string, std::shared_ptr<FileContent const>> files_;  // each file is opened once
    StreamNumbers streams_;
    Base base_;
    std::uint64_t size_ = 0;
    std::uint64_t repeated_ = 0;        // parts that repeat() added
    std::uint64_t repeated_bytes_ = 0;  // of them in memory
};

/// One for each kind of message; lay_out() chooses.
Parsed<void> lay_out_message(Response const& response, Layout& layout, Settings const& settings);
Parsed<void> lay_out_message(Request const& request, Layout& layout, Settings const& settings);
Parsed<void> lay_out_message(Frame const& frame, Layout& layout, Settings const& settings);
Parsed<void> lay_out_message(Http2Frame const& frame, Layout& layout, Settings const& settings);
Parsed<void> lay_out_message(Http2Preface const& preface, Layout& layout, Settings const& settings);
Parsed<void> lay_out_message(RawMessage const& message, Layout& layout, Settings const& settings);

/// HTTP/2 frames of a request or response.
Parsed<void> lay_out_http2(Response const& response, Layout& layout, Settings const& settings);
Parsed<void> lay_out_http2(Request const& request, Layout& layout, Settings const& settings);

/// The base of a message. Offsets need not be numbers yet; frames must have their mask and key.
Parsed<Base> lay_out(Message const& message, Settings const& settings);

/// make_plan() for a message that was laid out.
Parsed<Plan> make_plan(Message const& resolved, Settings const& settings, Base base);

/// The size of a value in bytes.
Parsed<std::uint64_t> measure(Value const& value, Settings const& settings);

/// The number of bytes of the content: a body and the data of chunks.
Parsed<std::uint64_t> content_size(Features const& features, Settings const& settings);

/// The bytes of a literal; 0 for other values, which are not kept in memory.
std::uint64_t bytes_in_memory(Value const& value);

/// Returns true if the features have a header field of that name, in any case.
Parsed<bool> gives_header(Features const& features, std::string_view name, Settings const& settings);

/// The maximum size of a file that is read before it is sent, in bytes.
inline constexpr std::uint64_t small_file = 4096;

/// The bytes of a literal or of a small file; nullopt for generated data.
Parsed<std::optional<std::string>> known_bytes(Value const& value, Settings const& settings);

}  // namespace pathology::language
