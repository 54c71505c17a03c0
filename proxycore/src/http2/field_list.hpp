// Heads as nghttp2 takes them: it copies the text, and writes names in lower case.
#pragma once
#include <nghttp2/nghttp2.h>

#include <pathology/proxycore/http2/message.hpp>
#include <string>
#include <string_view>
#include <vector>

namespace pathology::proxycore::http2 {

/// Field lines, seen: the text has to outlive the list.
class FieldList {
public:
    explicit FieldList(http::Fields const& trailers);
    /// With the pseudo-header fields that are not empty in front (RFC 9113 §8.3.1, RFC 8441 §4).
    explicit FieldList(Request const& request);
    /// With `:status` in front (RFC 9113 §8.3.2).
    explicit FieldList(http::ResponseHead const& head);

    nghttp2_nv const* data() const { return lines_.data(); }
    std::size_t size() const { return lines_.size(); }

private:
    void add(std::string_view name, std::string_view value);
    void add(http::Fields const& fields);

    std::string status_;
    std::vector<nghttp2_nv> lines_;
};

}  // namespace pathology::proxycore::http2
