#include "received_request.hpp"

#include <algorithm>
#include <pathology/proxycore/http/target.hpp>

namespace pathology::pathod {

namespace http = proxycore::http;
namespace http1 = proxycore::http1;
namespace http2 = proxycore::http2;

namespace {

void append_up_to(std::string& kept, std::string_view more, std::size_t limit) {
    kept.append(more.substr(0, limit - std::min(limit, kept.size())));
}

}  // namespace

// --- both protocols --------------------------------------------------------------------------------------------------

void ReceivedRequest::begin() {
    body_.clear();
    raw_.clear();
    raw_size_ = 0;
    started_ = options_.clock.now();
    began_ = options_.clock.steady_now();
}

void ReceivedRequest::keep_raw(std::string_view bytes) {
    raw_size_ += bytes.size();
    if (options_.show_requests) append_up_to(raw_, bytes, options_.keep_bytes);
}

void ReceivedRequest::keep_body(std::string_view bytes) { append_up_to(body_, bytes, options_.keep_body); }

void ReceivedRequest::fill_common(proxycore::record::RecordedRequest& record, http::RequestHead const& head) const {
    record.method = head.method;
    record.target = head.target;
    record.path = path_of(head.target);
    record.form = http::parse_target(head.target).form;
    record.http_version = http::to_string(head.version);
    record.body = body_;
    record.raw = raw_;
    record.raw_size = raw_size_;
}

std::string_view path_of(std::string_view target) {
    if (target.starts_with('/')) return target;
    auto const path = http::parse_target(target).path;
    // CONNECT has no path; anchors may match its authority.
    return path.empty() ? target : path;
}

// --- HTTP/1 ----------------------------------------------------------------------------------------------------------

void ReceivedHttp1::add(http1::Event event) {
    if (event == http1::Event::head) begin();
    keep_raw(reader_.raw());
    if (event == http1::Event::data) keep_body(reader_.data());
}

std::string_view ReceivedHttp1::path() const { return path_of(reader_.head().target); }

void ReceivedHttp1::fill(proxycore::record::RecordedRequest& record) const {
    auto const& head = reader_.head();
    fill_common(record, head);
    record.headers = head.fields;
    record.body_size = reader_.body_size();
    record.stream.reset();
    record.frames.clear();
    record.frame_count = 0;
}

// --- HTTP/2 ----------------------------------------------------------------------------------------------------------

namespace {

/// Pseudo-header fields come first, as on the wire (RFC 9113 §8.3).
void fill_fields(http::Fields& fields, http2::Request const& request) {
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
    ReceivedRequest::begin();
    stream_ = stream;
    request_ = &request;
}

void ReceivedHttp2::fill(proxycore::record::RecordedRequest& record) const {
    fill_common(record, request_->head);
    fill_fields(record.headers, *request_);
    record.body_size = request_->content_size;
    record.stream = stream_;
    record.frames = request_->frames;
    record.frame_count = request_->frame_count;
}

// --- bytes that are no request ---------------------------------------------------------------------------------------

namespace {

/// The text between the first and the last quote of a message, quotes included; all of it without quotes.
std::string_view quoted_part(std::string_view message) {
    auto const first = message.find('"');
    auto const last = message.rfind('"');
    return first == last ? message : message.substr(first, last - first + 1);
}

// The titles of the original, which tests and users match.
std::string_view title(http1::Errc code) {
    using http1::Errc;
    switch (code) {
        case Errc::bad_start_line:
        case Errc::bad_version: return "Bad HTTP request line: ";
        case Errc::bad_field:
        case Errc::line_folding: return "Invalid header line: ";
        case Errc::bad_content_length: return "Unparseable Content Length: ";
        case Errc::eof_in_head:
        case Errc::eof_in_body: return "Unexpected EOF: ";
        default: return "Bad HTTP request: ";
    }
}

/// Returns true if the title explains the error, so that only the quoted bytes follow it.
bool is_explained_by_title(http1::Errc code) {
    using http1::Errc;
    return code == Errc::bad_start_line || code == Errc::bad_version || code == Errc::bad_field ||
           code == Errc::line_folding || code == Errc::bad_content_length;
}

}  // namespace

std::string describe_bad_request(http1::Failure const& failure) {
    std::string_view const message = failure.message;
    auto const what = is_explained_by_title(failure.code) ? quoted_part(message) : message;
    auto line = std::string(title(failure.code)).append(what);
    if (failure.code == http1::Errc::bad_start_line && what.starts_with("\"CONNECT ")) {
        line += " (CONNECT takes HOST:PORT)";
    }
    return line;
}

}  // namespace pathology::pathod
