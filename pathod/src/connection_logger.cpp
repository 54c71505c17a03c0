#include "connection_logger.hpp"

#include <functional>
#include <pathology/proxycore/console/dump.hpp>
#include <pathology/proxycore/net/errc.hpp>
#include <pathology/proxycore/record/json.hpp>

namespace pathology::pathod {
namespace {

using Type = record::Exchange::Type;

/// The same, but the fault of the HTTP/2 stream if there is one.
std::string describe_failure(LogContext const& log_context, language::SendResult const& performance) {
    return log_context.fault.empty() || performance.spec ? describe_end(performance) : log_context.fault;
}

}  // namespace

std::string format_dump(std::string_view title, std::string_view bytes, std::uint64_t size, bool hex) {
    auto text = std::string(title) + "\n";
    text += hex ? proxycore::console::dump_hex(bytes) : proxycore::console::dump_text(bytes);
    if (size > bytes.size()) text += "\t... and " + std::to_string(size - bytes.size()) + " bytes more\n";
    return text;
}

std::string format_origin(std::string_view client, ReceivedRequest const& received) {
    auto const& head = received.head();
    return "from " + std::string(client) + ": " + shown_request(head.method, head.target) + "\n";
}

std::string describe_end(language::SendResult const& performance) {
    if (performance.spec)
        return std::string(reason(PolicyViolation::file_access_denied)) + " " + performance.spec->message;
    // An aborted response is the daemon's stop, which is no event of this client.
    if (!performance.connection || performance.connection == net::asio::error::operation_aborted) return {};
    return performance.connection == net::Errc::timed_out ? "Timeout" : "Disconnect";
}

ConnectionLogger::ConnectionLogger(WorkerContext& worker, std::uint64_t connection, proxycore::Endpoint remote,
                                   LoggedTls tls)
    : worker_(worker),
      options_(worker.daemon.options),
      connection_(connection),
      remote_(std::move(remote)),
      client_(to_string(remote_)),
      tls_(std::move(tls)) {}

void ConnectionLogger::log_start(LogContext& log_context, OutgoingResponse const& response) {
    bool const is_drawn = response.choice && response.choice->drawn;
    report_seed(response.rendered_response().is_random || is_drawn);
    language::SendResult const nothing;
    language::CapturedBytes const no_bytes;
    SendState const nothing_sent{nothing, no_bytes, false};
    // The block is printed when its last part is known: with `-r` that is the end, as it includes the bytes written.
    if (!options_.show_responses) print(log_context.received, response, nothing_sent);
    // A response that pauses for ever is never completed; a test has to see its request nevertheless.
    if (options_.enter_early || response.prepared->pauses()) add_exchange(log_context, response, nothing_sent);
}

void ConnectionLogger::log_end(LogContext& log_context, OutgoingResponse const& response,
                               language::SendResult const& performance, language::CapturedBytes const& recording) {
    SendState const sent{performance, recording, true};
    if (options_.show_responses) print(log_context.received, response, sent);
    if (log_context.entry) {
        auto const change = [&](record::Exchange& entry) { fill(entry, log_context, response, sent); };
        worker_.daemon.log.complete(*log_context.entry, std::cref(change));
    } else {
        add_exchange(log_context, response, sent);
    }
    if (options_.json && worker_.printer.is_enabled()) {
        record::Exchange entry;
        entry.id = *log_context.entry;
        fill(entry, log_context, response, sent);
        print_json(entry);
    } else if (worker_.printer.is_enabled()) {
        if (auto const line = describe_failure(log_context, performance); !line.empty())
            worker_.printer.write({line, "\n", format_origin(client_, log_context.received)});
    }
    log_context.entry.reset();
    ++log_context.index;
}

void ConnectionLogger::log_failure(Type type, std::string message, OutgoingResponse const* response,
                                   language::SendResult const& performance) {
    if (!options_.json && worker_.printer.is_enabled()) {
        std::string_view const crafted = response != nullptr ? response->prepared->line() : std::string_view();
        worker_.printer.write({message, "\n", crafted, "from ", client_, "\n"});
    }
    record::Exchange entry;
    entry.type = type;
    entry.message = std::move(message);
    if (response != nullptr) {
        entry.response = response->rendered_response().record;
        entry.response->bytes_written = performance.bytes_written;
    }
    add_entry(std::move(entry));
}

void ConnectionLogger::add_entry(record::Exchange entry) {
    entry.started = options_.clock.now();
    add_tls(entry);
    if (!options_.json || !worker_.printer.is_enabled()) {
        worker_.daemon.log.add(std::move(entry));
        return;
    }
    entry.id = worker_.daemon.log.add(entry);
    print_json(entry);
}

void ConnectionLogger::print_json(record::Exchange const& entry) {
    worker_.printer.write_line(record::to_json_line(entry));
}

void ConnectionLogger::print(ReceivedRequest const& received, OutgoingResponse const& response, SendState const& sent) {
    if (options_.json || !worker_.printer.is_enabled()) return;
    auto const& error = response.error;
    auto const more = details(received, response, sent);
    auto origin = format_origin(client_, received);
    if (response.choice) origin += to_string(*response.choice) + "\n";
    worker_.printer.write({error, error.empty() ? "" : "\n", response.prepared->line(), origin, more});
}

/// What the options add to a block: the frozen spec, the bytes written and read.
std::string ConnectionLogger::details(ReceivedRequest const& received, OutgoingResponse const& response,
                                      SendState const& sent) const {
    std::string text;
    if (options_.explain && response.origin != ResponseOrigin::policy) {
        text += ">> Spec: " + response.rendered_response().explained + "\n";
    }
    if (options_.show_responses) {
        text += format_dump("Bytes written:", sent.recording.bytes, sent.performance.bytes_written, options_.hex);
    }
    if (options_.show_requests) text += format_dump("Bytes read:", received.raw(), received.raw_size(), options_.hex);
    return text;
}

void ConnectionLogger::report_seed(bool is_random) {
    if (!is_random) return;
    // The seed is printed once, with the first response that used it; the hint is empty afterwards.
    if (auto const note = worker_.daemon.seed.replay_hint(); !note.empty()) worker_.printer.print_notice(note);
}

void ConnectionLogger::add_exchange(LogContext& log_context, OutgoingResponse const& response, SendState const& sent) {
    auto const fill_in = [&](record::Exchange& entry) { fill(entry, log_context, response, sent); };
    log_context.entry = worker_.daemon.log.add(std::cref(fill_in));
}

void ConnectionLogger::add_tls(record::Exchange& entry) const {
    entry.tls = tls_.info;
    entry.tls_faults.clear();
    if (tls_.faults) entry.tls_faults = *tls_.faults;
}

/// Overwrites all members but the id: the log reuses the memory of the entry that dropped out.
void ConnectionLogger::fill(record::Exchange& entry, LogContext const& log_context, OutgoingResponse const& response,
                            SendState const& sent) const {
    entry.type = Type::crafted;
    entry.protocol = log_context.received.protocol();
    entry.started = log_context.received.started();
    entry.duration = log_context.received.duration();
    if (!entry.request) entry.request.emplace();
    log_context.received.fill(*entry.request);
    entry.request->remote_address = remote_;
    entry.request->connection = connection_;
    entry.request->index = log_context.index;
    entry.response = response.rendered_response().record;
    entry.response->bytes_written = sent.performance.bytes_written;
    if (options_.show_responses) entry.response->raw = sent.recording.bytes;
    entry.frame.reset();
    add_tls(entry);
    entry.choice = response.choice;
    entry.finished = sent.is_final && sent.performance.connection != net::asio::error::operation_aborted;
    entry.message = response.error;
    if (entry.message.empty()) entry.message = describe_failure(log_context, sent.performance);
}

}  // namespace pathology::pathod
