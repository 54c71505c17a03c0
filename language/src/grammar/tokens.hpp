#pragma once
// The tokens of messages. A token that is a letter and a value follows from its row in the table; every other one needs
// an overload of `syntax` here, and without it FeatureParser does not compile.

#include <boost/fusion/include/adapt_struct.hpp>
#include <pathology/language/tables.hpp>
#include <pathology/language/tokens.hpp>

#include "grammar/build.hpp"
#include "grammar/pause_time.hpp"
#include "grammar/rate.hpp"
#include "grammar/request_place.hpp"
#include "grammar/value.hpp"

namespace pathology::language::grammar {

// k[SIZE-LINE=]DATA[,END][*N]
struct ChunkParts {
    Value first;
    boost::optional<Value> second;
    boost::optional<Value> end;
    std::uint64_t count = 1;
};

// wOFFSET[,RATE]
struct WaitParts {
    Offset until;
    boost::optional<WrittenRate> rate;
};

}  // namespace pathology::language::grammar

BOOST_FUSION_ADAPT_STRUCT(pathology::language::Header, name, value, count)
BOOST_FUSION_ADAPT_STRUCT(pathology::language::Trailer, name, value, count)
BOOST_FUSION_ADAPT_STRUCT(pathology::language::grammar::ChunkParts, first, second, end, count)
BOOST_FUSION_ADAPT_STRUCT(pathology::language::grammar::WaitParts, until, rate)
BOOST_FUSION_ADAPT_STRUCT(pathology::language::grammar::PauseParts, at, times)
BOOST_FUSION_ADAPT_STRUCT(pathology::language::grammar::RateParts, at, rate)
BOOST_FUSION_ADAPT_STRUCT(pathology::language::InjectAt, at, value)
BOOST_FUSION_ADAPT_STRUCT(pathology::language::DisconnectAt, at, how)

namespace pathology::language::grammar {

template <class Token> using Of = std::type_identity<Token>;

// --- user agents: a full name, a letter, or a value ------------------------------------------------------------------

struct UserAgentSymbols : x3::symbols<std::string> {
    UserAgentSymbols() {
        for (auto const& known : known_user_agents()) {
            add(std::string(known.name), std::string(known.name));
            add(std::string(1, known.shortcut), std::string(1, known.shortcut));
        }
    }
} const user_agent_shortcut;

auto const to_shortcut = [](std::string text) { return UserAgent{UserAgent::Shortcut{std::move(text)}}; };
auto const to_agent_value = [](Value value) { return UserAgent{std::move(value)}; };
auto const user_agent =
    feature<UserAgent>("u", 'u' >> named("a user agent (a name such as firefox, 'text', @SIZE or <FILE)",
                                         build<std::string>(to_shortcut, x3::no_case[user_agent_shortcut]) |
                                             build<Value>(to_agent_value, quoted_value)));

// --- opcodes: a name in any case, or a number below 16 ---------------------------------------------------------------

struct OpcodeSymbols : x3::symbols<Opcode> {
    OpcodeSymbols() {
        static constexpr std::pair<char const*, std::uint8_t> names[] = {{"continue", 0}, {"text", 1}, {"binary", 2},
                                                                         {"close", 8},    {"ping", 9}, {"pong", 10}};
        for (auto const& [name, code] : names) add(name, Opcode{code, name});
    }
} const opcode_name;

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
            errors(context).fail_hard(first, "an opcode up to 15");
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
        for (std::size_t i = 0; i < flag_names.size(); ++i)
            add(std::string(flag_names[i]), Flag{static_cast<Flag::Name>(i), true});
    }
} const flag_name;

auto const to_unset = [](Flag flag) { return Flag{flag.name, false}; };
auto const flag = feature<Flag>(
    "-frm", build<Flag>(to_unset, '-' >> named("a flag (fin rsv1 rsv2 rsv3 mask)", flag_name)) | flag_name);

// --- rates: `t10,1k`, `t10,10/0.1`, `t10,full` -----------------------------------------------------------------------

auto const comma = named("','", x3::lit(','));
auto const to_rate = [](RateParts parts) { return RateFrom{parts.at, parts.rate.is}; };
auto const rate = feature<RateFrom>(
    "t", build<RateParts>(to_rate, 't' >> offset >> comma >> named("a rate (SIZE, SIZE/TIME or full)", RateParser{})));

// --- ends of the connection: `d10`, `d10,rst` ------------------------------------------------------------------------

struct EndingSymbols : x3::symbols<Ending> {
    EndingSymbols() {
        for (std::size_t i = 0; i < ending_names.size(); ++i) add(std::string(ending_names[i]), static_cast<Ending>(i));
    }
} const ending_name;

auto const ending = named("an ending (fin rst half cut hold)", ending_name);
auto const disconnect = feature<DisconnectAt>("d", 'd' >> offset >> ((x3::lit(',') >> ending) | x3::attr(Ending::fin)));

// --- the others ------------------------------------------------------------------------------------------------------

/// A spec inside a spec; it is parsed once the outer one is known to be sound.
auto const nested_text = named(nested_spec_name, quoted_text);

auto const count = ('*' >> named("a number", CountParser{})) | x3::attr(std::uint64_t{1});
auto const field = quoted_value >> named("'='", x3::lit('=')) >> quoted_value >> count;
auto const header = feature<Header>("h", 'h' >> field);
auto const trailer = feature<Trailer>("e", 'e' >> field);
auto const raw = feature<Raw, x3::unused_type>("rR", !x3::no_case[x3::lit("raw")] >> x3::no_case[x3::lit('r')]);
// `raw` behind a frame is the payload `aw`, unless the value of a raw message follows.
auto const raw_message = x3::no_case[x3::lit("raw")] >> (x3::char_("'\"@") | (x3::lit(':') >> x3::char_("'\"@<")));
auto const raw_body = feature<RawBody, Value>("r", !raw_message >> x3::lit('r') >> any_value);
auto const to_chunk = [](ChunkParts parts) {
    Chunk chunk{.data = std::move(parts.first), .count = parts.count};
    if (parts.second) chunk.size_line = std::exchange(chunk.data, std::move(*parts.second));
    if (parts.end) chunk.end = std::move(*parts.end);
    return chunk;
};
auto const chunk = feature<Chunk>(
    "k", build<ChunkParts>(to_chunk, 'k' >> quoted_value >> -('=' >> quoted_value) >> -(',' >> quoted_value) >> count));
auto const to_wait = [](WaitParts parts) { return WaitFor{parts.until, parts.rate ? parts.rate->is : std::nullopt}; };
auto const wait = feature<WaitFor>(
    "w", build<WaitParts>(to_wait, 'w' >> RequestPlaceParser{} >>
                                       -(',' >> named("a rate (SIZE, SIZE/TIME or full)", RateParser{}))));
auto const nested_response = feature<NestedResponse, Word>("s", 's' >> nested_text);
auto const length = feature<Length, std::uint64_t>("l", 'l' >> named("a number", number));
auto const no_masking_key = feature<NoMaskingKey, x3::unused_type>("kK", x3::no_case[x3::lit("knone")]);
auto const nested_frame = feature<NestedFrame, Word>("f", 'f' >> nested_text);
auto const repeat = feature<Times, std::uint64_t>("x", 'x' >> named("a number", number));
auto const to_pause = [](PauseParts parts) { return PauseAt{parts.at, parts.times.shortest, parts.times.longest}; };
auto const pause = feature<PauseAt>(
    "p", build<PauseParts>(to_pause, 'p' >> offset >> comma >> named("seconds (a number or f)", PauseTimesParser{})));
auto const inject = feature<InjectAt>("i", 'i' >> offset >> comma >> quoted_value);

inline auto const& syntax(Of<Header>) { return header; }
inline auto const& syntax(Of<UserAgent>) { return user_agent; }
inline auto const& syntax(Of<Raw>) { return raw; }
inline auto const& syntax(Of<NestedResponse>) { return nested_response; }
inline auto const& syntax(Of<Opcode>) { return opcode; }
inline auto const& syntax(Of<Length>) { return length; }
inline auto const& syntax(Of<Flag>) { return flag; }
inline auto const& syntax(Of<NoMaskingKey>) { return no_masking_key; }
inline auto const& syntax(Of<NestedFrame>) { return nested_frame; }
inline auto const& syntax(Of<Times>) { return repeat; }
inline auto const& syntax(Of<PauseAt>) { return pause; }
inline auto const& syntax(Of<RateFrom>) { return rate; }
inline auto const& syntax(Of<DisconnectAt>) { return disconnect; }
inline auto const& syntax(Of<InjectAt>) { return inject; }
inline auto const& syntax(Of<RawBody>) { return raw_body; }
inline auto const& syntax(Of<Chunk>) { return chunk; }
inline auto const& syntax(Of<Trailer>) { return trailer; }
inline auto const& syntax(Of<WaitFor>) { return wait; }

/// The letter of a token and a value.
template <ValueToken Token> struct LetterAndValue : x3::parser<LetterAndValue<Token>> {
    using attribute_type = Value;
    static bool const has_attribute = true;

    template <class Context, class RuleContext, class Attribute>
    bool parse(Iterator& first, Iterator const& last, Context const& context, RuleContext& rule_context,
               Attribute& attribute) const {
        if constexpr (Http1OnlyToken<Token>) {
            if (x3::get<ProtocolTag>(context) != Protocol::http1) {
                errors(context).refuse(first, Token::info.not_over_http2.data());
                return false;
            }
        }
        auto const* behind = first + 1;
        if (!any_value.parse(behind, last, context, rule_context, attribute)) return false;
        first = behind;
        return true;
    }
};
template <ValueToken Token>
inline constexpr FeatureOf<Token, Value, LetterAndValue<Token>> letter_and_value{Token::info.letter, {}};

template <ValueToken Token> constexpr auto const& syntax(Of<Token> /*token*/) { return letter_and_value<Token>; }

// --- all of them -----------------------------------------------------------------------------------------------------

/// A feature: any of the tokens that one kind of message may have.
template <unsigned kind> struct FeatureParser : x3::parser<FeatureParser<kind>> {
    using attribute_type = Feature;
    static bool const has_attribute = true;

    template <class Context, class RuleContext, class Attribute>
    bool parse(Iterator& first, Iterator const& last, Context const& context, RuleContext& rule_context,
               Attribute& attribute) const {
        x3::skip_over(first, last, context);
        auto const parse_one = [&]<class Token>(Of<Token> token) {
            if constexpr ((Token::info.allowed & kind) == 0) {
                return false;
            } else {
                return syntax(token).parse(first, last, context, rule_context, attribute);
            }
        };
        auto const parse_any = [&]<class... Tokens>(std::variant<Tokens...> const* /*type*/) {
            return (parse_one(Of<Tokens>()) || ...);
        };
        return parse_any(static_cast<Feature::Kind const*>(nullptr));
    }
};

/// `a response feature (h c l r m v n b k e w p t d i)`: a name for FeatureParser<kind>, made from the table.
template <unsigned kind> class Hint {
public:
    constexpr explicit Hint(std::string_view what) {
        append(what);
        char before = '(';
        append(" ");
        for (auto const& token : token_table) {
            if ((token.allowed & kind) == 0 || token.letter.empty()) continue;
            append({&before, 1});
            append(token.letter);
            before = ' ';
        }
        append(")");
    }

    constexpr char const* text() const { return text_.data(); }

private:
    constexpr void append(std::string_view more) {
        for (char const c : more) text_.at(size_++) = c;
    }

    std::array<char, 100> text_{};  // always ends with a zero
    std::size_t size_ = 0;
};

inline constexpr Hint<in::response> response_hint("a response feature");
inline constexpr Hint<in::request> request_hint("a request feature");
inline constexpr Hint<in::server_frame> server_frame_hint("a frame feature");
inline constexpr Hint<in::client_frame> client_frame_hint("a frame feature");
inline constexpr Hint<in::http2_frame> http2_frame_hint("a frame feature");
inline constexpr Hint<in::raw_response> raw_response_hint("a feature of raw");
inline constexpr Hint<in::raw_request> raw_request_hint("a feature of raw");

auto const response_feature = named(response_hint.text(), FeatureParser<in::response>{});
auto const request_feature = named(request_hint.text(), FeatureParser<in::request>{});
auto const server_frame_feature = named(server_frame_hint.text(), FeatureParser<in::server_frame>{});
auto const client_frame_feature = named(client_frame_hint.text(), FeatureParser<in::client_frame>{});
auto const http2_frame_feature = named(http2_frame_hint.text(), FeatureParser<in::http2_frame>{});
auto const raw_response_feature = named(raw_response_hint.text(), FeatureParser<in::raw_response>{});
auto const raw_request_feature = named(raw_request_hint.text(), FeatureParser<in::raw_request>{});

}  // namespace pathology::language::grammar
