#include "layout.hpp"

#include <algorithm>
#include <cstring>
#include <functional>
#include <pathology/language/parse.hpp>
#include <pathology/language/print.hpp>
#include <pathology/language/reason.hpp>
#include <pathology/language/user_agents.hpp>

namespace pathology::language {
namespace {

namespace websocket = proxycore::websocket;

/// Files up to this size become part of the plan's bytes where their content matters (header names, keys).
constexpr std::uint64_t small_file = 1024;

// What a client puts before a frame spec that pathod shall send back (original: pathod/language/websockets.py).
constexpr std::string_view nested_frame_leader = "pathod!";

SpecFailure bad_key(std::uint64_t size) {
    return {SpecErrc::bad_key, "a masking key has exactly 4 bytes, this one has " + std::to_string(size), {}};
}

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

Parsed<void> lay_out_message(Response const& response, Layout& layout, Settings const& /*settings*/) {
    auto const code = response.code.value_or("101");  // only `ws` may leave it out
    layout.add("HTTP/1.1 ");
    layout.add(code);
    layout.add(" ");
    if (find<Reason>(response.features) == nullptr) layout.add(reason_phrase(code));
    if (auto added = add_value_of<Reason>(response.features, layout); added.has_error()) return added;
    return lay_out_rest(response.features, layout);
}

Parsed<void> lay_out_message(Request const& request, Layout& layout, Settings const& /*settings*/) {
    if (!request.method) {
        layout.add("GET");  // only `ws` may leave it out
    } else if (auto added = layout.add(*request.method); added.has_error()) {
        return added;
    }
    layout.add(" ");
    if (auto added = layout.add(request.path); added.has_error()) return added;
    if (auto const* nested = find<NestedResponse>(request.features)) {
        auto const response = parse_response(nested->spec);
        if (response.has_error()) return response.error();
        layout.add(print(*response));
    }
    layout.add(" HTTP/1.1");
    return lay_out_rest(request.features, layout);
}

// --- frames ----------------------------------------------------------------------------------------------------------

/// Sets what the frame's features say of the header's flags.
void set_flags(websocket::FrameHeader& header, Features const& features) {
    for (auto const& feature : features) {
        auto const* flag = std::get_if<Flag>(&feature.is);
        if (flag == nullptr) continue;
        switch (flag->name) {
            case Flag::Name::fin: header.fin = flag->on; break;
            case Flag::Name::rsv1: header.rsv1 = flag->on; break;
            case Flag::Name::rsv2: header.rsv2 = flag->on; break;
            case Flag::Name::rsv3: header.rsv3 = flag->on; break;
            case Flag::Name::mask: header.masked = flag->on; break;
        }
    }
}

/// What asks pathod to send a frame back.
Parsed<Value> nested_payload(NestedFrame const& nested) {
    auto const frames = parse_frames(nested.spec);
    if (frames.has_error()) return frames.error();
    return Value(Literal{std::string(nested_frame_leader) + print_with_times(frames->front()), false});
}

Parsed<void> lay_out_message(Frame const& frame, Layout& layout, Settings const& settings) {
    auto const key = masking_key(frame, settings);
    if (key.has_error()) return key.error();
    auto const* body = find<Body>(frame.features);
    auto const* raw = find<RawBody>(frame.features);
    auto const* nested = find<NestedFrame>(frame.features);
    auto const* written = body != nullptr ? find_feature<Body>(frame.features) : find_feature<RawBody>(frame.features);
    Value nested_value;
    Value const* content = body != nullptr ? &body->value : raw != nullptr ? &raw->value : nullptr;
    if (content == nullptr && nested != nullptr) {  // a body beside a nested frame wins
        auto made = nested_payload(*nested);
        if (made.has_error()) return made.error();
        nested_value = std::move(*made);
        content = &nested_value;
    }
    std::uint64_t size = 0;
    if (content != nullptr) {
        auto const measured = measure(*content, settings);
        if (measured.has_error()) return at(*written, measured.error());  // a nested frame has always a size
        size = *measured;
    }

    websocket::FrameHeader header;
    header.fin = false;
    header.masked = key->has_value() || find<NoMaskingKey>(frame.features) != nullptr;
    set_flags(header, frame.features);
    if (auto const* opcode = find<Opcode>(frame.features)) header.opcode = opcode->number;
    auto const* claimed = find<Length>(frame.features);
    header.length = claimed != nullptr ? claimed->claimed : size;
    if (header.masked) header.key = *key;  // a cleared mask bit drops the key too
    layout.add(websocket::encode(header));

    if (content == nullptr) return {};
    std::optional<Mask> mask;
    if (header.key && raw == nullptr) mask = Mask{*header.key, 0};
    return layout.add(*content, mask);
}

/// The order of generated values in memory, which pointers of different features have by std::less alone.
constexpr auto by_address = [](auto const& a, auto const& b) { return std::less<>()(a.first, b.first); };

/// The bytes of a file that is small enough to be known, else nothing.
Parsed<std::optional<std::string>> small_file_content(FileContent const& file) {
    if (file.size() > small_file) return std::optional<std::string>();
    std::string bytes(file.size(), '\0');
    if (auto const read = file.read(0, bytes); read.has_error()) return read.error();
    return std::optional(std::move(bytes));
}

}  // namespace

SpecFailure at(Feature const& feature, SpecFailure failure) {
    if (failure.span == SourceSpan{}) failure.span = feature.span;
    return failure;
}

std::uint64_t size(Piece const& piece) {
    struct Size {
        std::uint64_t operator()(SendBytes const& p) const { return p.bytes.size(); }
        std::uint64_t operator()(SendGenerated const& p) const { return p.size; }
        std::uint64_t operator()(SendFile const& p) const { return p.size; }
    };
    return std::visit(Size{}, piece);
}

StreamNumbers::StreamNumbers(Message const& message) {
    for_each_value(message, [this](Value const& value) {
        if (auto const* generated = std::get_if<Generated>(&value)) numbers_.emplace_back(generated, numbers_.size());
    });
    std::sort(numbers_.begin(), numbers_.end(), by_address);
}

std::uint64_t StreamNumbers::operator[](Generated const& generated) const {
    std::pair<Generated const*, std::uint64_t> const wanted{&generated, 0};
    return std::lower_bound(numbers_.begin(), numbers_.end(), wanted, by_address)->second;
}

Parsed<std::optional<websocket::MaskingKey>> masking_key(Frame const& frame, Settings const& settings) {
    auto const* feature = find_feature<MaskingKey>(frame.features);
    if (feature == nullptr) return std::optional<websocket::MaskingKey>();
    auto const& value = std::get<MaskingKey>(feature->is).value;
    auto const size = measure(value, settings);
    if (size.has_error()) return at(*feature, size.error());
    if (*size != 4) return at(*feature, bad_key(*size));
    auto const bytes = known_bytes(value, settings);
    if (bytes.has_error()) return at(*feature, bytes.error());
    websocket::MaskingKey known{};
    if (*bytes) std::memcpy(known.data(), (*bytes)->data(), known.size());
    return std::optional(known);
}

void Layout::add(std::string_view bytes) {
    if (bytes.empty()) return;
    if (pieces_.empty() || !std::holds_alternative<SendBytes>(pieces_.back())) pieces_.emplace_back(SendBytes{});
    std::get<SendBytes>(pieces_.back()).bytes.append(bytes);
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
            pieces_.emplace_back(SendGenerated{generated->type, streams_[*generated], 0, generated->size(), mask});
        }
    } else {
        auto file = open(std::get<FileValue>(value).path);
        if (file.has_error()) return file.error();
        auto const size = (*file)->size();
        if (size > 0) pieces_.emplace_back(SendFile{std::move(*file), 0, size, mask});
    }
    return {};
}

Parsed<std::shared_ptr<FileContent const>> Layout::open(std::string const& path) {
    auto& known = files_[path];
    if (known != nullptr) return known;
    auto opened = settings_.files.open(path);
    if (opened.has_value()) known = *opened;
    return opened;
}

Parsed<std::vector<Piece>> lay_out(Message const& message, Settings const& settings) {
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

Parsed<std::optional<std::string>> known_bytes(Value const& value, Settings const& settings) {
    if (auto const* literal = std::get_if<Literal>(&value)) return std::optional(literal->bytes);
    if (std::holds_alternative<Generated>(value)) return std::optional<std::string>();
    auto const file = settings.files.open(std::get<FileValue>(value).path);
    if (file.has_error()) return file.error();
    return small_file_content(**file);
}

}  // namespace pathology::language
