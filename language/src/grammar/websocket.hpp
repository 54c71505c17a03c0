#pragma once
// FRAME and CLIENT_FRAME.

#include "grammar/http.hpp"

namespace pathology::language::grammar {

// --- opcodes: a name in any case, or a number below 16 ---------------------------------------------------------------

struct OpcodeSymbols : x3::symbols<Opcode> {
    OpcodeSymbols() {
        static constexpr std::pair<char const*, std::uint8_t> names[] = {{"continue", 0}, {"text", 1}, {"binary", 2},
                                                                         {"close", 8},    {"ping", 9}, {"pong", 10}};
        for (auto const& [name, code] : names) add(name, Opcode{code, name});
    }
} const opcode_name;

/// A number up to a limit that the spec is told of.
struct OpcodeNumber : x3::parser<OpcodeNumber> {
    using attribute_type = Opcode;
    static bool const has_attribute = true;

    template <class Context, class RuleContext, class Attribute>
    bool parse(Iterator& first, Iterator const& last, Context const& context, RuleContext& rule_context,
               Attribute& attribute) const {
        auto const* it = first;
        std::uint64_t value = 0;
        if (!number.parse(it, last, context, rule_context, value)) return false;
        if (value > 15) {
            furthest(context).insist(first, "an opcode up to 15");
            return false;
        }
        first = it;
        x3::traits::move_to(Opcode{static_cast<std::uint8_t>(value), std::to_string(value)}, attribute);
        return true;
    }
};

auto const opcode =
    feature<Opcode>("c", 'c' >> named("an opcode (a name or 0 to 15)", x3::no_case[opcode_name] | OpcodeNumber{}));

// --- flags: `fin`, `-fin` --------------------------------------------------------------------------------------------

struct FlagSymbols : x3::symbols<Flag> {
    FlagSymbols() {
        static constexpr std::pair<char const*, Flag::Name> names[] = {{"fin", Flag::Name::fin},
                                                                       {"rsv1", Flag::Name::rsv1},
                                                                       {"rsv2", Flag::Name::rsv2},
                                                                       {"rsv3", Flag::Name::rsv3},
                                                                       {"mask", Flag::Name::mask}};
        for (auto const& [name, flag] : names) add(name, Flag{flag, true});
    }
} const flag_name;

auto const to_unset = [](Flag flag) { return Flag{flag.name, false}; };
auto const flag = feature<Flag>(
    "-frm", build<Flag>(to_unset, '-' >> named("a flag (fin rsv1 rsv2 rsv3 mask)", flag_name)) | flag_name);

// --- the rest --------------------------------------------------------------------------------------------------------

auto const length = feature<Length, std::uint64_t>("l", 'l' >> named("a number", number));
auto const no_masking_key = feature<NoMaskingKey, x3::unused_type>("kK", x3::no_case[x3::lit("knone")]);
auto const masking_key = feature<MaskingKey, Value>("k", 'k' >> any_value);
auto const raw_body = feature<RawBody, Value>("r", 'r' >> any_value);
auto const nested_frame = feature<NestedFrame, Word>("f", 'f' >> nested_text);

// Flags come before the letters they begin with: `rsv1` is no raw body.
auto const frame_feature =
    opcode | length | flag | pause | disconnect | inject | no_masking_key | masking_key | repeat | body | raw_body;
auto const server_frame_feature = named("a frame feature (c l fin rsv1 rsv2 rsv3 mask k x b r p d i)", frame_feature);
auto const client_frame_feature =
    named("a frame feature (c l fin rsv1 rsv2 rsv3 mask k x b r f p d i)", frame_feature | nested_frame);

auto const to_frame = [](Features parts) { return Message(Frame{std::move(parts)}); };
auto const wf = x3::no_case[x3::lit("wf")];
auto const server_frame =
    named("a frame (wf:...)", build<Features>(to_frame, wf >> colon >> *(colon >> server_frame_feature)));
auto const client_frame =
    named("a frame (wf:...)", build<Features>(to_frame, wf >> colon >> *(colon >> client_frame_feature)));

}  // namespace pathology::language::grammar
