#pragma once
// RESPONSE and REQUEST.

#include <boost/fusion/include/adapt_struct.hpp>
#include <pathology/language/user_agents.hpp>

#include "grammar/only_http1.hpp"
#include "grammar/value.hpp"

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

}  // namespace pathology::language::grammar

BOOST_FUSION_ADAPT_STRUCT(pathology::language::grammar::ResponseHead, websocket, code)
BOOST_FUSION_ADAPT_STRUCT(pathology::language::grammar::ResponseParts, head, features)
BOOST_FUSION_ADAPT_STRUCT(pathology::language::grammar::RequestHead, websocket, method)
BOOST_FUSION_ADAPT_STRUCT(pathology::language::grammar::RequestParts, head, path, features)

namespace pathology::language::grammar {

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

// --- features --------------------------------------------------------------------------------------------------------

/// A quoted spec inside a spec; what it says is checked once the outer one is known to be sound.
auto const nested_text = named("a quoted spec", quoted_text);

auto const header = feature<Header>("h", 'h' >> quoted_value >> named("'='", x3::lit('=')) >> quoted_value);
auto const content_type = feature<ContentType, Value>("c", 'c' >> any_value);
auto const location = feature<Location, Value>("l", 'l' >> any_value);
auto const reason = feature<Reason, Value>(
    "m", only_http1("a feature other than m, because HTTP/2 has no reasons", x3::lit('m')) >> any_value);
auto const raw = feature<Raw, x3::unused_type>("rR", x3::no_case[x3::lit('r')]);
auto const nested_response = feature<NestedResponse, Word>("s", 's' >> nested_text);

auto const response_feature =
    named("a response feature (h c l r m b p d i)",
          header | content_type | location | raw | reason | body | pause | disconnect | inject);
auto const request_feature =
    named("a request feature (h c u r s b x p d i)",
          header | content_type | user_agent | raw | nested_response | body | repeat | pause | disconnect | inject);

// --- messages --------------------------------------------------------------------------------------------------------

auto const ws = x3::omit[only_http1("something else than ws, a handshake of HTTP/1", x3::no_case[x3::lit("ws")])];

auto const status_code = named("a status code", x3::lexeme[+x3::char_("0-9")]);
auto const to_code = [](std::string code) { return ResponseHead{false, std::move(code)}; };
auto const response_head = (ws >> x3::attr(true) >> -(colon >> status_code)) | build<std::string>(to_code, status_code);

auto const to_response = [](ResponseParts parts) {
    Response response{parts.head.websocket, std::nullopt, std::move(parts.features)};
    if (parts.head.code) response.code = std::move(*parts.head.code);
    return Message(std::move(response));
};
auto const response = build<ResponseParts>(to_response, response_head >> *(colon >> response_feature));

struct MethodSymbols : x3::symbols<std::string> {
    MethodSymbols(std::initializer_list<char const*> names) {
        for (auto const* name : names) {
            std::string lower(name);
            std::transform(lower.begin(), lower.end(), lower.begin(), [](char c) { return static_cast<char>(c + 32); });
            add(lower, name);
        }
    }
};
MethodSymbols const known_method{"GET", "HEAD", "POST", "PUT", "DELETE"};
MethodSymbols const known_http1_method{"OPTIONS", "TRACE", "CONNECT"};

auto const to_method_name = [](std::string name) { return Value(Literal{std::move(name), false}); };
auto const method =
    named("a method (get, post... or 'text')",
          build<std::string>(to_method_name, x3::no_case[known_method]) |
              build<std::string>(to_method_name, only_http1("this method in quotes", x3::no_case[known_http1_method])) |
              quoted_value);
auto const to_method = [](Value value) { return RequestHead{false, std::move(value)}; };
auto const request_head = (ws >> x3::attr(true) >> -(colon >> method)) | build<Value>(to_method, method);

auto const to_request = [](RequestParts parts) {
    Request request{parts.head.websocket, std::nullopt, std::move(parts.path), std::move(parts.features)};
    if (parts.head.method) request.method = std::move(*parts.head.method);
    return Message(std::move(request));
};
auto const path = named("a path ('text', a word, @SIZE or <FILE)", any_value);
auto const request = named("a request (METHOD:PATH)", build<RequestParts>(to_request, request_head >> colon >> path >>
                                                                                          *(colon >> request_feature)));

}  // namespace pathology::language::grammar
