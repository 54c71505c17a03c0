#include "http2/field_list.hpp"

namespace pathology::proxycore::http2 {
namespace {

/// nghttp2 only reads.
std::uint8_t* bytes_of(std::string_view text) {
    return const_cast<std::uint8_t*>(reinterpret_cast<std::uint8_t const*>(text.data()));
}

}  // namespace

FieldList::FieldList(http::Fields const& trailers) { add(trailers); }

FieldList::FieldList(Request const& request) {
    add(":method", request.head.method);
    if (!request.scheme.empty()) add(":scheme", request.scheme);
    if (!request.authority.empty()) add(":authority", request.authority);
    if (!request.head.target.empty()) add(":path", request.head.target);
    if (!request.protocol.empty()) add(":protocol", request.protocol);
    add(request.head.fields);
}

FieldList::FieldList(http::ResponseHead const& head) : status_(std::to_string(head.status)) {
    add(":status", status_);
    add(head.fields);
}

void FieldList::add(std::string_view name, std::string_view value) {
    lines_.push_back({bytes_of(name), bytes_of(value), name.size(), value.size(), NGHTTP2_NV_FLAG_NONE});
}

void FieldList::add(http::Fields const& fields) {
    lines_.reserve(lines_.size() + fields.size());
    for (auto const& [name, value] : fields) add(name, value);
}

}  // namespace pathology::proxycore::http2
