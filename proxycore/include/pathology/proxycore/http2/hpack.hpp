// Writing header blocks (RFC 7541). Reading them is another matter, and another header.
#pragma once
#include <cstddef>
#include <cstdint>
#include <deque>
#include <optional>
#include <string>
#include <string_view>

namespace pathology::proxycore::http2 {

/// The size of a dynamic table until a peer's settings change it (RFC 9113 §6.5.2).
inline constexpr std::uint32_t default_header_table_size = 4096;

/// The name or the value of a field: bytes, or the size of bytes that the caller writes himself where they belong.
class FieldText {
public:
    FieldText(std::string_view bytes) : bytes_(bytes), size_(bytes.size()) {}
    FieldText(char const* bytes) : FieldText(std::string_view(bytes)) {}
    FieldText(std::string const& bytes) : FieldText(std::string_view(bytes)) {}
    static FieldText unknown(std::uint64_t size) { return FieldText(size); }

    std::optional<std::string_view> const& bytes() const { return bytes_; }
    std::uint64_t size() const { return size_; }

private:
    explicit FieldText(std::uint64_t size) : size_(size) {}

    std::optional<std::string_view> bytes_;
    std::uint64_t size_;
};

/// A field's bytes: `head`, then the name if it was unknown, `middle`, then the value if it was unknown. `middle` is
/// empty unless the name was unknown.
struct EncodedField {
    std::string head;
    std::string middle;
};

/// Writes one header block: known pairs as an index, everything else as a literal with incremental indexing, its name
/// by index where that is known; all text Huffman-coded, also where that is longer.
///
/// The encoder begins with an empty model of the dynamic table, so that a block refers to nothing but the static table
/// and the fields it holds itself. Such a block is valid at any place of a connection, whatever was sent before. With a
/// table size other than the default the block has to begin with a size update (RFC 7541 §6.3), which `begin` gives.
class HeaderBlockEncoder {
public:
    explicit HeaderBlockEncoder(std::uint32_t table_size = default_header_table_size) : table_size_(table_size) {}

    /// What the block begins with; empty for the default table size.
    std::string begin() const;

    /// The next field. Unknown text is announced as plain bytes, and later fields never match it.
    EncodedField add(FieldText name, FieldText value);

private:
    struct Entry {
        std::optional<std::string> name;
        std::optional<std::string> value;
        std::uint64_t size = 0;
    };
    struct Match {
        std::size_t index = 0;  // 0: none
        bool whole = false;
    };

    Match find(FieldText const& name, FieldText const& value) const;
    void insert(FieldText const& name, FieldText const& value);

    std::uint32_t table_size_;
    std::uint64_t used_ = 0;
    std::deque<Entry> entries_;  // newest first
};

/// The Huffman code of RFC 7541 §5.2, padded to whole bytes.
std::string huffman_encode(std::string_view bytes);

/// An integer with a prefix of so many bits (1 to 8) below the bits of `pattern` (RFC 7541 §5.1).
std::string encode_integer(std::uint64_t number, unsigned prefix_bits, std::uint8_t pattern = 0);

}  // namespace pathology::proxycore::http2
