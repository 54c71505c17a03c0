#include <pathology/proxycore/http2/hpack.hpp>

#include "static_table.hpp"

namespace pathology::proxycore::http2 {
namespace {

constexpr std::uint64_t entry_overhead = 32;  // RFC 7541 §4.1

// The first byte's pattern and the bits left for the number (RFC 7541 §6, §5.2).
constexpr std::uint8_t indexed = 0x80;
constexpr unsigned indexed_bits = 7;
constexpr std::uint8_t incremental_indexing = 0x40;
constexpr unsigned incremental_indexing_bits = 6;
constexpr std::uint8_t size_update = 0x20;
constexpr unsigned size_update_bits = 5;
constexpr std::uint8_t huffman = 0x80;
constexpr unsigned text_bits = 7;

/// A name or value with its length before it; of unknown text the length alone.
std::string encode_text(FieldText const& text) {
    if (!text.bytes()) return encode_integer(text.size(), text_bits);
    auto const coded = huffman_encode(*text.bytes());
    return encode_integer(coded.size(), text_bits, huffman) + coded;
}

bool says(std::optional<std::string> const& known, FieldText const& text) {
    return known && text.bytes() && *known == *text.bytes();
}

}  // namespace

std::string encode_integer(std::uint64_t number, unsigned prefix_bits, std::uint8_t pattern) {
    auto const max_prefix = (1U << prefix_bits) - 1;
    if (number < max_prefix) return {static_cast<char>(pattern | number)};
    std::string out{static_cast<char>(pattern | max_prefix)};
    for (number -= max_prefix; number >= 0x80; number >>= 7) out += static_cast<char>(0x80 | (number & 0x7f));
    out += static_cast<char>(number);
    return out;
}

std::string HeaderBlockEncoder::begin() const {
    if (table_size_ == default_header_table_size) return {};
    return encode_integer(table_size_, size_update_bits, size_update);
}

EncodedField HeaderBlockEncoder::add(FieldText name, FieldText value) {
    auto const match = find(name, value);
    if (match.whole) return {encode_integer(match.index, indexed_bits, indexed), {}};
    insert(name, value);
    EncodedField field{encode_integer(match.index, incremental_indexing_bits, incremental_indexing), {}};
    if (match.index == 0) field.head += encode_text(name);
    (name.bytes() ? field.head : field.middle) += encode_text(value);
    return field;
}

HeaderBlockEncoder::Match HeaderBlockEncoder::find(FieldText const& name, FieldText const& value) const {
    Match match;
    if (!name.bytes()) return match;
    for (std::size_t i = 0; i < static_table.size(); ++i) {
        if (static_table[i].name != *name.bytes()) continue;
        if (match.index == 0) match.index = i + 1;
        if (value.bytes() && static_table[i].value == *value.bytes()) return {i + 1, true};
    }
    for (std::size_t i = 0; i < entries_.size(); ++i) {
        if (!says(entries_[i].name, name)) continue;
        auto const index = static_table.size() + i + 1;
        if (says(entries_[i].value, value)) return {index, true};
        if (match.index == 0) match.index = index;
    }
    return match;
}

void HeaderBlockEncoder::insert(FieldText const& name, FieldText const& value) {
    auto const owned = [](FieldText const& text) {
        return text.bytes() ? std::optional(std::string(*text.bytes())) : std::nullopt;
    };
    auto const room = table_size_ > entry_overhead ? table_size_ - entry_overhead : 0;
    if (name.size() > room || value.size() > room - name.size() || table_size_ < entry_overhead) {
        entries_.clear();  // RFC 7541 §4.4: too large an entry empties the table and is no error
        used_ = 0;
        return;
    }
    auto const size = name.size() + value.size() + entry_overhead;
    for (; used_ + size > table_size_; entries_.pop_back()) used_ -= entries_.back().size;
    entries_.push_front({owned(name), owned(value), size});
    used_ += size;
}

}  // namespace pathology::proxycore::http2
