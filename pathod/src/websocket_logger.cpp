#include "websocket_logger.hpp"

#include <algorithm>
#include <pathology/proxycore/http/escaped.hpp>
#include <pathology/proxycore/net/stream.hpp>
#include <pathology/proxycore/record/frame_recorder.hpp>

namespace pathology::pathod {
namespace {

using Type = record::Exchange::Type;

constexpr std::size_t max_shown = 1024;  // bytes of a payload in a printed block
constexpr std::size_t max_header = 14;   // RFC 6455 §5.2: 2 bytes, 8 of length, 4 of the masking key

std::string shown_payload(record::RecordedFrame const& frame) {
    if (frame.payload.empty()) return {};
    auto const shown = std::min(frame.payload.size(), max_shown);
    auto text = "Payload:\n" + proxycore::http::escaped(std::string_view(frame.payload).substr(0, shown)) + "\n";
    if (frame.payload_size > shown) text += "... and " + std::to_string(frame.payload_size - shown) + " bytes more\n";
    return text;
}

}  // namespace

void WebsocketLogger::log_received(record::RecordedFrame frame) {
    frame.connection = connection_;
    if (frame.payload.size() > options_.keep_body) frame.payload.resize(options_.keep_body);
    if (prints()) {
        auto const line = record::describe(frame) + "\n";
        auto const raw = options_.show_requests ? format_dump("Bytes read:", frame.raw, frame.raw_size, options_.hex)
                                                : std::string();
        worker_.printer.write({line, shown_payload(frame), raw});
    }
    record::Exchange entry;
    entry.type = Type::inbound;
    entry.protocol = "websockets";
    entry.frame = std::move(frame);
    logger_.add_entry(std::move(entry));
}

void WebsocketLogger::log_start(std::string const& spec, RenderedResponse const& rendered) {
    started_ = options_.clock.now();
    began_ = options_.clock.steady_now();
    logger_.report_seed(rendered.is_random);
    if (!options_.show_responses) print(spec, rendered, {});
    if (!options_.enter_early && !rendered.pauses()) return;
    auto entry = entry_of(rendered);
    entry.finished = false;
    entry_ = worker_.daemon.log.add(std::move(entry));
}

void WebsocketLogger::log_end(std::string const& spec, RenderedResponse const& rendered,
                              language::SendResult const& performance, language::CapturedBytes const& recording) {
    auto const shown = std::string_view(recording.bytes).substr(0, options_.keep_bytes);
    if (options_.show_responses)
        print(spec, rendered, format_dump("Bytes written:", shown, performance.bytes_written, options_.hex));
    auto entry = entry_of(rendered);
    entry.response->bytes_written = performance.bytes_written;
    if (options_.show_responses) entry.response->raw = shown;
    entry.frame = record::frame_of(recording.bytes, performance.bytes_written, {.payload = options_.keep_body});
    if (entry.frame) {
        entry.frame->connection = connection_;
        entry.frame->index = sent_++;
    }
    entry.finished = performance.connection != proxycore::net::asio::error::operation_aborted;
    entry.message = describe_end(performance);
    if (prints() && !entry.message.empty()) worker_.printer.write({entry.message, "\nfrom ", logger_.client(), "\n"});
    // An entry that was added before the frame was sent (see log_start) is completed; otherwise it is added now.
    auto const overwrite = [&](record::Exchange& place) {
        entry.id = place.id;
        place = entry;
    };
    if (entry_) {
        entry.id = *entry_;
        worker_.daemon.log.complete(*entry_, std::cref(overwrite));
    } else {
        entry.id = worker_.daemon.log.add(std::cref(overwrite));
    }
    entry_.reset();
    if (options_.json && worker_.printer.is_enabled()) logger_.print_json(entry);
}

std::size_t WebsocketLogger::recording_limit() const {
    return std::max(options_.show_responses ? options_.keep_bytes : 0, max_header + options_.keep_body);
}

void WebsocketLogger::log_sent(std::string_view bytes) {
    if (!prints() || !options_.show_responses) return;
    auto const shown = bytes.substr(0, options_.keep_bytes);
    worker_.printer.write({format_dump("Bytes written:", shown, bytes.size(), options_.hex)});
}

void WebsocketLogger::print(std::string const& spec, RenderedResponse const& rendered, std::string const& dump) {
    if (!prints()) return;
    auto const explained = options_.explain ? ">> Spec: " + rendered.explained + "\n" : std::string();
    worker_.printer.write({"crafting websocket spec: ", spec, "\nfrom ", logger_.client(), "\n", explained, dump});
}

record::Exchange WebsocketLogger::entry_of(RenderedResponse const& rendered) const {
    record::Exchange entry;
    entry.protocol = "websockets";
    entry.started = started_;
    entry.duration = options_.clock.steady_now() - began_;
    entry.response = rendered.record;
    return entry;
}

}  // namespace pathology::pathod
