// The base message as pieces. Literals are copied into SendBytes and merged, so most messages are one piece for the
// head; a generated value or a file becomes a piece that names it, and its bytes are made by the Player.

#include "layout.hpp"

#include <algorithm>
#include <cassert>
#include <functional>
#include <pathology/proxycore/ascii.hpp>
#include <pathology/proxycore/http/fields.hpp>
#include <utility>

namespace pathology::language {
namespace {

namespace websocket = proxycore::websocket;

/// Orders pointers into different objects, for which only std::less is defined.
constexpr auto by_address = [](auto const& a, auto const& b) { return std::less<>()(a.first, b.first); };

/// The size of most heads, reserved so that a head is allocated once.
constexpr std::size_t usual_head = 120;

/// The bytes of a file up to `small_file`, else std::nullopt.
Parsed<std::optional<std::string>> small_file_content(FileContent const& file) {
    if (file.size() > small_file) return std::optional<std::string>();
    std::string bytes(file.size(), '\0');
    if (auto const read = file.read(0, bytes); read.has_error()) return read.error();
    return std::optional(std::move(bytes));
}

}  // namespace

std::string lower(std::string_view text) { return proxycore::ascii::lowered(text); }

SpecFailure at(Feature const& feature, SpecFailure failure) {
    // A failure inside a nested value already has its place.
    if (failure.span == SourceSpan{}) failure.span = feature.span;
    return failure;
}

std::uint64_t size(Piece const& piece) {
    struct Size {
        std::uint64_t operator()(SendBytes const& p) const { return p.bytes.size(); }
        std::uint64_t operator()(SendGenerated const& p) const { return p.size; }
        std::uint64_t operator()(SendFile const& p) const { return p.size; }
        std::uint64_t operator()(SendFramed const& p) const { return p.size; }
    };
    return std::visit(Size{}, piece);
}

// A generated value is identified by its address in the message, its stream by its order there: the same value gives
// the same bytes wherever it is laid out.
void StreamNumbers::number_all() {
    for_each_value(message_, [this](Value const& value) {
        if (auto const* generated = std::get_if<Generated>(&value)) numbers_.emplace_back(generated, numbers_.size());
    });
    std::sort(numbers_.begin(), numbers_.end(), by_address);
}

std::uint64_t StreamNumbers::operator[](Generated const& generated) {
    // Most messages have no generated value; then nothing is numbered.
    if (numbers_.empty()) number_all();
    std::pair<Generated const*, std::uint64_t> const wanted{&generated, 0};
    auto const found = std::lower_bound(numbers_.begin(), numbers_.end(), wanted, by_address);
    assert(found != numbers_.end() && found->first == &generated);  // for_each_value() visits every value
    return found->second;
}

Piece cut(Piece const& piece, std::uint64_t from, std::uint64_t n) {
    if (auto const* bytes = std::get_if<SendBytes>(&piece)) return SendBytes{bytes->bytes.substr(from, n)};
    auto part = piece;
    std::visit(
        [&](auto& is) {
            if constexpr (requires { is.from; }) {
                is.from += from;
                is.size = n;
            }
            if constexpr (requires { is.mask; }) {
                // RFC 6455 §5.3: the key repeats every four bytes, counted from the start of the payload.
                if (is.mask) is.mask->phase += from;
            }
        },
        part);
    return part;
}

std::uint64_t Base::size() const {
    std::uint64_t total = 0;
    for (auto const& piece : pieces) total = saturating_sum(total, language::size(piece));
    return total;
}

std::optional<std::uint64_t> Base::frame(std::uint64_t number) const {
    std::uint64_t begin = 0;
    auto next = frames.begin();
    for (auto const& piece : pieces) {
        auto const end = saturating_sum(begin, language::size(piece));
        auto const* const framed = std::get_if<SendFramed>(&piece);
        for (; next != frames.end() && *next < end; ++next) {
            std::uint64_t const each = framed != nullptr ? framed->frame_header.size() + framed->frame_payload : 0;
            std::uint64_t const count = framed != nullptr ? framed->size / each : 1;
            if (number <= count) return *next + (number - 1) * each;
            number -= count;
        }
        begin = end;
    }
    return std::nullopt;
}

void Layout::add(std::string_view bytes) {
    if (bytes.empty()) return;
    auto& pieces = base_.pieces;
    if (pieces.empty()) pieces.reserve(2);  // most messages are a head and a body
    if (pieces.empty() || !std::holds_alternative<SendBytes>(pieces.back())) {
        pieces.emplace_back(SendBytes{});
        std::get<SendBytes>(pieces.back()).bytes.reserve(usual_head);
    }
    std::get<SendBytes>(pieces.back()).bytes.append(bytes);
    size_ = saturating_sum(size_, bytes.size());
}

void Layout::add(Piece piece) {
    if (auto const* bytes = std::get_if<SendBytes>(&piece)) return add(bytes->bytes);
    size_ = saturating_sum(size_, size(piece));
    base_.pieces.push_back(std::move(piece));
}

void Layout::add(Base base) {
    // The offsets of frames are relative to the base that is added.
    for (auto const frame : base.frames) base_.frames.push_back(saturating_sum(size_, frame));
    for (auto& piece : base.pieces) add(std::move(piece));
}

Parsed<void> Layout::allow(std::uint64_t count, std::uint64_t bytes) {
    constexpr std::uint64_t max_parts = 1'000'000;
    constexpr std::uint64_t max_bytes = 64U << 20U;
    std::uint64_t all = 0;
    bool const overflows = __builtin_mul_overflow(count, bytes, &all);
    if (overflows || count > max_parts - repeated_ || all > max_bytes - repeated_bytes_) {
        return SpecFailure{SpecErrc::too_large,
                           "the repetitions of a message have at most 1000000 parts and 64 MiB of text; repeat the "
                           "message (xN), or take generated data (@SIZE)",
                           {}};
    }
    repeated_ += count;
    repeated_bytes_ += all;
    return {};
}

void Layout::begin_frame() { base_.frames.push_back(size_); }

Base Layout::take() {
    size_ = 0;
    return std::exchange(base_, {});
}

Parsed<void> Layout::add(Value const& value, std::optional<Mask> mask) {
    if (auto const* literal = std::get_if<Literal>(&value)) {
        if (!mask) {
            add(literal->bytes);
            return {};
        }
        auto masked = literal->bytes;
        websocket::apply_mask(masked, mask->key);
        add(masked);
    } else if (auto const* generated = std::get_if<Generated>(&value)) {
        if (generated->count > 0) {
            add(Piece(SendGenerated{generated->type, streams_[*generated], 0, generated->size(), mask}));
        }
    } else {
        auto file = open(std::get<FileValue>(value).path);
        if (file.has_error()) return file.error();
        auto const size = (*file)->size();
        if (size > 0) add(Piece(SendFile{std::move(*file), 0, size, mask}));
    }
    return {};
}

Parsed<std::shared_ptr<FileContent const>> Layout::open(std::string const& path) {
    // A file that a message names twice is opened once, so both uses see the same content.
    auto& known = files_[path];
    if (known != nullptr) return known;
    auto opened = settings_.files.open(path);
    if (opened.has_value()) known = *opened;
    return opened;
}

Parsed<Base> lay_out(Message const& message, Settings const& settings) {
    Layout layout(message, settings);
    auto const done = std::visit([&](auto const& is) { return lay_out_message(is, layout, settings); }, message);
    if (done.has_error()) return done.error();
    return layout.take();
}

Parsed<std::uint64_t> measure(Value const& value, Settings const& settings) {
    if (auto const* literal = std::get_if<Literal>(&value)) return literal->bytes.size();
    if (auto const* generated = std::get_if<Generated>(&value)) return generated->size();
    auto const file = settings.files.open(std::get<FileValue>(value).path);
    if (file.has_error()) return file.error();
    return (*file)->size();
}

std::uint64_t bytes_in_memory(Value const& value) {
    auto const* literal = std::get_if<Literal>(&value);
    return literal != nullptr ? literal->bytes.size() : 0;
}

Parsed<std::uint64_t> content_size(Features const& features, Settings const& settings) {
    std::uint64_t size = 0;
    for (auto const& feature : features) {
        auto const* body = std::get_if<Body>(&feature.is);
        auto const* chunk = std::get_if<Chunk>(&feature.is);
        if (body == nullptr && chunk == nullptr) continue;
        auto const measured = measure(body != nullptr ? body->value : chunk->data, settings);
        if (measured.has_error()) return at(feature, measured.error());
        std::uint64_t all = 0;
        auto const count = body != nullptr ? 1 : chunk->count;
        if (__builtin_mul_overflow(*measured, count, &all)) all = UINT64_MAX;
        size = saturating_sum(size, all);
    }
    return size;
}

Parsed<bool> gives_header(Features const& features, std::string_view wanted, Settings const& settings) {
    using proxycore::http::equals_ignoring_case;
    for (auto const& feature : features) {
        auto const* header = std::get_if<Header>(&feature.is);
        if (header == nullptr) continue;
        if (auto const* literal = std::get_if<Literal>(&header->name)) {
            if (equals_ignoring_case(literal->bytes, wanted)) return true;
            continue;
        }
        auto const name = known_bytes(header->name, settings);
        if (name.has_error()) return at(feature, name.error());
        if (*name && equals_ignoring_case(**name, wanted)) return true;
    }
    return false;
}

Parsed<std::optional<std::string>> known_bytes(Value const& value, Settings const& settings) {
    if (auto const* literal = std::get_if<Literal>(&value)) return std::optional(literal->bytes);
    if (std::holds_alternative<Generated>(value)) return std::optional<std::string>();
    auto const file = settings.files.open(std::get<FileValue>(value).path);
    if (file.has_error()) return file.error();
    return small_file_content(**file);
}

}  // namespace pathology::language
