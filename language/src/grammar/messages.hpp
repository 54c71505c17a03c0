#pragma once
// RESPONSE, REQUEST, FRAME, CLIENT_FRAME and RAW:
//
//     response = ( "ws" [":" CODE] | CODE ) *(":" FEATURE)
//     request  = ( "ws" [":" METHOD] | METHOD ) ":" PATH *(":" FEATURE)
//     frame    = "wf" ":" *(":" FEATURE)
//     raw      = "raw" [":" VALUE] *(":" FEATURE)
//
// The colon is optional, as in the original: `200 b'x'` is `200:b'x'`.

#include <boost/fusion/include/adapt_struct.hpp>
#include <pathology/language/ast.hpp>

#include "grammar/bare_methods.hpp"
#include "grammar/tokens.hpp"

namespace pathology::language::grammar {

struct ResponseHead {
    bool websocket = false;
    boost::optional<std::string> code;
};
struct ResponseParts {
    ResponseHead head;
    Features features;
};
struct RequestHead {
    bool websocket = false;
    boost::optional<Value> method;
};
struct RequestParts {
    RequestHead head;
    Value path;
    Features features;
};
struct RawParts {
    boost::optional<Value> value;
    Features features;
};

}  // namespace pathology::language::grammar

BOOST_FUSION_ADAPT_STRUCT(pathology::language::grammar::ResponseHead, websocket, code)
BOOST_FUSION_ADAPT_STRUCT(pathology::language::grammar::ResponseParts, head, features)
BOOST_FUSION_ADAPT_STRUCT(pathology::language::grammar::RequestHead, websocket, method)
BOOST_FUSION_ADAPT_STRUCT(pathology::language::grammar::RequestParts, head, path, features)
BOOST_FUSION_ADAPT_STRUCT(pathology::language::grammar::RawParts, value, features)

namespace pathology::language::grammar {

// --- responses -------------------------------------------------------------------------------------------------------

constexpr char const* no_handshake =
    "ws is a handshake of HTTP/1; over HTTP/2 write 'CONNECT':PATH:h':protocol'='websocket'";
auto const ws = x3::omit[only_http1(no_handshake, x3::no_case[x3::lit("ws")])];

auto const status_code = named("a status code", x3::lexeme[+x3::char_("0-9")]);
auto const to_code = [](std::string code) { return ResponseHead{false, std::move(code)}; };
auto const response_head = (ws >> x3::attr(true) >> -(colon >> status_code)) | build<std::string>(to_code, status_code);

auto const to_response = [](ResponseParts parts) {
    Response response{parts.head.websocket, std::nullopt, std::move(parts.features)};
    if (parts.head.code) response.code = std::move(*parts.head.code);
    return Message(std::move(response));
};
auto const response = build<ResponseParts>(to_response, response_head >> *(colon >> response_feature));

// --- requests --------------------------------------------------------------------------------------------------------

struct MethodSymbols : x3::symbols<std::string> {
    explicit MethodSymbols(bool are_http1_only) {
        for (auto const& method : bare_methods) {
            if (method.is_http1_only != are_http1_only) continue;
            std::string upper(method.name);
            std::transform(upper.begin(), upper.end(), upper.begin(), [](char c) { return static_cast<char>(c - 32); });
            add(std::string(method.name), upper);
        }
    }
};
MethodSymbols const known_method(false);
MethodSymbols const known_http1_method(true);

auto const to_method_name = [](std::string name) { return Value(Literal{std::move(name), false}); };
auto const method = named("a method (get, post... or 'text')",
                          build<std::string>(to_method_name, x3::no_case[known_method]) |
                              build<std::string>(to_method_name, only_http1("this method needs quotes over HTTP/2",
                                                                            x3::no_case[known_http1_method])) |
                              quoted_value);
auto const to_method = [](Value value) { return RequestHead{false, std::move(value)}; };
auto const request_head = (ws >> x3::attr(true) >> -(colon >> method)) | build<Value>(to_method, method);

auto const to_request = [](RequestParts parts) {
    Request request{parts.head.websocket, std::nullopt, std::move(parts.path), std::move(parts.features)};
    if (parts.head.method) request.method = std::move(*parts.head.method);
    return Message(std::move(request));
};
auto const path = named("a path ('text', a word, @SIZE or <FILE)", any_value);

/// Rejects a message that begins directly behind a word, at the quote that ended it: it is the rest of a value, as
/// in `post:/:b{"a":1}`, and no second request.
template <class Subject> struct ApartFromWord : x3::unary_parser<Subject, ApartFromWord<Subject>> {
    using base_type = x3::unary_parser<Subject, ApartFromWord<Subject>>;
    static bool const is_pass_through_unary = true;
    static bool const handles_container = Subject::handles_container;

    constexpr explicit ApartFromWord(Subject const& inner) : base_type(inner) {}

    template <class Context, class RuleContext, class Attribute>
    bool parse(Iterator& first, Iterator const& last, Context const& context, RuleContext& rule_context,
               Attribute& attribute) const {
        auto& seen = errors(context);
        auto const* const start = first;  // a blank before the message is not skipped yet
        auto const word = seen.word();
        bool const is_behind_word = !word.empty() && start == word.data() + word.size();
        if (!this->subject.parse(first, last, context, rule_context, attribute)) return false;
        if (!is_behind_word || (*start != '\'' && *start != '"')) return true;
        first = start;
        seen.reject(start, "a request cannot begin directly behind a word; write a blank before it", word);
        return false;
    }
};

template <class Subject> constexpr auto apart_from_word(Subject const& inner) {
    using Parser = typename x3::extension::as_parser<Subject>::value_type;
    return ApartFromWord<Parser>(x3::as_parser(inner));
}

auto const request = apart_from_word(
    named(request_name, build<RequestParts>(to_request, request_head >> colon >> path >> *(colon >> request_feature))));

// --- WebSocket frames ------------------------------------------------------------------------------------------------

auto const to_frame = [](Features parts) { return Message(Frame{std::move(parts)}); };
auto const wf = x3::no_case[x3::lit("wf")];
auto const server_frame =
    named("a frame (wf:...)", build<Features>(to_frame, wf >> colon >> *(colon >> server_frame_feature)));
auto const client_frame =
    named("a frame (wf:...)", build<Features>(to_frame, wf >> colon >> *(colon >> client_frame_feature)));

// --- just bytes ------------------------------------------------------------------------------------------------------

auto const to_raw = [](RawParts parts) {
    Value value = parts.value ? std::move(*parts.value) : Value(Literal{});
    return Message(RawMessage{std::move(value), std::move(parts.features)});
};
auto const raw_head = x3::no_case[x3::lit("raw")] >> -(colon >> quoted_value);
auto const raw_response = build<RawParts>(to_raw, raw_head >> *(colon >> raw_response_feature));
auto const raw_request = named("bytes (raw:...)", build<RawParts>(to_raw, raw_head >> *(colon >> raw_request_feature)));

}  // namespace pathology::language::grammar
