#include "received_http2.hpp"

#include <pathology/proxycore/http/target.hpp>

namespace pathology::pathod {

namespace http2 = proxycore::http2;

namespace {

/// Pseudo-header fields first, as they have to come.
void fill_fields(proxycore::http::Fields& fields, http2::Request const& request) {
    fields.clear();
    auto const add = [&](std::string_view name, std::string_view value) {
        if (!value.empty()) fields.add(name, value);
    };
    add(":method", request.head.method);
    add(":scheme", request.scheme);
    add(":authority", request.authority);
    add(":path", request.head.target);
    add(":protocol", request.protocol);
    for (auto const& [name, value] : request.head.fields) fields.add(name, value);
}

}  // namespace

void ReceivedHttp2::begin(http2::StreamId stream, http2::Request const& request) {
    Received::begin();
    stream_ = stream;
    request_ = &request;
}

void ReceivedHttp2::fill(proxycore::record::RecordedRequest& record) const {
    auto const& head = request_->head;
    record.method = head.method;
    record.target = head.target;
    record.path = path_of(head.target);
    record.form = proxycore::http::parse_target(head.target).form;
    record.http_version = proxycore::http::to_string(head.version);
    fill_fields(record.headers, *request_);
    record.body = body();
    record.body_size = request_->content_size;
    record.raw = raw();
    record.raw_size = raw_size();
    record.stream = stream_;
    record.frames = request_->frames;
    record.frame_count = request_->frame_count;
}

}  // namespace pathology::pathod
