#include "accept_message.hpp"

#include <cstdint>
#include <functional>
#include <pathology/language/load.hpp>
#include <pathology/proxycore/net/lingering_close.hpp>

#include "connection_logger.hpp"
#include "response_sending.hpp"

namespace pathology::pathod {
namespace {

namespace asio = boost::asio;
namespace net = proxycore::net;

constexpr std::string_view option = "--on-accept";

OptionFailure refuse(std::string_view why) { return {std::string(option) + ": " + std::string(why)}; }

OptionFailure bad_spec(language::SpecFailure const& failure, std::string_view text) {
    return refuse("invalid spec\n" + language::describe(failure, text));
}

/// One message of the daemon to one connection, and its entry in the log.
class AcceptMessage {
public:
    AcceptMessage(net::Connection& connection, WorkerContext& worker)
        : stream_(*connection.stream),
          worker_(worker),
          options_(worker.daemon.options),
          logger_(worker, connection.id, stream_.remote_endpoint()),
          // Apart from the seeds of requests, which count from 0: these are the same without the message.
          seed_(worker.daemon.seed.of(connection.id, UINT64_MAX)) {
        recording_.limit = options_.show_responses ? options_.keep_bytes : 0;
    }

    asio::awaitable<bool> send();

private:
    void log_start();
    void log_end();
    void print(std::string_view bytes) const;
    record::Exchange entry(bool is_final) const;

    net::Stream& stream_;
    WorkerContext& worker_;
    DaemonOptions const& options_;
    ConnectionLogger logger_;
    std::uint64_t seed_;
    std::chrono::system_clock::time_point started_ = options_.clock.now();
    std::chrono::steady_clock::time_point begun_ = options_.clock.steady_now();
    OutgoingResponse response_;
    language::SendResult result_;
    language::CapturedBytes recording_;
    std::optional<std::uint64_t> entry_;  // made early, since the message may never end
};

asio::awaitable<bool> AcceptMessage::send() {
    response_ = worker_.responder.respond_unasked(worker_.daemon.accept_message, seed_);
    log_start();
    co_await send_messages(stream_, worker_, response_, result_, recording_);
    log_end();
    if (result_.ending == language::Ending::half) co_await net::discard_until_end(stream_);
    co_return !result_.failed() && !result_.ending && response_.origin != ResponseOrigin::policy;
}

void AcceptMessage::log_start() {
    logger_.report_seed(response_.rendered_response().is_random);
    if (!options_.show_responses) print({});
    if (options_.enter_early || response_.prepared->pauses()) entry_ = worker_.daemon.log.add(entry(false));
}

void AcceptMessage::log_end() {
    if (options_.show_responses) {
        print(format_dump("Bytes written:", recording_.bytes, result_.bytes_written, options_.hex));
    }
    auto made = entry(true);
    if (entry_) {
        made.id = *entry_;
        auto const change = [&made](record::Exchange& entry) { entry = made; };
        worker_.daemon.log.complete(*entry_, std::cref(change));
    } else {
        made.id = worker_.daemon.log.add(made);
    }
    if (!worker_.printer.is_enabled()) return;
    if (options_.json) {
        logger_.print_json(made);
    } else if (auto const end = describe_end(result_); !end.empty()) {
        worker_.printer.write({end, "\n", "from ", logger_.client(), ": on accept\n"});
    }
}

/// Prints the block of the message; `bytes` is the dump of what was written.
void AcceptMessage::print(std::string_view bytes) const {
    if (options_.json || !worker_.printer.is_enabled()) return;
    auto const& error = response_.error;
    std::string more;
    if (options_.explain && response_.origin != ResponseOrigin::policy)
        more = ">> Spec: " + response_.rendered_response().explained + "\n";
    worker_.printer.write({error, error.empty() ? "" : "\n", response_.prepared->line(), "from ", logger_.client(),
                           ": on accept\n", more, bytes});
}

record::Exchange AcceptMessage::entry(bool is_final) const {
    record::Exchange made;
    made.protocol = "tcp";
    made.started = started_;
    if (is_final) made.duration = options_.clock.steady_now() - begun_;
    made.response = response_.rendered_response().record;
    made.response->bytes_written = result_.bytes_written;
    if (options_.show_responses) made.response->raw = recording_.bytes;
    made.message = response_.error.empty() ? describe_end(result_) : response_.error;
    made.finished = is_final && result_.connection != asio::error::operation_aborted;
    return made;
}

}  // namespace

boost::system::result<PreparedSpecPtr, OptionFailure> read_accept_message(DaemonOptions const& options) {
    if (!options.on_accept) return PreparedSpecPtr();
    auto const settings = settings_of(options);
    auto const source = language::read_spec_argument(*options.on_accept, settings.files);
    if (!source) return bad_spec(source.error(), *options.on_accept);
    auto prepared = PreparedSpec::read(source->text, settings, options.explain);
    if (!prepared) {
        auto failure = prepared.error();
        if (source->text == *options.on_accept) language::add_file_hint(failure, *options.on_accept);
        return bad_spec(failure, source->text);
    }
    // What the policy and the lack of a request forbid is known before the first connection.
    auto const trial = render((*prepared)->messages(), settings, {options.explain}, 0);
    if (!trial) return bad_spec(trial.error(), source->text);
    if ((*prepared)->waits()) return refuse("the spec has a place in a request (w), and nobody has sent one");
    if (options.nohang && (*prepared)->pauses()) return refuse("the spec pauses, which --nohang forbids");
    if (options.size_limit && trial->length() > *options.size_limit)
        return refuse("the message has more bytes than --limit-size allows");
    return std::move(*prepared);
}

asio::awaitable<bool> send_accept_message(net::Connection& connection, WorkerContext& worker) {
    AcceptMessage message(connection, worker);
    co_return co_await message.send();
}

}  // namespace pathology::pathod
