#include "layout_http2.hpp"

#include <algorithm>
#include <pathology/language/print.hpp>
#include <pathology/language/user_agents.hpp>
#include <pathology/proxycore/http2/names.hpp>

#include "nested.hpp"
#include "resolve_http2.hpp"

namespace pathology::language {
namespace {

namespace http2 = proxycore::http2;
using http2::FrameHeader;
using http2::FrameType;
namespace flag = http2::flag;

Value literal(std::string_view text) { return Literal{std::string(text), false}; }

/// A name or a value as far as it is known before it is sent.
struct Text {
    std::optional<std::string> bytes;
    std::uint64_t size = 0;

    http2::FieldText field() const {
        return bytes ? http2::FieldText(std::string_view(*bytes)) : http2::FieldText::unknown(size);
    }
};

Parsed<Text> join(std::initializer_list<Value const*> values, Settings const& settings) {
    Text text{std::string(), 0};
    for (auto const* value : values) {
        auto const size = measure(*value, settings);
        if (size.has_error()) return size.error();
        text.size = saturating_sum(text.size, *size);
    }
    if (text.size > known_header_text) text.bytes.reset();
    for (auto const* value : values) {
        if (!text.bytes) break;
        auto const known = known_bytes(*value, settings);
        if (known.has_error()) return known.error();
        if (*known) {
            *text.bytes += **known;
        } else {
            text.bytes.reset();
        }
    }
    return text;
}

// --- frames ----------------------------------------------------------------------------------------------------------

/// Takes bytes off the front of pieces.
class Cutter {
public:
    explicit Cutter(std::vector<Piece> pieces) : pieces_(std::move(pieces)) {
        for (auto const& piece : pieces_) left_ = saturating_sum(left_, size(piece));
    }

    std::uint64_t left() const { return left_; }

    /// How many bytes of one value that is no literal come next.
    std::uint64_t bulk() const {
        if (at_ == pieces_.size() || std::holds_alternative<SendBytes>(pieces_[at_])) return 0;
        return size(pieces_[at_]) - done_;
    }

    /// The next bytes, at most `n`, of one piece.
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

}  // namespace

void add_frames(Layout& layout, std::vector<Piece> pieces, Framing const& framing, Http2Place const& place) {
    std::uint32_t const most = std::clamp(place.max_frame_size, 1U, FrameHeader::largest_length);
    FrameHeader header{.type = framing.first, .flags = framing.first_flags, .stream = place.stream};
    FrameHeader const middle{.length = most, .type = framing.rest, .stream = place.stream};
    Cutter cutter(std::move(pieces));
    do {
        header.length = static_cast<std::uint32_t>(std::min<std::uint64_t>(cutter.left(), most));
        auto const repeated = std::min(cutter.bulk(), cutter.left() - header.length) / most;
        layout.begin_frame();
        if (header == middle && repeated > 1) {
            auto value = value_of(cutter.take(repeated * most));
            layout.add(Piece(SendFramed{std::move(value), encode(header), most, 0,
                                        saturating_product(repeated, FrameHeader::size + most)}));
            continue;
        }
        auto const end = cutter.left() - header.length;
        if (end == 0) header.flags |= framing.last_flags;
        layout.add(encode(header));
        while (cutter.left() > end) layout.add(cutter.take(cutter.left() - end));
        header.type = framing.rest;
        header.flags = 0;
    } while (cutter.left() > 0);
}

// --- header blocks ---------------------------------------------------------------------------------------------------

HeaderBlock::HeaderBlock(Layout& layout, Settings const& settings, bool continues)
    : layout_(layout),
      settings_(settings),
      encoder_(std::min(settings.http2.header_table_size, http2::default_header_table_size)),
      announced_(continues) {}

Parsed<void> HeaderBlock::add(std::initializer_list<Value const*> name, std::initializer_list<Value const*> value) {
    auto const name_text = join(name, settings_);
    if (name_text.has_error()) return name_text.error();
    auto const value_text = join(value, settings_);
    if (value_text.has_error()) return value_text.error();
    if (!std::exchange(announced_, true)) layout_.add(encoder_.begin());
    auto const field = encoder_.add(name_text->field(), value_text->field());
    layout_.add(field.head);
    if (!name_text->bytes) {
        for (auto const* part : name) {
            if (auto added = layout_.add(*part); added.has_error()) return added;
        }
    }
    layout_.add(field.middle);
    if (!value_text->bytes) {
        for (auto const* part : value) {
            if (auto added = layout_.add(*part); added.has_error()) return added;
        }
    }
    return {};
}

Parsed<void> HeaderBlock::add(std::string_view name, Value const& value) {
    auto const name_value = literal(name);
    return add({&name_value}, {&value});
}

Parsed<void> HeaderBlock::add(std::string_view name, std::string_view value) { return add(name, literal(value)); }

// --- messages --------------------------------------------------------------------------------------------------------

namespace {

/// A field for the features that are one; nothing for the others.
struct FeatureField {
    HeaderBlock& block;

    Parsed<void> operator()(Header const& header) const { return block.add({&header.name}, {&header.value}); }
    Parsed<void> operator()(ContentType const& c) const { return block.add("content-type", c.value); }
    Parsed<void> operator()(Location const& l) const { return block.add("location", l.value); }
    Parsed<void> operator()(UserAgent const& u) const {
        if (auto const* value = std::get_if<Value>(&u.is)) return block.add("user-agent", *value);
        return block.add("user-agent", user_agent_string(std::get<UserAgent::Shortcut>(u.is).text).value_or(""));
    }
    template <class Other> Parsed<void> operator()(Other const&) const { return {}; }
};

/// The fields that the features give, and the content-length unless they do.
Parsed<void> add_fields(Features const& features, std::uint64_t body, HeaderBlock& block, Settings const& settings) {
    for (auto const& feature : features) {
        if (auto added = std::visit(FeatureField{block}, feature.is); added.has_error())
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
