// The records of `--json`, one line each. doc/log.md documents their members; the types are those of record::Exchange:
//
//      received    a response arrived                      timeout     none within the limit
//      crafted     a frame, or a spec that disconnects     inbound     a frame of the server
//      error       any other failure

#include <pathology/proxycore/http/message.hpp>
#include <pathology/proxycore/http/target.hpp>
#include <pathology/proxycore/http1/reader.hpp>
#include <pathology/proxycore/http1/settings.hpp>
#include <pathology/proxycore/http2/frame_reader.hpp>
#include <pathology/proxycore/http2/header_decoder.hpp>
#include <pathology/proxycore/http2/message.hpp>
#include <pathology/proxycore/http2/violation.hpp>
#include <pathology/proxycore/record/frame_recorder.hpp>
#include <pathology/proxycore/record/json.hpp>

#include "program/report.hpp"

namespace pathology::pathoc {
namespace {

namespace http = proxycore::http;
namespace http1 = proxycore::http1;
namespace http2 = proxycore::http2;
namespace record = proxycore::record;
using record::Exchange;

/// Parses the sent bytes as a request, up to the first violation: a spec may be malformed on purpose, and the record
/// then has the valid part.
void read_into(record::RecordedRequest& request, std::string_view bytes) {
    http1::RequestReader reader({}, http1::Leniency::all());
    reader.feed(bytes);
    for (auto outcome = reader.next(); outcome && *outcome; outcome = reader.next()) {
        if (**outcome == http1::Event::head) {
            auto const& head = reader.head();
            auto const target = http::parse_target(head.target);
            request.method = head.method;
            request.target = head.target;
            request.path = target.path;
            request.form = target.form;
            request.http_version = http::to_string(head.version);
            request.headers = head.fields;
        } else if (**outcome == http1::Event::data) {
            request.body += reader.data();
        } else {
            return;
        }
        request.body_size = reader.body_size();
    }
}

/// Parses the frames of a request. Padding and priorities are ignored, since crafting makes none.
void read_http2_into(record::RecordedRequest& request, std::string_view bytes) {
    http2::FrameReader frames;
    std::string block;
    frames.feed(bytes);
    for (auto next = frames.next(); next && *next; next = frames.next()) {
        auto const& [header, payload] = **next;
        ++request.frame_count;
        if (request.frames.size() < http2::max_kept_frames) request.frames.push_back(header);
        auto const type = http2::FrameType{header.type};
        if (type == http2::FrameType::headers || type == http2::FrameType::continuation) block += payload;
        if (type == http2::FrameType::data) request.body += payload;
    }
    request.body_size = request.body.size();
    auto section = http2::HeaderDecoder().decode(block);
    if (!section) return;
    request.headers = std::move(section->fields);
    request.method = request.headers.first(":method").value_or("");
    request.target = request.headers.first(":path").value_or("");
    request.path = request.target;
    request.form = http::parse_target(request.target).form;
}

record::RecordedRequest recorded(MessageContext const& context, SentMessage const& sent) {
    record::RecordedRequest request;
    request.http_version.clear();  // unknown if the bytes are not HTTP
    request.raw = sent.bytes;
    request.raw_size = sent.size;
    request.remote_address = context.remote;
    request.connection = context.connection;
    request.index = context.index;
    if (sent.stream == 0) {
        read_into(request, sent.bytes);
    } else {
        request.stream = sent.stream;
        request.http_version = http::to_string({2, 0});
        read_http2_into(request, sent.bytes);
    }
    return request;
}

record::RecordedResponse recorded(Response const& response) {
    record::RecordedResponse record;
    record.status_code = std::to_string(response.status());
    record.reason = response.reason();
    record.version = http::to_string(response.head.version);
    record.headers = response.head.fields;
    if (response.body_size > 0) record.body = response.body;
    record.body_size = response.body_size;
    record.bytes_written = response.raw_size;
    record.raw = response.raw;
    return record;
}

class JsonReport final : public Report {
public:
    /// No record of its own: the record of each exchange has its TLS.
    void connection(std::string& /*out*/, proxycore::tls::ConnectionInfo const& /*info*/) override {}

    void exchange(std::string& out, MessageContext const& context, SentMessage const& sent,
                  Result<Response> const& outcome, std::string_view partial) override {
        // Types: received for a response, timeout, crafted for a disconnect of the spec, error for other failures.
        auto entry = begin(context, outcome ? Exchange::Type::received : Exchange::Type::error);
        entry.spec = sent.spec;
        entry.request = recorded(context, sent);
        if (sent.stream != 0) entry.protocol = "http2";
        if (outcome) {
            entry.response = recorded(*outcome);
        } else {
            auto const& why = outcome.error();
            if (why.code == Errc::timed_out) entry.type = Exchange::Type::timeout;
            if (why.code == Errc::closed_by_spec) entry.type = Exchange::Type::crafted;
            entry.message = why.message;
            entry.violation = why.violation;
            if (why.response) {
                entry.response = recorded(*why.response);
            } else if (!partial.empty()) {
                entry.response.emplace();
                // The bytes may not be HTTP; an empty version marks a response that was not parsed.
                entry.response->version.clear();
                entry.response->raw = partial;
                entry.response->bytes_written = why.bytes_received;
            }
        }
        finish(out, entry);
    }

    void sent_frame(std::string& out, MessageContext const& context, SentMessage const& sent) override {
        auto entry = begin(context, Exchange::Type::crafted);
        entry.spec = sent.spec;
        entry.protocol = sent.stream != 0 ? "http2" : "websockets";
        if (sent.stream != 0) {
            entry.request = recorded(context, sent);
            return finish(out, entry);
        }
        // A frame that was crafted is recorded whole: its bytes are in memory, and they are what the test is about.
        record::FrameKeep const all{.payload = sent.bytes.size(), .raw = sent.bytes.size()};
        entry.frame = record::frame_of(sent.bytes, sent.size, all);
        if (entry.frame) {
            entry.frame->connection = context.connection;
            entry.frame->index = context.index;
        }
        finish(out, entry);
    }

    void received_frame(std::string& out, MessageContext const& context, record::RecordedFrame const& frame) override {
        auto entry = begin(context, Exchange::Type::inbound);
        entry.protocol = "websockets";
        entry.frame = frame;
        entry.frame->connection = context.connection;
        finish(out, entry);
    }

    void http2_frame(std::string& out, MessageContext const& context, std::string_view line) override {
        auto entry = begin(context, Exchange::Type::inbound);
        entry.protocol = "http2";
        entry.message = line;
        finish(out, entry);
    }

    void late_outcome(std::string& out, MessageContext const& context, SentMessage const& sent,
                      Result<Response> const& outcome, std::string_view partial) override {
        exchange(out, context, sent, outcome, partial);
    }

    void violation(std::string& out, MessageContext const& context, http2::Violation const& violation) override {
        auto entry = begin(context, Exchange::Type::error);
        entry.protocol = "http2";
        entry.message = "Invalid frame: " + describe(violation);
        entry.violation = std::make_shared<http2::Violation const>(violation);
        finish(out, entry);
    }

    void protocol_error(std::string& out, MessageContext const& context, std::string_view message) override {
        auto entry = begin(context, Exchange::Type::error);
        entry.protocol = "websockets";
        entry.message = message;
        finish(out, entry);
    }

private:
    Exchange begin(MessageContext const& context, Exchange::Type type) {
        Exchange entry;
        entry.id = next_id_++;
        entry.type = type;
        entry.started = context.started;
        entry.duration = context.duration;
        entry.tls = context.tls;
        return entry;
    }
    static void finish(std::string& out, Exchange const& entry) {
        out += record::to_json_line(entry);
        out += '\n';
    }

    std::uint64_t next_id_ = 0;
};

}  // namespace

std::unique_ptr<Report> make_json_report() { return std::make_unique<JsonReport>(); }

}  // namespace pathology::pathoc
