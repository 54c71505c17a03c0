#include "received.hpp"

#include <algorithm>

namespace pathology::pathod {

namespace http = proxycore::http;
namespace http1 = proxycore::http1;

namespace {

void append_up_to(std::string& kept, std::string_view more, std::size_t limit) {
    kept.append(more.substr(0, limit - std::min(limit, kept.size())));
}

}  // namespace

void Received::begin() {
    body_.clear();
    raw_.clear();
    raw_size_ = 0;
    started_ = std::chrono::system_clock::now();
    began_ = std::chrono::steady_clock::now();
}

void Received::take(http1::RequestReader const& reader, http1::Event event) {
    if (event == http1::Event::head) begin();
    raw_size_ += reader.raw().size();
    if (options_.show_requests) append_up_to(raw_, reader.raw(), options_.keep_bytes);
    if (event == http1::Event::data) append_up_to(body_, reader.data(), options_.keep_body);
}

std::string_view Received::path(http1::RequestReader const& reader) const {
    std::string_view const target = reader.head().target;
    if (target.starts_with('/')) return target;
    auto const path = http::parse_target(target).path;
    return path.empty() ? target : path;
}

void Received::fill(proxycore::record::RecordedRequest& record, http1::RequestReader const& reader) const {
    auto const& head = reader.head();
    record.method = head.method;
    record.target = head.target;
    record.path = path(reader);
    record.form = http::parse_target(head.target).form;
    record.http_version = http::to_string(head.version);
    record.headers = head.fields;
    record.body = body_;
    record.body_size = reader.body_size();
    record.raw = raw_;
    record.raw_size = raw_size_;
}

}  // namespace pathology::pathod
