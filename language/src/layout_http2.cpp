#include "layout_http2.hpp"

#include <pathology/language/print.hpp>
#include <pathology/proxycore/http2/names.hpp>

#include "framing.hpp"
#include "header_block.hpp"
#include "nested.hpp"
#include "resolve_http2.hpp"

namespace pathology::language {
namespace {

using proxycore::http2::FrameType;
namespace flag = proxycore::http2::flag;

Value literal(std::string_view text) { return Literal{std::string(text), false}; }

/// Adds the field that a feature is. There is an overload for every token; a token without one does not compile.
struct FieldVisitor {
    HeaderBlock& block;

    template <FieldToken Token> Parsed<void> operator()(Token const& token) const {
        return visit_field(token, [this](auto const& name, Value const& value) {
            if constexpr (std::same_as<std::remove_cvref_t<decltype(name)>, Value>) {
                return block.add({&name}, {&value});
            } else {
                return block.add(lower(name), value);
            }
        });
    }
    Parsed<void> operator()(Raw const&) const { return {}; }             // add_fields() obeys it
    Parsed<void> operator()(Body const&) const { return {}; }            // goes into DATA frames
    Parsed<void> operator()(NestedResponse const&) const { return {}; }  // is part of :path
    Parsed<void> operator()(Times const&) const { return {}; }
    template <Http1OnlyToken Token> Parsed<void> operator()(Token const&) const { return {}; }  // check_http2() refuses it
    template <ActionToken Token> Parsed<void> operator()(Token const&) const { return {}; }     // make_plan() inserts it
    template <class Token>
        requires(!HttpToken<Token>)
    Parsed<void> operator()(Token const&) const {
        return {};
    }
};

/// The fields that the features give, and the content-length unless they do.
Parsed<void> add_fields(Features const& features, std::uint64_t body, HeaderBlock& block, Settings const& settings) {
    for (auto const& feature : features) {
        if (auto added = std::visit(FieldVisitor{block}, feature.is); added.has_error())
            return at(feature, added.error());
    }
    if (find<Raw>(features) != nullptr) return {};
    auto const given = gives_header(features, "content-length", settings);
    if (given.has_error()) return given.error();
    return *given ? Parsed<void>() : block.add("content-length", std::to_string(body));
}

Parsed<void> add_pseudo_fields(Response const& response, HeaderBlock& block, Settings const& /*settings*/) {
    return block.add(":status", response.code.value_or(""));
}

Parsed<void> add_pseudo_fields(Request const& request, HeaderBlock& block, Settings const& settings) {
    auto const method = request.method.value_or(literal("GET"));
    if (auto added = block.add(":method", method); added.has_error()) return added;
    auto nested = literal("");
    if (auto const* response = find<NestedResponse>(request.features)) {
        auto const parsed = parse_nested_response(response->spec, Protocol::http2);
        if (parsed.has_error()) return parsed.error();
        nested = literal(print(*parsed));
    }
    auto const name = literal(":path");
    if (auto added = block.add({&name}, {&request.path, &nested}); added.has_error()) return added;
    if (auto added = block.add(":scheme", settings.http2.scheme); added.has_error()) return added;
    auto const given = gives_header(request.features, ":authority", settings);
    if (given.has_error()) return given.error();
    if (*given || !settings.request_host) return {};
    return block.add(":authority", *settings.request_host);
}

template <class Text> Parsed<Http2Pieces> pieces_of(Text const& text, Layout& layout, Settings const& settings) {
    if (auto const sound = check_http2(text); sound.has_error()) return sound.error();
    Http2Pieces pieces;
    if (auto const* body = find_feature<Body>(text.features)) {
        if (auto added = layout.add(std::get<Body>(body->is).value); added.has_error()) return at(*body, added.error());
        pieces.body = layout.take().pieces;
    }
    std::uint64_t body_size = 0;
    for (auto const& piece : pieces.body) body_size = saturating_sum(body_size, size(piece));

    HeaderBlock block(layout, settings);
    if (auto added = add_pseudo_fields(text, block, settings); added.has_error()) return added.error();
    if (auto added = add_fields(text.features, body_size, block, settings); added.has_error()) return added.error();
    Framing const framing{.first = static_cast<std::uint8_t>(FrameType::headers),
                          .rest = static_cast<std::uint8_t>(FrameType::continuation),
                          .first_flags = body_size == 0 ? flag::end_stream : std::uint8_t{0},
                          .last_flags = flag::end_headers};
    add_frames(layout, layout.take().pieces, framing, settings.http2);
    pieces.head = layout.take();
    return pieces;
}

Parsed<void> lay_out(Parsed<Http2Pieces> made, Layout& layout, Settings const& settings) {
    if (made.has_error()) return made.error();
    layout.add(std::move(made->head));
    if (!made->body.empty())
        add_frames(layout, std::move(made->body), {.last_flags = flag::end_stream}, settings.http2);
    return {};
}

}  // namespace

Parsed<Http2Pieces> http2_pieces(Response const& response, Layout& layout, Settings const& settings) {
    return pieces_of(response, layout, settings);
}

Parsed<Http2Pieces> http2_pieces(Request const& request, Layout& layout, Settings const& settings) {
    return pieces_of(request, layout, settings);
}

Parsed<void> lay_out_http2(Response const& response, Layout& layout, Settings const& settings) {
    return lay_out(pieces_of(response, layout, settings), layout, settings);
}

Parsed<void> lay_out_http2(Request const& request, Layout& layout, Settings const& settings) {
    return lay_out(pieces_of(request, layout, settings), layout, settings);
}

}  // namespace pathology::language
