// HTTP2_FRAME and HTTP2_PREFACE:
//
//     h2f [":" LENGTH] [":" TYPE] [":" FLAGS] [":" STREAM] [":" PAYLOAD] *(":" FEATURE)
//     h2p [":" VALUE] *(":" FEATURE)
//
// All slots are optional, so the form of a word decides its slot: a name of a type, a name of a flag, a number (the
// first one is the length, one after the flags the stream), `this` or `next` (stream), NAME=VALUE or a quoted text
// (payload).

#include "grammar/http2_frame.hpp"

#include <boost/fusion/include/adapt_struct.hpp>

#include "grammar/http2_tokens.hpp"
#include "grammar/tokens.hpp"

namespace pathology::language::grammar {

struct FrameParts {
    boost::optional<FrameNumber> length;
    boost::optional<FrameNumber> type;
    boost::optional<FrameNumber> flags;
    boost::optional<FrameNumber> stream;
    boost::optional<std::vector<PayloadPart>> payload;
    Features features;
};
struct PrefaceParts {
    boost::optional<Value> value;
    Features features;
};
struct ValuePart {
    Value value;
    boost::optional<Value> field;  // behind '='
};

}  // namespace pathology::language::grammar

BOOST_FUSION_ADAPT_STRUCT(pathology::language::grammar::FrameParts, length, type, flags, stream, payload, features)
BOOST_FUSION_ADAPT_STRUCT(pathology::language::grammar::PrefaceParts, value, features)
BOOST_FUSION_ADAPT_STRUCT(pathology::language::grammar::ValuePart, value, field)
BOOST_FUSION_ADAPT_STRUCT(pathology::language::PayloadField, name, value)

namespace pathology::language::grammar {
namespace {

std::optional<std::uint32_t> type_number(std::string_view name) {
    auto const found = http2::frame_type(name);
    return found ? std::optional(static_cast<std::uint32_t>(*found)) : std::nullopt;
}

// --- slots -----------------------------------------------------------------------------------------------------------

auto const slot = x3::lit(':');
auto const claimed_length = FrameNumberParser(0xffffff, "a length below 2^24");
auto const type = FrameNumberParser(0xff, "a frame type up to 0xff", type_number);
auto const stream = StreamParser();

// A number in the first slot, or after the length, always fills that slot.
auto const no_number = !(slot >> PlainNumberParser{});

// --- payload ---------------------------------------------------------------------------------------------------------

auto const to_number_part = [](PayloadNumber number) { return PayloadPart(std::move(number)); };
auto const to_value_part = [](ValuePart part) {
    if (!part.field) return PayloadPart(std::move(part.value));
    return PayloadPart(PayloadField{std::move(part.value), std::move(*part.field)});
};
auto const to_field_part = [](PayloadField field) { return PayloadPart(std::move(field)); };
auto const field_name = build<Word>(to_literal, FieldNameParser{});
auto const payload_part = build<PayloadNumber>(to_number_part, PayloadNumberParser{}) |
                          build<ValuePart>(to_value_part, quoted_value >> -('=' >> any_value)) |
                          build<PayloadField>(to_field_part, field_name >> '=' >> any_value);
auto const payload = named("a payload (a value, a field NAME=VALUE, a setting, an error)", payload_part) % ',';

// --- messages --------------------------------------------------------------------------------------------------------

// An empty length keeps a number that follows from being taken for it: `h2f::0x99`.
auto const empty_length = x3::omit[slot >> &slot];  // a FrameNumber without text

auto const to_optional = [](auto& given) { return given ? std::optional(std::move(*given)) : std::nullopt; };
auto const to_frame = [](FrameParts parts) {
    Http2Frame frame;
    if (parts.length && !parts.length->text.empty()) frame.length = parts.length->number;
    frame.type = to_optional(parts.type);
    frame.flags = to_optional(parts.flags);
    frame.stream = to_optional(parts.stream);
    if (parts.payload) frame.payload = std::move(*parts.payload);
    frame.features = std::move(parts.features);
    return Message(std::move(frame));
};
auto const to_preface = [](PrefaceParts parts) {
    return Message(Http2Preface{to_optional(parts.value), std::move(parts.features)});
};

auto const frame = build<FrameParts>(
    to_frame, x3::no_case[x3::lit("h2f")] >> (slot >> named("a length", claimed_length) | empty_length | no_number) >>
                  (slot >> named("a frame type (such as DATA)", type) | no_number) >>
                  -(slot >> named("flags (such as END_STREAM)", FlagsParser{})) >>
                  -(slot >> named("a stream", stream)) >> -(slot >> payload) >> *(colon >> http2_frame_feature));
auto const preface = build<PrefaceParts>(
    to_preface, x3::no_case[x3::lit("h2p")] >> -(colon >> quoted_value) >> *(colon >> http2_frame_feature));
auto const message = frame | preface;

}  // namespace

bool parse_http2_frame(Iterator& first, Iterator last, char const* begin, ErrorCollector& seen, Message& into) {
    auto const skipping = x3::make_context<x3::skipper_tag>(skipper);
    auto const placed = x3::make_context<BeginTag>(begin, skipping);
    auto const context = x3::make_context<ErrorsTag>(seen, placed);
    return message.parse(first, last, context, x3::unused, into);
}

}  // namespace pathology::language::grammar
