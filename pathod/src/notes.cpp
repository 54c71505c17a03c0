#include "notes.hpp"

#include <charconv>
#include <functional>
#include <pathology/proxycore/console/dump.hpp>
#include <pathology/proxycore/http/escaped.hpp>
#include <pathology/proxycore/net/errc.hpp>
#include <pathology/proxycore/record/json.hpp>

namespace pathology::pathod {
namespace {

namespace net = proxycore::net;
using Type = record::Exchange::Type;

std::string dump(std::string_view title, std::string_view bytes, std::uint64_t size, bool hex) {
    auto text = std::string(title) + "\n";
    text += hex ? proxycore::console::dump_hex(bytes) : proxycore::console::dump_text(bytes);
    if (size > bytes.size()) text += "\t... and " + std::to_string(size - bytes.size()) + " bytes more\n";
    return text;
}

/// What ended an answer before its time, in a line; empty when nothing did, or when the daemon was stopped.
std::string ending(language::Performance const& performance) {
    if (performance.spec) return std::string(reason(Refusal::file_access_denied)) + " " + performance.spec->message;
    if (!performance.connection || performance.connection == net::asio::error::operation_aborted) return {};
    return performance.connection == net::Errc::timed_out ? "Timeout" : "Disconnect";
}

}  // namespace

record::Endpoint endpoint_of(std::string_view text) {
    record::Endpoint endpoint;
    auto const colon = std::min(text.rfind(':'), text.size());
    auto address = text.substr(0, colon);
    if (address.starts_with('[') && address.ends_with(']')) address = address.substr(1, address.size() - 2);
    endpoint.address = address;
    auto const port = text.substr(std::min(colon + 1, text.size()));
    std::from_chars(port.data(), port.data() + port.size(), endpoint.port);
    return endpoint;
}

Notes::Notes(Desk& desk, proxycore::http1::RequestReader const& reader, Received const& received,
             std::uint64_t connection, std::string_view remote)
    : desk_(desk),
      options_(desk.service.options),
      reader_(reader),
      received_(received),
      connection_(connection),
      remote_(endpoint_of(remote)) {}

void Notes::before(Answer const& answer) {
    print_seed(answer);
    language::Performance const nothing;
    language::Recording const no_bytes;
    Outcome const none_yet{nothing, no_bytes, false};
    if (!options_.show_responses) print(answer, none_yet);
    if (options_.enter_early || answer.prepared->pauses()) enter(answer, none_yet);
}

void Notes::after(Answer const& answer, language::Performance const& performance,
                  language::Recording const& recording) {
    Outcome const outcome{performance, recording, true};
    if (options_.show_responses) print(answer, outcome);
    if (entry_) {
        auto const change = [&](record::Exchange& entry) { fill(entry, answer, outcome); };
        desk_.service.log.complete(*entry_, std::cref(change));
    } else {
        enter(answer, outcome);
    }
    if (options_.json && desk_.journal.is_read()) {
        record::Exchange entry;
        entry.id = *entry_;
        fill(entry, answer, outcome);
        print_json(entry);
    } else if (performance.failed() && desk_.journal.is_read()) {
        if (auto const line = ending(performance); !line.empty()) desk_.journal.write({line, "\n"});
    }
    entry_.reset();
    ++answered_;
}

void Notes::failure(Type type, std::string message) {
    if (!options_.json && desk_.journal.is_read()) desk_.journal.write({message, "\n"});
    record::Exchange entry;
    entry.type = type;
    entry.message = std::move(message);
    enter_alone(std::move(entry));
}

void Notes::inbound(std::string_view bytes) {
    auto line = "websocket bytes: " + std::to_string(bytes.size());
    if (!options_.json && desk_.journal.is_read()) {
        auto const shown = options_.show_requests ? dump("Bytes read:", bytes, bytes.size(), options_.hex) : "";
        desk_.journal.write({line, "\n", shown});
    }
    record::Exchange entry;
    entry.type = Type::inbound;
    entry.protocol = "websockets";
    entry.message = line + " " + proxycore::http::quoted(bytes);
    enter_alone(std::move(entry));
}

void Notes::enter_alone(record::Exchange entry) {
    entry.started = std::chrono::system_clock::now();
    if (!options_.json || !desk_.journal.is_read()) {
        desk_.service.log.add(std::move(entry));
        return;
    }
    entry.id = desk_.service.log.add(entry);
    print_json(entry);
}

void Notes::print_json(record::Exchange const& entry) { desk_.journal.write_line(record::to_json_line(entry)); }

void Notes::print(Answer const& answer, Outcome const& outcome) {
    if (options_.json || !desk_.journal.is_read()) return;
    auto const& trouble = answer.trouble;
    auto const more = details(answer, outcome);
    desk_.journal.write({trouble, trouble.empty() ? "" : "\n", answer.prepared->line(), more});
}

/// What the options add to a block.
std::string Notes::details(Answer const& answer, Outcome const& outcome) const {
    std::string text;
    if (options_.explain && answer.standing != Standing::refusal) {
        text += ">> Spec: " + answer.rendition().explained + "\n";
    }
    if (options_.show_responses) {
        text += dump("Bytes written:", outcome.recording.bytes, outcome.performance.bytes_written, options_.hex);
    }
    if (options_.show_requests) text += dump("Bytes read:", received_.raw(), received_.raw_size(), options_.hex);
    return text;
}

/// Tells once how to replay what is random, when nobody has said which seed to take.
void Notes::print_seed(Answer const& answer) {
    auto& service = desk_.service;
    if (!answer.rendition().is_random || options_.seed || service.seed_told) return;
    if (service.seed_told.exchange(true)) return;
    auto const seed = std::to_string(service.seed);
    desk_.journal.talk("seed " + seed + " (replay with --seed " + seed + ")\n");
}

void Notes::enter(Answer const& answer, Outcome const& outcome) {
    auto const fill_in = [&](record::Exchange& entry) { fill(entry, answer, outcome); };
    entry_ = desk_.service.log.add(std::cref(fill_in));
}

/// Writes over what an older entry left there, all but the id.
void Notes::fill(record::Exchange& entry, Answer const& answer, Outcome const& outcome) const {
    entry.type = Type::crafted;
    entry.protocol = "http";
    entry.started = received_.started();
    entry.duration = received_.duration();
    if (!entry.request) entry.request.emplace();
    received_.fill(*entry.request, reader_);
    entry.request->remote_address = remote_;
    entry.request->connection = connection_;
    entry.request->index = answered_;
    entry.response = answer.rendition().record;
    entry.response->bytes_written = outcome.performance.bytes_written;
    if (options_.show_responses) entry.response->raw = outcome.recording.bytes;
    entry.frame.reset();
    entry.finished = outcome.is_final && outcome.performance.connection != net::asio::error::operation_aborted;
    entry.message = answer.trouble;
    if (entry.message.empty() && outcome.performance.failed()) entry.message = ending(outcome.performance);
}

}  // namespace pathology::pathod
