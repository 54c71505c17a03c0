// Requests and responses of HTTP/1: as pieces, and as logs show them.
//
// Each function takes its message apart with parts_of() and binds all members of Parts. After a new member none of them
// compiles until it handles the member, or names and ignores it.

#include <pathology/language/parse.hpp>
#include <pathology/language/print.hpp>
#include <pathology/language/resolve.hpp>
#include <pathology/language/tables.hpp>

#include "layout.hpp"

namespace pathology::language {
namespace {

/// The features that have a place of their own. Header fields are not among them: they are sent in their order.
struct Parts {
    Feature const* version = nullptr;
    Feature const* reason = nullptr;
    Feature const* nested = nullptr;
    Feature const* body = nullptr;
};

/// Puts a feature where it belongs. There is an overload for every token; a token without one does not compile.
struct PartsVisitor {
    Parts& parts;
    Feature const& feature;

    void operator()(Version const&) const { parts.version = &feature; }
    void operator()(Reason const&) const { parts.reason = &feature; }
    void operator()(NestedResponse const&) const { parts.nested = &feature; }
    void operator()(Body const&) const { parts.body = &feature; }
    void operator()(Raw const&) const {}  // makes resolve() add nothing
    void operator()(Times const&) const {}
    template <FieldToken Token> void operator()(Token const&) const {}
    template <ActionToken Token> void operator()(Token const&) const {}  // make_plan() inserts them
    template <class Token>
    requires(!HttpToken<Token>) void operator()(Token const&) const {}
};

Parts parts_of(Features const& features) {
    Parts parts;
    for (auto const& feature : features) std::visit(PartsVisitor{parts, feature}, feature.is);
    return parts;
}

template <class Token> Parsed<void> add_value(Feature const* feature, Layout& layout) {
    if (feature == nullptr) return {};
    if (auto added = layout.add(std::get<Token>(feature->is).value); added.has_error())
        return at(*feature, added.error());
    return {};
}

Parsed<void> add_version(Feature const* version, Layout& layout) {
    if (version == nullptr) layout.add("HTTP/1.1");
    return add_value<Version>(version, layout);
}

Parsed<void> add_name(Value const& name, Layout& layout) { return layout.add(name); }
Parsed<void> add_name(std::string_view name, Layout& layout) {
    layout.add(name);
    return {};
}

/// Everything after the start line.
Parsed<void> lay_out_rest(Features const& features, Feature const* body, Layout& layout) {
    layout.add("\r\n");
    auto const add_line = [&](auto const& name, Value const& value) -> Parsed<void> {
        if (auto added = add_name(name, layout); added.has_error()) return added;
        layout.add(": ");
        if (auto added = layout.add(value); added.has_error()) return added;
        layout.add("\r\n");
        return {};
    };
    auto const add_field = [&]<class Token>(Token const& token) -> Parsed<void> {
        if constexpr (FieldToken<Token>) return visit_field(token, add_line);
        return {};
    };
    for (auto const& feature : features) {
        if (auto added = std::visit(add_field, feature.is); added.has_error()) return at(feature, added.error());
    }
    layout.add("\r\n");
    layout.end_head();
    return add_value<Body>(body, layout);
}

/// A value as logs show it.
std::string text_of(Value const& value) {
    auto const* literal = std::get_if<Literal>(&value);
    return literal != nullptr ? literal->bytes : print(value);
}

std::string name_text(Value const& name, Protocol /*protocol*/) { return text_of(name); }
std::string name_text(std::string_view name, Protocol protocol) {
    return protocol == Protocol::http1 ? std::string(name) : lower(name);
}

}  // namespace

Parsed<void> lay_out_message(Response const& response, Layout& layout, Settings const& settings) {
    if (settings.protocol == Protocol::http2) return lay_out_http2(response, layout, settings);
    auto const& [version, reason, nested, body] = parts_of(response.features);
    // The start line: HTTP-version SP status-code SP reason-phrase CRLF (RFC 9112 §4).
    auto const code = response.code.value_or("101");  // only `ws` may leave it out
    if (auto added = add_version(version, layout); added.has_error()) return added;
    layout.add(" ");
    layout.add(code);
    layout.add(" ");
    if (reason == nullptr) layout.add(reason_phrase(code));
    if (auto added = add_value<Reason>(reason, layout); added.has_error()) return added;
    return lay_out_rest(response.features, body, layout);
}

Parsed<void> lay_out_message(Request const& request, Layout& layout, Settings const& settings) {
    if (settings.protocol == Protocol::http2) return lay_out_http2(request, layout, settings);
    auto const& [version, reason, nested, body] = parts_of(request.features);
    if (!request.method) {
        layout.add("GET");  // only `ws` may leave it out
    } else if (auto added = layout.add(*request.method); added.has_error()) {
        return added;
    }
    layout.add(" ");
    if (auto added = layout.add(request.path); added.has_error()) return added;
    // pathod finds the spec of its response in the path of the request.
    if (nested != nullptr) {
        auto const response = parse_nested_response(std::get<NestedResponse>(nested->is).spec, Protocol::http1);
        if (response.has_error()) return response.error();
        layout.add(print_for_url(*response));
    }
    layout.add(" ");
    if (auto added = add_version(version, layout); added.has_error()) return added;
    return lay_out_rest(request.features, body, layout);
}

void record_head(Response const& response, Protocol protocol, proxycore::record::RecordedResponse& record) {
    auto const& [version, reason, nested, body] = parts_of(response.features);
    record.status_code = response.code.value_or(response.websocket ? "101" : "");
    if (version != nullptr) record.version = text_of(std::get<Version>(version->is).value);
    if (reason != nullptr) record.reason = text_of(std::get<Reason>(reason->is).value);
    auto const add_field = [&](auto const& name, Value const& value) {
        record.headers.add(name_text(name, protocol), text_of(value));
    };
    auto const visit = [&]<class Token>(Token const& token) {
        if constexpr (FieldToken<Token>) visit_field(token, add_field);
    };
    for (auto const& feature : response.features) std::visit(visit, feature.is);
}

}  // namespace pathology::language
