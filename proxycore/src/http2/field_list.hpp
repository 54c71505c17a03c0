// Heads in the form that nghttp2 takes. nghttp2 copies the text, and sends names in lower case.
#pragma once
#include <nghttp2/nghttp2.h>

#include <boost/container/small_vector.hpp>
#include <pathology/proxycore/http2/message.hpp>
#include <string>
#include <string_view>

namespace pathology::proxycore::http2 {

/// Views of field lines; the text has to outlive the list.
class FieldList {
public:
    explicit FieldList(http::Fields const& trailers) { add(trailers); }
    /// The pseudo-header fields that are not empty (RFC 9113 §8.3.1, RFC 8441 §4), then the others.
    explicit FieldList(Request const& request) {
        add(":method", request.head.method);
        if (!request.scheme.empty()) add(":scheme", request.scheme);
        if (!request.authority.empty()) add(":authority", request.authority);
        if (!request.head.target.empty()) add(":path", request.head.target);
        if (!request.protocol.empty()) add(":protocol", request.protocol);
        add(request.head.fields);
    }
    /// `:status` (RFC 9113 §8.3.2), then the others.
    explicit FieldList(http::ResponseHead const& head) : status_(std::to_string(head.status)) {
        add(":status", status_);
        add(head.fields);
    }
    FieldList(FieldList const&) = delete;
    FieldList& operator=(FieldList const&) = delete;

    nghttp2_nv const* data() const { return lines_.data(); }
    std::size_t size() const { return lines_.size(); }

private:
    /// nghttp2 only reads.
    static std::uint8_t* bytes_of(std::string_view text) {
        return const_cast<std::uint8_t*>(reinterpret_cast<std::uint8_t const*>(text.data()));
    }
    void add(std::string_view name, std::string_view value) {
        lines_.push_back({bytes_of(name), bytes_of(value), name.size(), value.size(), NGHTTP2_NV_FLAG_NONE});
    }
    void add(http::Fields const& fields) {
        for (auto const& [name, value] : fields) add(name, value);
    }

    std::string status_;
    boost::container::small_vector<nghttp2_nv, 24> lines_;
};

}  // namespace pathology::proxycore::http2
