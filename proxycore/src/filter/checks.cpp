// What each operator tests.

#include <algorithm>
#include <array>
#include <pathology/proxycore/http/escaped.hpp>
#include <string>

#include "filter/term.hpp"

namespace pathology::proxycore::filter {
namespace {

using Text = Texts::Text;

std::string_view message_of(Side side) { return side == Side::request ? " of the request" : " of the response"; }
/// What is searched, for a failure.
struct What {
    std::string_view name, of{};
};

MatchFailure given_up(Term const& term, What what, std::size_t size, std::string_view reason) {
    auto message = "the filter '" + http::terminal_text(to_string(*term.source)) + "' was given up on the ";
    message.append(what.name).append(what.of).append(" (").append(std::to_string(size)).append(" bytes): ");
    message.append(reason).append("; a regular expression without a repetition inside a repetition needs fewer steps");
    return {{MatchErrc::given_up, std::move(message)}};
}

MatchFailure too_long(Term const& term, What what, std::uint64_t max) {
    auto message = "the filter '" + http::terminal_text(to_string(*term.source)) + "' was given up on the ";
    message.append(what.name).append(what.of).append(", which is longer than the limit of ");
    return {{MatchErrc::content_too_long, message + std::to_string(max) + " bytes"}};
}

/// A text that does not exist does not match.
Matched search(Term const& term, Text text, What what) {
    if (!text) return false;
    auto const matched = term.pattern->matches(*text);
    if (!matched) return given_up(term, what, text->size(), matched.error().reason);
    return *matched;
}

// --- header sections -------------------------------------------------------------------------------------------------

template <Side side> Matched check_header(Term const& term, Texts& texts) {
    return search(term, texts.header_section(side), {"header section", message_of(side)});
}

template <Side side> Matched check_content_type(Term const& term, Texts& texts) {
    auto const* const fields = texts.subject().fields(side);
    if (fields == nullptr) return false;
    for (auto const field : *fields) {
        if (!http::equals_ignoring_case(field.name, "content-type")) continue;
        auto matched = search(term, field.value, {"Content-Type", message_of(side)});
        if (!matched || *matched) return matched;
    }
    return false;
}

// --- content ---------------------------------------------------------------------------------------------------------

Matched search_messages(Term const& term, Texts& texts, Side side) {
    auto const& subject = texts.subject();
    for (std::size_t i = 0; i < subject.message_count(); ++i) {
        auto const message = subject.message(i);
        if (message.side != side) continue;
        What const what{"message", side == Side::request ? " from the client" : " from the server"};
        if (message.bytes.size() > texts.max_content()) return too_long(term, what, texts.max_content());
        auto matched = search(term, message.bytes, what);
        if (!matched || *matched) return matched;
    }
    return false;
}

template <Side side> Matched check_body(Term const& term, Texts& texts) {
    auto const content = texts.content(side);
    What const what{"content", message_of(side)};
    if (content.state == Content::State::too_long) return too_long(term, what, texts.max_content());
    if (content.state == Content::State::whole) {
        auto matched = search(term, content.bytes, what);
        if (!matched || *matched) return matched;
    }
    return search_messages(term, texts, side);
}

/// A test of either message.
template <Term::Check of_request, Term::Check of_response> Matched check_either(Term const& term, Texts& texts) {
    auto matched = of_request(term, texts);
    if (!matched || *matched) return matched;
    return of_response(term, texts);
}

constexpr auto of_request = Side::request;
constexpr auto of_response = Side::response;

// --- addresses -------------------------------------------------------------------------------------------------------

Matched check_domain(Term const& term, Texts& texts) {
    auto matched = search(term, texts.subject().host(), {"host"});
    if (!matched || *matched) return matched;
    return search(term, texts.subject().pretty_host(), {"host that the client named"});
}
Matched check_url(Term const& term, Texts& texts) { return search(term, texts.url(), {"URL"}); }
Matched check_source(Term const& term, Texts& texts) { return search(term, texts.source(), {"address of the client"}); }
Matched check_destination(Term const& term, Texts& texts) {
    return search(term, texts.destination(), {"address of the server"});
}

// --- kinds -----------------------------------------------------------------------------------------------------------

template <Protocol protocol> Matched check_protocol(Term const&, Texts& texts) {
    return texts.subject().protocol() == protocol;
}
Matched check_websocket(Term const&, Texts& texts) { return texts.subject().is_websocket(); }
Matched check_all(Term const&, Texts&) { return true; }

bool is_http(Texts const& texts) { return texts.subject().protocol() == Protocol::http; }
Matched check_request(Term const&, Texts& texts) { return is_http(texts) && !texts.subject().has_response(); }
Matched check_response(Term const&, Texts& texts) { return is_http(texts) && texts.subject().has_response(); }
Matched check_method(Term const& term, Texts& texts) { return search(term, texts.subject().method(), {"method"}); }
Matched check_status(Term const& term, Texts& texts) { return texts.subject().status() == term.source->number; }

bool has_prefix(std::string_view type, std::string_view prefix) {
    return http::equals_ignoring_case(type.substr(0, prefix.size()), prefix);
}

bool is_asset(std::string_view content_type) {
    auto const type = content_type.substr(0, content_type.find_first_of("; \t"));
    auto const is = [type](std::string_view name) { return http::equals_ignoring_case(type, name); };
    auto const begins = [type](std::string_view prefix) { return has_prefix(type, prefix); };
    constexpr std::array types{"text/javascript", "application/javascript", "application/x-javascript", "text/css"};
    constexpr std::array families{"image/", "font/", "application/font"};
    return std::ranges::any_of(types, is) || std::ranges::any_of(families, begins);
}

Matched check_asset(Term const&, Texts& texts) {
    auto const* const fields = texts.subject().fields(Side::response);
    return fields != nullptr && is_asset(fields->first("content-type").value_or(""));
}

// --- the record ------------------------------------------------------------------------------------------------------

Matched check_error(Term const&, Texts& texts) { return texts.subject().has_error(); }
Matched check_marked(Term const&, Texts& texts) { return !texts.subject().marker().empty(); }
Matched check_marker(Term const& term, Texts& texts) { return search(term, texts.subject().marker(), {"marker"}); }
Matched check_comment(Term const& term, Texts& texts) { return search(term, texts.subject().comment(), {"comment"}); }
Matched check_metadata(Term const& term, Texts& texts) { return search(term, texts.metadata(), {"metadata"}); }
Matched check_replay(Term const&, Texts& texts) { return texts.subject().replayed().has_value(); }
template <Side side> Matched check_replayed(Term const&, Texts& texts) { return texts.subject().replayed() == side; }

}  // namespace

Term::Check check_of(Test test) {
    switch (test) {
        case Test::all: return check_all;
        case Test::asset: return check_asset;
        case Test::body: return check_either<check_body<of_request>, check_body<of_response>>;
        case Test::request_body: return check_body<of_request>;
        case Test::response_body: return check_body<of_response>;
        case Test::status: return check_status;
        case Test::comment: return check_comment;
        case Test::domain: return check_domain;
        case Test::dns: return check_protocol<Protocol::dns>;
        case Test::destination: return check_destination;
        case Test::error: return check_error;
        case Test::header: return check_either<check_header<of_request>, check_header<of_response>>;
        case Test::request_header: return check_header<of_request>;
        case Test::response_header: return check_header<of_response>;
        case Test::http: return check_protocol<Protocol::http>;
        case Test::method: return check_method;
        case Test::marked: return check_marked;
        case Test::marker: return check_marker;
        case Test::metadata: return check_metadata;
        case Test::request: return check_request;
        case Test::replay: return check_replay;
        case Test::replayed_request: return check_replayed<of_request>;
        case Test::replayed_response: return check_replayed<of_response>;
        case Test::response: return check_response;
        case Test::source: return check_source;
        case Test::content_type: return check_either<check_content_type<of_request>, check_content_type<of_response>>;
        case Test::tcp: return check_protocol<Protocol::tcp>;
        case Test::request_content_type: return check_content_type<of_request>;
        case Test::response_content_type: return check_content_type<of_response>;
        case Test::url: return check_url;
        case Test::udp: return check_protocol<Protocol::udp>;
        case Test::websocket: return check_websocket;
    }
    return check_all;
}

}  // namespace pathology::proxycore::filter
