#pragma once
// Header blocks of HTTP/2 as pieces.

#include <initializer_list>
#include <pathology/proxycore/http2/hpack.hpp>

#include "layout.hpp"

namespace pathology::language {

/// Lays out a header block, field by field. Names and values up to `max_known_header_text` are Huffman-coded, longer
/// ones are sent as they are.
class HeaderBlock {
public:
    /// Adds the fields to `layout`. A block that continues another one must not announce a table size.
    HeaderBlock(Layout& layout, Settings const& settings, bool continues = false);

    /// Adds a field. Name and value are the concatenation of the given values.
    Parsed<void> add(std::initializer_list<Value const*> name, std::initializer_list<Value const*> value);
    Parsed<void> add(std::string_view name, std::string_view value);
    Parsed<void> add(std::string_view name, Value const& value);

private:
    Layout& layout_;
    Settings const& settings_;
    proxycore::http2::HeaderBlockEncoder encoder_;
    bool announced_;
};

}  // namespace pathology::language
