// Requests and responses as HTTP/2 frames, in pieces (RFC 9113 §8.1).
//
//     HEADERS [CONTINUATION …] [DATA …] [HEADERS [CONTINUATION …]]      the last block has the trailer fields
//     END_HEADERS on the last frame of a block, END_STREAM on the last HEADERS or DATA
//
// Each chunk has DATA frames of its own. A response that is followed by another one of its stream does not end it.
// A body may be terabytes of generated data. Its full frames are one SendFramed piece: header, value and count.

#include <algorithm>
#include <pathology/language/parse.hpp>
#include <pathology/language/print.hpp>
#include <pathology/proxycore/http2/frame_header.hpp>
#include <pathology/proxycore/http2/names.hpp>

#include "header_block.hpp"
#include "layout.hpp"
#include "resolving.hpp"

namespace pathology::language {
namespace {

using proxycore::http2::FrameHeader;
using proxycore::http2::FrameType;
namespace flag = proxycore::http2::flag;

Value literal(std::string_view text) { return Literal{std::string(text), false}; }

/// Adds a field as often as it is repeated.
template <class Token> Parsed<void> add_field(Token const& token, HeaderBlock& block, Layout& layout) {
    auto const add = [&] {
        return visit_field(token, [&](auto const& name, Value const& value) {
            if constexpr (std::same_as<std::remove_cvref_t<decltype(name)>, Value>) {
                return block.add({&name}, {&value});
            } else {
                return block.add(lower(name), value);
            }
        });
    };
    if constexpr (RepeatableToken<Token>) {
        return layout.repeat(token.count, bytes_in_memory(token.name) + bytes_in_memory(token.value), add);
    } else {
        return add();
    }
}

/// Adds the field that a feature is. There is an overload for every token; a token without one does not compile.
struct FieldVisitor {
    HeaderBlock& block;
    Layout& layout;

    template <FieldToken Token> Parsed<void> operator()(Token const& token) const {
        return add_field(token, block, layout);
    }
    Parsed<void> operator()(Raw const&) const { return {}; }                                  // read by add_fields()
    template <ContentToken Token> Parsed<void> operator()(Token const&) const { return {}; }  // behind the head
    Parsed<void> operator()(WaitFor const&) const { return {}; }                              // for whoever sends
    Parsed<void> operator()(NestedResponse const&) const { return {}; }                       // appended to :path
    Parsed<void> operator()(Times const&) const { return {}; }
    template <Http1OnlyToken Token> Parsed<void> operator()(Token const&) const {
        return {};
    }                                                                                        // check_http2() refuses it
    template <ActionToken Token> Parsed<void> operator()(Token const&) const { return {}; }  // make_plan() inserts it
    template <class Token>
    requires(!HttpToken<Token>) Parsed<void>
    operator()(Token const&) const { return {}; }
};

/// Adds the fields of the features, and a content-length if they have none.
Parsed<void> add_fields(Features const& features, bool is_interim, HeaderBlock& block, Layout& layout,
                        Settings const& settings) {
    for (auto const& feature : features) {
        if (auto added = std::visit(FieldVisitor{block, layout}, feature.is); added.has_error())
            return at(feature, added.error());
    }
    if (find<Raw>(features) != nullptr || is_interim) return {};
    auto const given = gives_header(features, "content-length", settings);
    if (given.has_error()) return given.error();
    if (*given) return {};
    auto const size = content_size(features, settings);
    if (size.has_error()) return size.error();
    return block.add("content-length", std::to_string(*size));
}

bool is_interim(Response const& response) { return response.is_interim; }
bool is_interim(Request const& /*request*/) { return false; }

Parsed<void> add_pseudo_fields(Response const& response, HeaderBlock& block, Settings const& /*settings*/) {
    return block.add(":status", response.code.value_or(""));
}

Parsed<void> add_pseudo_fields(Request const& request, HeaderBlock& block, Settings const& settings) {
    auto const usual_method = literal("GET");
    auto const& method = request.method ? *request.method : usual_method;  // not a copy: StreamNumbers goes by address
    if (auto added = block.add(":method", method); added.has_error()) return added;
    auto nested = literal("");
    if (auto const* response = find<NestedResponse>(request.features)) {
        auto const parsed = parse_nested_response(response->spec, Protocol::http2);
        if (parsed.has_error()) return parsed.error();
        nested = literal(print_for_url(*parsed));
    }
    auto const name = literal(":path");
    if (auto added = block.add({&name}, {&request.path, &nested}); added.has_error()) return added;
    if (auto added = block.add(":scheme", settings.http2.scheme); added.has_error()) return added;
    auto const given = gives_header(request.features, ":authority", settings);
    if (given.has_error()) return given.error();
    if (*given || !settings.request_host) return {};
    return block.add(":authority", *settings.request_host);
}

/// Reads pieces from front to back.
class PieceReader {
public:
    explicit PieceReader(std::vector<Piece> pieces) : pieces_(std::move(pieces)) {
        for (auto const& piece : pieces_) left_ = saturating_sum(left_, size(piece));
    }

    std::uint64_t left() const { return left_; }

    /// The number of bytes of the generated value or file that comes next; 0 before a literal.
    std::uint64_t bulk_size() const {
        if (at_ == pieces_.size() || std::holds_alternative<SendBytes>(pieces_[at_])) return 0;
        return size(pieces_[at_]) - done_;
    }

    /// Moves out the next bytes, at most `n`, of one piece.
    Piece take(std::uint64_t n) {
        auto const& piece = pieces_[at_];
        n = std::min(n, size(piece) - done_);
        auto taken = cut(piece, done_, n);
        done_ += n;
        left_ -= n;
        if (done_ == size(piece)) {
            ++at_;
            done_ = 0;
        }
        return taken;
    }

private:
    std::vector<Piece> pieces_;
    std::size_t at_ = 0;
    std::uint64_t done_ = 0;
    std::uint64_t left_ = 0;
};

/// The value of a piece, for frames that repeat.
std::variant<SendGenerated, SendFile> value_of(Piece piece) {
    if (auto* generated = std::get_if<SendGenerated>(&piece)) return *generated;
    return std::move(std::get<SendFile>(piece));
}

std::uint64_t saturating_product(std::uint64_t a, std::uint64_t b) {
    return b != 0 && a > UINT64_MAX / b ? UINT64_MAX : a * b;
}

/// Types and flags of the frames that pieces become. `last_flags` are added to those of the last frame, which may be
/// the first.
struct Framing {
    std::uint8_t first = 0;
    std::uint8_t rest = 0;
    std::uint8_t first_flags = 0;
    std::uint8_t last_flags = 0;
};

/// Adds the pieces to a layout in frames up to the peer's maximum; no bytes make one empty frame. Frames that differ
/// only in the part of one generated value or file that they carry become one piece, however many they are.
void add_frames(Layout& layout, std::vector<Piece> pieces, Framing const& framing, Http2Place const& place) {
    std::uint32_t const max_payload = std::clamp(place.max_frame_size, 1U, FrameHeader::largest_length);
    FrameHeader header{.type = framing.first, .flags = framing.first_flags, .stream = place.stream};
    FrameHeader const middle{.length = max_payload, .type = framing.rest, .stream = place.stream};
    PieceReader reader(std::move(pieces));
    do {
        header.length = static_cast<std::uint32_t>(std::min<std::uint64_t>(reader.left(), max_payload));
        // The last frame has other flags, and maybe another size: it is never a part of the repeated ones.
        auto const repeated = std::min(reader.bulk_size(), reader.left() - header.length) / max_payload;
        layout.begin_frame();
        if (header == middle && repeated > 1) {
            auto value = value_of(reader.take(repeated * max_payload));
            layout.add(Piece(SendFramed{std::move(value), encode(header), max_payload, 0,
                                        saturating_product(repeated, FrameHeader::size + max_payload)}));
            continue;
        }
        auto const end = reader.left() - header.length;
        if (end == 0) header.flags |= framing.last_flags;
        layout.add(encode(header));
        while (reader.left() > end) layout.add(reader.take(reader.left() - end));
        header.type = framing.rest;
        header.flags = 0;
    } while (reader.left() > 0);
}

bool has_actions(Features const& features) {
    return std::any_of(features.begin(), features.end(), [](Feature const& feature) {
        return std::visit([]<class Token>(Token const&) { return ActionToken<Token>; }, feature.is);
    });
}

/// A body, or a chunk that is sent `count` times. A chunk may be empty.
struct Content {
    std::vector<Piece> pieces;
    std::uint64_t count = 1;
    bool is_chunk = false;
};

/// The content of a message, without frames. What is empty and no chunk is left out.
Parsed<std::vector<Content>> content_of(Features const& features, Layout& layout) {
    std::vector<Content> all;
    for (auto const& feature : features) {
        auto const* body = std::get_if<Body>(&feature.is);
        auto const* chunk = std::get_if<Chunk>(&feature.is);
        if (body == nullptr && chunk == nullptr) continue;
        if (auto added = layout.add(body != nullptr ? body->value : chunk->data); added.has_error())
            return at(feature, added.error());
        Content content{layout.take().pieces, chunk != nullptr ? chunk->count : 1, chunk != nullptr};
        bool const is_sent = content.is_chunk ? content.count > 0 : !content.pieces.empty();
        if (is_sent) all.push_back(std::move(content));
    }
    return all;
}

/// Adds the DATA frames of the content.
Parsed<void> add_content(std::vector<Content> all, bool ends_stream, Layout& layout, Http2Place const& place) {
    for (auto& content : all) {
        bool const is_last = ends_stream && &content == &all.back();
        std::uint64_t bytes = FrameHeader::size;
        for (auto const& piece : content.pieces)
            if (std::holds_alternative<SendBytes>(piece)) bytes += size(piece);
        std::uint64_t left = content.count;
        auto const add = [&]() -> Parsed<void> {
            if (content.is_chunk) layout.begin_chunk();
            auto const flags = --left == 0 && is_last ? flag::end_stream : std::uint8_t{0};
            add_frames(layout, left == 0 ? std::move(content.pieces) : content.pieces, {.last_flags = flags}, place);
            return {};
        };
        if (auto added = layout.repeat(content.count, bytes, add); added.has_error()) return added;
    }
    return {};
}

/// The trailer section as a block of fields; empty if there is none.
Parsed<std::vector<Piece>> trailers_of(Features const& features, Layout& layout, Settings const& settings) {
    HeaderBlock block(layout, settings);
    for (auto const& feature : features) {
        auto const* trailer = std::get_if<Trailer>(&feature.is);
        if (trailer == nullptr) continue;
        if (auto added = add_field(*trailer, block, layout); added.has_error()) return at(feature, added.error());
    }
    return layout.take().pieces;
}

/// The plan of a body without frame headers.
Plan plan_of(std::vector<Piece> const& pieces) {
    Plan plan;
    plan.steps.reserve(pieces.size());
    for (auto const& piece : pieces) {
        plan.length = saturating_sum(plan.length, size(piece));
        plan.generates = plan.generates || std::holds_alternative<SendGenerated>(piece);
        std::visit([&](auto const& step) { plan.steps.emplace_back(step); }, piece);
    }
    plan.base_length = plan.length;
    return plan;
}

/// Keeps the parts of a message that flow control may cut: a head that is known, and at most one body, without actions.
void keep_parts(Features const& features, Base const& head, std::vector<Content> const& content, Layout& layout) {
    auto const is_known = head.pieces.size() == 1 && std::holds_alternative<SendBytes>(head.pieces.front());
    bool const has_chunks = find<Chunk>(features) != nullptr || find<Trailer>(features) != nullptr;
    if (!is_known || has_chunks || has_actions(features)) return;
    layout.keep(
        {std::get<SendBytes>(head.pieces.front()).bytes, content.empty() ? Plan() : plan_of(content.front().pieces)});
}

template <class Text> Parsed<void> lay_out_text(Text const& text, Layout& layout, Settings const& settings) {
    if (auto const sound = check_http2(text); sound.has_error()) return sound;
    auto content = content_of(text.features, layout);
    if (content.has_error()) return content.error();
    auto trailers = trailers_of(text.features, layout, settings);
    if (trailers.has_error()) return trailers.error();

    HeaderBlock block(layout, settings);
    if (auto added = add_pseudo_fields(text, block, settings); added.has_error()) return added;
    auto added = add_fields(text.features, is_interim(text), block, layout, settings);
    if (added.has_error()) return added;
    bool const ends_here = content->empty() && trailers->empty() && !is_interim(text);
    Framing framing{.first = static_cast<std::uint8_t>(FrameType::headers),
                    .rest = static_cast<std::uint8_t>(FrameType::continuation),
                    .first_flags = ends_here ? flag::end_stream : std::uint8_t{0},
                    .last_flags = flag::end_headers};
    add_frames(layout, layout.take().pieces, framing, settings.http2);
    auto head = layout.take();
    if (!is_interim(text)) keep_parts(text.features, head, *content, layout);
    layout.add(std::move(head));
    layout.end_head(content->empty() ? 0 : FrameHeader::size);
    added = add_content(std::move(*content), trailers->empty() && !is_interim(text), layout, settings.http2);
    if (added.has_error() || trailers->empty()) return added;
    layout.begin_trailer();
    framing.first_flags = is_interim(text) ? std::uint8_t{0} : flag::end_stream;
    add_frames(layout, std::move(*trailers), framing, settings.http2);
    return {};
}

}  // namespace

Parsed<void> lay_out_http2(Response const& response, Layout& layout, Settings const& settings) {
    return lay_out_text(response, layout, settings);
}

Parsed<void> lay_out_http2(Request const& request, Layout& layout, Settings const& settings) {
    return lay_out_text(request, layout, settings);
}

}  // namespace pathology::language
