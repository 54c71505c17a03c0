#include <pathology/proxycore/http2/header_decoder.hpp>

#include <nghttp2/nghttp2.h>

#include <new>

namespace pathology::proxycore::http2 {
namespace {

constexpr std::size_t overhead = 32;  // of an entry, RFC 7541 §4.1

std::string_view text(std::uint8_t const* bytes, std::size_t size) {
    return {reinterpret_cast<char const*>(bytes), size};
}

void keep(FieldSection& section, nghttp2_nv const& field, std::size_t limit) {
    section.size += field.namelen + field.valuelen + overhead;
    section.is_cut = section.is_cut || section.size > limit;
    if (!section.is_cut) section.fields.add(text(field.name, field.namelen), text(field.value, field.valuelen));
}

}  // namespace

struct HeaderDecoder::Inflater {
    Inflater() {
        if (nghttp2_hd_inflate_new(&inflater) != 0) throw std::bad_alloc();
    }
    ~Inflater() { nghttp2_hd_inflate_del(inflater); }
    Inflater(Inflater const&) = delete;
    Inflater& operator=(Inflater const&) = delete;

    nghttp2_hd_inflater* inflater = nullptr;
};

HeaderDecoder::HeaderDecoder(std::size_t max_table, std::size_t max_section)
    : inflater_(std::make_unique<Inflater>()), max_table_(max_table), max_section_(max_section) {
    if (max_table != default_table) nghttp2_hd_inflate_change_table_size(inflater_->inflater, max_table);
}
HeaderDecoder::~HeaderDecoder() = default;
HeaderDecoder::HeaderDecoder(HeaderDecoder&&) noexcept = default;
HeaderDecoder& HeaderDecoder::operator=(HeaderDecoder&&) noexcept = default;

void HeaderDecoder::allow_table(std::size_t max_table) {
    if (max_table <= max_table_) return;
    max_table_ = max_table;
    nghttp2_hd_inflate_change_table_size(inflater_->inflater, max_table);
}

Result<FieldSection> HeaderDecoder::decode(std::string_view block) {
    FieldSection section;
    auto const* at = reinterpret_cast<std::uint8_t const*>(block.data());
    auto left = block.size();
    for (;;) {
        nghttp2_nv field{};
        int flags = 0;
        auto const used = nghttp2_hd_inflate_hd2(inflater_->inflater, &field, &flags, at, left, 1);
        if (used < 0) {
            auto const place = std::to_string(block.size() - left);
            return Failure{ErrorCode::compression_error, "a field block that HPACK cannot decode, after " + place +
                                                             " of " + std::to_string(block.size()) + " bytes"};
        }
        at += used;
        left -= static_cast<std::size_t>(used);
        if ((flags & NGHTTP2_HD_INFLATE_EMIT) != 0) keep(section, field, max_section_);
        if ((flags & NGHTTP2_HD_INFLATE_FINAL) != 0) break;
        if ((flags & NGHTTP2_HD_INFLATE_EMIT) == 0 && left == 0) break;
    }
    nghttp2_hd_inflate_end_headers(inflater_->inflater);
    return section;
}

}  // namespace pathology::proxycore::http2
