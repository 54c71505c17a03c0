#include "notes.hpp"

#include <functional>
#include <pathology/proxycore/console/dump.hpp>
#include <pathology/proxycore/net/errc.hpp>
#include <pathology/proxycore/record/json.hpp>

namespace pathology::pathod {
namespace {

using Type = record::Exchange::Type;

/// The same, in the words of the protocol where it has any.
std::string ending_of(Noted const& noted, language::SendResult const& performance) {
    return noted.fault.empty() || performance.spec ? ending(performance) : noted.fault;
}

}  // namespace

std::string dumped(std::string_view title, std::string_view bytes, std::uint64_t size, bool hex) {
    auto text = std::string(title) + "\n";
    text += hex ? proxycore::console::dump_hex(bytes) : proxycore::console::dump_text(bytes);
    if (size > bytes.size()) text += "\t... and " + std::to_string(size - bytes.size()) + " bytes more\n";
    return text;
}

std::string ending(language::SendResult const& performance) {
    if (performance.spec) return std::string(reason(Refusal::file_access_denied)) + " " + performance.spec->message;
    if (!performance.connection || performance.connection == net::asio::error::operation_aborted) return {};
    return performance.connection == net::Errc::timed_out ? "Timeout" : "Disconnect";
}

Notes::Notes(Desk& desk, std::uint64_t connection, proxycore::Endpoint remote,
             std::shared_ptr<record::RecordedTls const> tls)
    : desk_(desk),
      options_(desk.service.options),
      connection_(connection),
      remote_(std::move(remote)),
      tls_(std::move(tls)) {}

void Notes::before(Noted& noted, Answer const& answer) {
    tell_seed(answer.rendition().is_random);
    language::SendResult const nothing;
    language::CapturedBytes const no_bytes;
    Outcome const none_yet{nothing, no_bytes, false};
    if (!options_.show_responses) print(noted.received, answer, none_yet);
    if (options_.enter_early || answer.prepared->pauses()) enter(noted, answer, none_yet);
}

void Notes::after(Noted& noted, Answer const& answer, language::SendResult const& performance,
                  language::CapturedBytes const& recording) {
    Outcome const outcome{performance, recording, true};
    if (options_.show_responses) print(noted.received, answer, outcome);
    if (noted.entry) {
        auto const change = [&](record::Exchange& entry) { fill(entry, noted, answer, outcome); };
        desk_.service.log.complete(*noted.entry, std::cref(change));
    } else {
        enter(noted, answer, outcome);
    }
    if (options_.json && desk_.journal.is_read()) {
        record::Exchange entry;
        entry.id = *noted.entry;
        fill(entry, noted, answer, outcome);
        print_json(entry);
    } else if (desk_.journal.is_read()) {
        if (auto const line = ending_of(noted, performance); !line.empty()) desk_.journal.write({line, "\n"});
    }
    noted.entry.reset();
    ++noted.index;
}

void Notes::failure(Type type, std::string message) {
    if (!options_.json && desk_.journal.is_read()) desk_.journal.write({message, "\n"});
    record::Exchange entry;
    entry.type = type;
    entry.message = std::move(message);
    enter_alone(std::move(entry));
}

void Notes::enter_alone(record::Exchange entry) {
    entry.started = std::chrono::system_clock::now();
    entry.tls = tls_;
    if (!options_.json || !desk_.journal.is_read()) {
        desk_.service.log.add(std::move(entry));
        return;
    }
    entry.id = desk_.service.log.add(entry);
    print_json(entry);
}

void Notes::print_json(record::Exchange const& entry) { desk_.journal.write_line(record::to_json_line(entry)); }

void Notes::print(Received const& received, Answer const& answer, Outcome const& outcome) {
    if (options_.json || !desk_.journal.is_read()) return;
    auto const& trouble = answer.trouble;
    auto const more = details(received, answer, outcome);
    desk_.journal.write({trouble, trouble.empty() ? "" : "\n", answer.prepared->line(), more});
}

/// What the options add to a block.
std::string Notes::details(Received const& received, Answer const& answer, Outcome const& outcome) const {
    std::string text;
    if (options_.explain && answer.standing != Standing::refusal) {
        text += ">> Spec: " + answer.rendition().explained + "\n";
    }
    if (options_.show_responses) {
        text += dumped("Bytes written:", outcome.recording.bytes, outcome.performance.bytes_written, options_.hex);
    }
    if (options_.show_requests) text += dumped("Bytes read:", received.raw(), received.raw_size(), options_.hex);
    return text;
}

void Notes::tell_seed(bool is_random) {
    if (!is_random) return;
    if (auto const note = desk_.service.seed.replay_hint(); !note.empty()) desk_.journal.talk(note);
}

void Notes::enter(Noted& noted, Answer const& answer, Outcome const& outcome) {
    auto const fill_in = [&](record::Exchange& entry) { fill(entry, noted, answer, outcome); };
    noted.entry = desk_.service.log.add(std::cref(fill_in));
}

/// Writes over what an older entry left there, all but the id.
void Notes::fill(record::Exchange& entry, Noted const& noted, Answer const& answer, Outcome const& outcome) const {
    entry.type = Type::crafted;
    entry.protocol = noted.received.protocol();
    entry.started = noted.received.started();
    entry.duration = noted.received.duration();
    if (!entry.request) entry.request.emplace();
    noted.received.fill(*entry.request);
    entry.request->remote_address = remote_;
    entry.request->connection = connection_;
    entry.request->index = noted.index;
    entry.response = answer.rendition().record;
    entry.response->bytes_written = outcome.performance.bytes_written;
    if (options_.show_responses) entry.response->raw = outcome.recording.bytes;
    entry.frame.reset();
    entry.tls = tls_;
    entry.finished = outcome.is_final && outcome.performance.connection != net::asio::error::operation_aborted;
    entry.message = answer.trouble;
    if (entry.message.empty()) entry.message = ending_of(noted, outcome.performance);
}

}  // namespace pathology::pathod
