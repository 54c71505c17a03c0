// Requests and responses of HTTP/1 as pieces.
//
// Each function takes its message apart with parts_of() and binds all members of Parts. After a new member none of them
// compiles until it handles the member, or names and ignores it.

#include <algorithm>
#include <array>
#include <charconv>
#include <pathology/language/parse.hpp>
#include <pathology/language/print.hpp>
#include <pathology/language/tables.hpp>

#include "layout.hpp"

namespace pathology::language {
namespace {

/// The features that have a place of their own. Header fields and content are not among them: they are sent in their
/// order.
struct Parts {
    Feature const* version = nullptr;
    Feature const* reason = nullptr;
    Feature const* nested = nullptr;
    Feature const* line_end = nullptr;
};

/// Puts a feature where it belongs. There is an overload for every token; a token without one does not compile.
struct PartsVisitor {
    Parts& parts;
    Feature const& feature;

    void operator()(Version const&) const { parts.version = &feature; }
    void operator()(Reason const&) const { parts.reason = &feature; }
    void operator()(NestedResponse const&) const { parts.nested = &feature; }
    void operator()(LineEnd const&) const { parts.line_end = &feature; }
    void operator()(Raw const&) const {}  // makes resolve() add nothing
    void operator()(Times const&) const {}
    void operator()(WaitFor const&) const {}  // for whoever sends
    template <FieldToken Token> void operator()(Token const&) const {}
    template <ContentToken Token> void operator()(Token const&) const {}
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

/// The parts of a message that are lines, and the content between them.
class Lines {
public:
    Lines(Layout& layout, Feature const* line_end, Settings const& settings)
        : layout_(layout), line_end_(line_end), settings_(settings) {}

    Parsed<void> end_line() {
        if (line_end_ != nullptr) return add_value<LineEnd>(line_end_, layout_);
        layout_.add("\r\n");
        return {};
    }

    /// Adds the fields of one kind of token.
    template <bool (*is_wanted)(Feature const&)> Parsed<void> add_fields(Features const& features) {
        auto const add_field = [this]<class Token>(Token const& token) -> Parsed<void> {
            if constexpr (FieldToken<Token> || std::same_as<Token, Trailer>) return add_repeated(token);
            return {};
        };
        for (auto const& feature : features) {
            if (!is_wanted(feature)) continue;
            if (auto added = std::visit(add_field, feature.is); added.has_error()) return at(feature, added.error());
        }
        return {};
    }

    /// Adds bodies and chunks in their order.
    Parsed<void> add_content(Features const& features) {
        for (auto const& feature : features) {
            Parsed<void> added;
            if (auto const* body = std::get_if<Body>(&feature.is)) added = layout_.add(body->value);
            if (auto const* chunk = std::get_if<Chunk>(&feature.is)) added = add_chunks(*chunk);
            if (added.has_error()) return at(feature, added.error());
        }
        return {};
    }

private:
    template <class Token> Parsed<void> add_repeated(Token const& token) {
        auto const add = [&] {
            return visit_field(token, [this](auto const& name, Value const& value) { return add_line(name, value); });
        };
        if constexpr (RepeatableToken<Token>) {
            return layout_.repeat(token.count, bytes_in_memory(token.name) + bytes_in_memory(token.value), add);
        } else {
            return add();
        }
    }

    template <class Name> Parsed<void> add_line(Name const& name, Value const& value) {
        if (auto added = add_name(name, layout_); added.has_error()) return added;
        layout_.add(": ");
        if (auto added = layout_.add(value); added.has_error()) return added;
        return end_line();
    }

    Parsed<void> add_chunks(Chunk const& chunk) {
        auto const size = measure(chunk.data, settings_);
        if (size.has_error()) return size.error();
        auto const bytes = bytes_in_memory(chunk.data) + (chunk.size_line ? bytes_in_memory(*chunk.size_line) : 0);
        return layout_.repeat(chunk.count, bytes, [&] { return add_chunk(chunk, *size); });
    }

    /// RFC 9112 §7.1
    Parsed<void> add_chunk(Chunk const& chunk, std::uint64_t size) {
        layout_.begin_chunk();
        if (!chunk.size_line) {
            layout_.add(to_hex(size));
        } else if (auto added = layout_.add(*chunk.size_line); added.has_error()) {
            return added;
        }
        if (auto added = end_line(); added.has_error()) return added;
        if (auto added = layout_.add(chunk.data); added.has_error()) return added;
        return chunk.end ? layout_.add(*chunk.end) : end_line();
    }

    static std::string to_hex(std::uint64_t size) {
        std::array<char, 16> digits{};
        auto const end = std::to_chars(digits.data(), digits.data() + digits.size(), size, 16).ptr;
        return {digits.data(), end};
    }

    Layout& layout_;
    Feature const* line_end_;
    Settings const& settings_;
};

bool is_trailer(Feature const& feature) { return std::holds_alternative<Trailer>(feature.is); }
bool is_no_trailer(Feature const& feature) { return !is_trailer(feature); }

/// Everything after the start line.
Parsed<void> lay_out_rest(Features const& features, Feature const* line_end, Layout& layout, Settings const& settings) {
    Lines lines(layout, line_end, settings);
    if (auto added = lines.end_line(); added.has_error()) return added;
    if (auto added = lines.add_fields<is_no_trailer>(features); added.has_error()) return added;
    if (auto added = lines.end_line(); added.has_error()) return added;
    layout.end_head();
    if (auto added = lines.add_content(features); added.has_error()) return added;
    if (std::none_of(features.begin(), features.end(), is_trailer)) return {};
    layout.begin_trailer();
    if (auto added = lines.add_fields<is_trailer>(features); added.has_error()) return added;
    return lines.end_line();
}

}  // namespace

Parsed<void> lay_out_message(Response const& response, Layout& layout, Settings const& settings) {
    if (settings.protocol == Protocol::http2) return lay_out_http2(response, layout, settings);
    auto const& [version, reason, nested, line_end] = parts_of(response.features);
    // The start line: HTTP-version SP status-code SP reason-phrase CRLF (RFC 9112 §4).
    auto const code = response.code.value_or("101");  // only `ws` may leave it out
    if (auto added = add_version(version, layout); added.has_error()) return added;
    layout.add(" ");
    layout.add(code);
    layout.add(" ");
    if (reason == nullptr) layout.add(reason_phrase(code));
    if (auto added = add_value<Reason>(reason, layout); added.has_error()) return added;
    return lay_out_rest(response.features, line_end, layout, settings);
}

Parsed<void> lay_out_message(Request const& request, Layout& layout, Settings const& settings) {
    if (settings.protocol == Protocol::http2) return lay_out_http2(request, layout, settings);
    auto const& [version, reason, nested, line_end] = parts_of(request.features);
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
    return lay_out_rest(request.features, line_end, layout, settings);
}

Parsed<void> lay_out_message(RawMessage const& message, Layout& layout, Settings const& /*settings*/) {
    return layout.add(message.value);
}

}  // namespace pathology::language
