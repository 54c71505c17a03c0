#include "header_block.hpp"

#include <algorithm>
#include <utility>

#include "resolving.hpp"

namespace pathology::language {
namespace {

namespace http2 = proxycore::http2;

/// A name or a value, with its bytes if they are known before it is sent.
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
    if (text.size > max_known_header_text) text.bytes.reset();
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

/// Adds values as pieces, not Huffman-coded.
Parsed<void> add_all(Layout& layout, std::initializer_list<Value const*> values) {
    for (auto const* value : values) {
        if (auto added = layout.add(*value); added.has_error()) return added;
    }
    return {};
}

}  // namespace

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
    // RFC 7541 §4.2: a dynamic table size update, if any, is at the beginning of the block.
    if (!std::exchange(announced_, true)) layout_.add(encoder_.begin());
    // The field in up to four pieces: representation and length of the name, name, length of the value, value. Texts
    // that are not known now are added as pieces of their own.
    auto const field = encoder_.add(name_text->field(), value_text->field());
    layout_.add(field.head);
    if (!name_text->bytes) {
        if (auto added = add_all(layout_, name); added.has_error()) return added;
    }
    layout_.add(field.middle);
    return value_text->bytes ? Parsed<void>() : add_all(layout_, value);
}

Parsed<void> HeaderBlock::add(std::string_view name, Value const& value) {
    Value const name_value = Literal{std::string(name), false};
    return add({&name_value}, {&value});
}

Parsed<void> HeaderBlock::add(std::string_view name, std::string_view value) {
    return add(name, Literal{std::string(value), false});
}

}  // namespace pathology::language
