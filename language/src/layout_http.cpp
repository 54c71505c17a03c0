// Requests and responses as pieces.

#include <pathology/language/print.hpp>
#include <pathology/language/reason.hpp>
#include <pathology/language/user_agents.hpp>

#include "layout.hpp"
#include "layout_http2.hpp"
#include "nested.hpp"

namespace pathology::language {
namespace {

Parsed<void> add_header(Layout& layout, std::string_view name, Value const& value) {
    layout.add(name);
    layout.add(": ");
    if (auto added = layout.add(value); added.has_error()) return added;
    layout.add("\r\n");
    return {};
}

/// A header line for the features that are one; nothing for the others.
struct HeaderLine {
    Layout& layout;

    Parsed<void> operator()(Header const& header) const {
        if (auto added = layout.add(header.name); added.has_error()) return added;
        layout.add(": ");
        if (auto added = layout.add(header.value); added.has_error()) return added;
        layout.add("\r\n");
        return {};
    }
    Parsed<void> operator()(ContentType const& c) const { return add_header(layout, "Content-Type", c.value); }
    Parsed<void> operator()(Location const& l) const { return add_header(layout, "Location", l.value); }
    Parsed<void> operator()(UserAgent const& u) const {
        if (auto const* value = std::get_if<Value>(&u.is)) return add_header(layout, "User-Agent", *value);
        auto const known = user_agent_string(std::get<UserAgent::Shortcut>(u.is).text);
        return add_header(layout, "User-Agent", Literal{std::string(known.value_or("")), false});
    }
    template <class Other> Parsed<void> operator()(Other const&) const { return {}; }
};

/// The value of the feature of a type, if there is one.
template <class Kind> Parsed<void> add_value_of(Features const& features, Layout& layout) {
    auto const* feature = find_feature<Kind>(features);
    if (feature == nullptr) return {};
    if (auto added = layout.add(std::get<Kind>(feature->is).value); added.has_error())
        return at(*feature, added.error());
    return {};
}

Parsed<void> lay_out_rest(Features const& features, Layout& layout) {
    layout.add("\r\n");
    for (auto const& feature : features) {
        if (auto added = std::visit(HeaderLine{layout}, feature.is); added.has_error())
            return at(feature, added.error());
    }
    layout.add("\r\n");
    return add_value_of<Body>(features, layout);
}

}  // namespace

Parsed<void> lay_out_message(Response const& response, Layout& layout, Settings const& settings) {
    if (settings.protocol == Protocol::http2) return lay_out_http2(response, layout, settings);
    auto const code = response.code.value_or("101");  // only `ws` may leave it out
    layout.add("HTTP/1.1 ");
    layout.add(code);
    layout.add(" ");
    if (find<Reason>(response.features) == nullptr) layout.add(reason_phrase(code));
    if (auto added = add_value_of<Reason>(response.features, layout); added.has_error()) return added;
    return lay_out_rest(response.features, layout);
}

Parsed<void> lay_out_message(Request const& request, Layout& layout, Settings const& settings) {
    if (settings.protocol == Protocol::http2) return lay_out_http2(request, layout, settings);
    if (!request.method) {
        layout.add("GET");  // only `ws` may leave it out
    } else if (auto added = layout.add(*request.method); added.has_error()) {
        return added;
    }
    layout.add(" ");
    if (auto added = layout.add(request.path); added.has_error()) return added;
    if (auto const* nested = find<NestedResponse>(request.features)) {
        auto const response = parse_nested_response(nested->spec, Protocol::http1);
        if (response.has_error()) return response.error();
        layout.add(print(*response));
    }
    layout.add(" HTTP/1.1");
    return lay_out_rest(request.features, layout);
}

}  // namespace pathology::language
