// The run of the program: connections one after the other, or several at once, each exchange reported.
//
//   connection ──▶ message ──▶ HTTP request ── exchange ──▶ report ──▶ next message … ──▶ next connection
//                     │                            │
//                     │                            └─ 101 after `ws` ──▶ frames are sent and received at the same time,
//                     │                                                  until the server closes or the time limit
//                     passes └─ frame, preface ── send only ──▶ report ──▶ next message …; HTTP/2 then reads until the
//                     │                                                    end, and reports responses that arrive late
//                     ├─ request over HTTP/2 with a raw frame after it in its spec: likewise
//                     └─ HTTP request with --in-flight ── wait until fewer are in flight ──▶ send ──▶ next message …;
//                                                         each is reported when its response is complete
//
// An error ends its connection; a signal, -o, a refused spec and lost output end the run.
#pragma once

#include <boost/asio/awaitable.hpp>
#include <chrono>
#include <cstdint>
#include <deque>
#include <memory>
#include <optional>
#include <pathology/language/http2.hpp>
#include <pathology/pathoc/session.hpp>
#include <pathology/proxycore/console/console.hpp>
#include <pathology/proxycore/console/exit_code.hpp>
#include <pathology/proxycore/record/clock.hpp>
#include <span>
#include <string>
#include <vector>

#include "http2_session.hpp"
#include "program/message_source.hpp"
#include "program/options.hpp"
#include "program/progress.hpp"
#include "program/report.hpp"
#include "route.hpp"
#include "script.hpp"

namespace pathology::pathoc {

/// How long a run without a limit of connections waits after `failures` connections in a row that could not be made:
/// from 0.1 s, doubled each time, to 10 s.
std::chrono::milliseconds back_off(std::uint64_t failures);

class Runner {
public:
    /// The route has its TLS layers. Options, scripts, console and clock must outlive it.
    Runner(ProgramOptions const& options, std::span<Script const> scripts, proxycore::console::Console& console,
           Route route, proxycore::record::Clock const& clock);

    /// Makes every connection. Cancel: terminal, after interrupt().
    boost::asio::awaitable<void> run();

    /// Stops the run because of a signal: from now on, failures are not reported, since the cancellation causes them.
    void interrupt(int signal);

    /// Flushes the output and draws the progress; to be called regularly.
    void tick();

    proxycore::console::ExitCode exit_code() const;

private:
    /// A request that was sent without waiting for its response.
    struct SentAhead {
        std::uint32_t stream;
        std::shared_ptr<std::string const> spec;
        std::string bytes;
        std::uint64_t size;
        MessageContext context;
        std::chrono::steady_clock::time_point begun{};
        std::string_view note{};
    };

    /// One connection, opened when its first message is sent.
    struct ConnectionRun {
        ConnectionRun(std::uint64_t its_ordinal, MessageSequence its_messages)
            : ordinal(its_ordinal), messages(its_messages) {}

        std::uint64_t ordinal;
        MessageSequence messages;
        std::uint64_t index = 0;  // of the next message
        std::optional<Session> session;
        std::unique_ptr<Http2Session> http2;  // instead of `session`
        proxycore::Endpoint remote;
        std::shared_ptr<proxycore::record::RecordedTls const> tls;
        language::ClientStreams streams{};
        std::uint32_t stream = 1;           // of the current message
        bool sent_frames = false;           // raw HTTP/2 frames were sent: any frame may follow
        std::deque<SentAhead> ahead{};      // requests with raw frames behind them, whose response was not waited for
        std::deque<SentAhead> in_flight{};  // requests that await their response, the oldest first
        bool speaks_websocket = false;      // after a 101
        bool is_over = false;               // failed, or closed by a spec
        bool is_closed_by_spec = false;
        bool all_sent = false;        // WebSocket: no frames are left to send
        bool close_received = false;  // WebSocket: the server sent a close frame

        bool is_open() const { return session || http2; }
        std::string const& sent() const { return http2 ? http2->sent() : session->sent(); }
        std::string partial(std::uint32_t of_stream) const {
            return http2 ? http2->partial(of_stream) : session->partial();
        }
    };

    boost::asio::awaitable<bool> is_allowed();
    boost::asio::awaitable<void> run_in_turn();
    boost::asio::awaitable<void> run_at_once();
    boost::asio::awaitable<void> wait_before_next();
    bool is_forbidden(ConnectionRun const& connection) const;
    std::string mark(ConnectionRun const& connection) const;
    boost::asio::awaitable<void> run_connection(std::uint64_t ordinal);
    boost::asio::awaitable<void> send_messages(ConnectionRun& connection);
    boost::asio::awaitable<void> receive_frames(ConnectionRun& connection);
    boost::asio::awaitable<void> send_messages_and_wait(ConnectionRun& connection);
    boost::asio::awaitable<void> open(ConnectionRun& connection);
    void report_connect_failure(ConnectionRun const& connection, Failure const& why);
    void record_tls(ConnectionRun& connection, proxycore::tls::ConnectionInfo const& info);
    boost::asio::awaitable<void> exchange(ConnectionRun& connection, PreparedMessage const& message,
                                          CraftedMessage const& crafted);
    boost::asio::awaitable<void> send_only(ConnectionRun& connection, PreparedMessage const& message,
                                           CraftedMessage const& crafted);

    bool may_be_in_flight(ConnectionRun const& connection, PreparedMessage const& message,
                          CraftedMessage const& crafted) const;
    boost::asio::awaitable<void> send_in_flight(ConnectionRun& connection, PreparedMessage const& message,
                                                CraftedMessage const& crafted);
    boost::asio::awaitable<void> make_place(ConnectionRun& connection, std::uint64_t size);
    boost::asio::awaitable<void> await_responses(ConnectionRun& connection, std::size_t max_left);
    boost::asio::awaitable<void> receive_oldest(ConnectionRun& connection);
    using ReportOutcome = void (Runner::*)(ConnectionRun&, SentAhead const&, Result<Response> const&);
    void settle(ConnectionRun& connection, std::deque<SentAhead>& requests, boost::system::error_code end,
                ReportOutcome report);
    void report_all_in_flight(ConnectionRun& connection, Failure const& why);
    void report_in_flight(ConnectionRun& connection, SentAhead const& request, Result<Response> const& outcome);

    boost::asio::awaitable<void> read_to_end(ConnectionRun& connection);
    void report_late(ConnectionRun& connection, SentAhead const& request, Result<Response> const& outcome);
    void report_violations(ConnectionRun& connection);
    void begin_http2(ConnectionRun& connection, std::unique_ptr<proxycore::net::Stream> stream);
    void print_frame(ConnectionRun const& connection, bool is_ours, http2::Frame const& frame);
    boost::asio::awaitable<Result<Response>> exchange_on(ConnectionRun& connection, SendRequest const& request);
    boost::asio::awaitable<Result<SendResult>> send_on(ConnectionRun& connection, SendRequest const& request);

    std::optional<CraftedMessage> craft(ConnectionRun const& connection, PreparedMessage const& message);
    void check_handshake(MessageContext const& context, CraftedMessage const& crafted, Response const& response);
    void finish_exchange(ConnectionRun& connection, MessageContext const& context, SentMessage const& sent,
                         Result<Response> const& outcome);
    MessageContext message_context(ConnectionRun const& connection) const;
    void print(std::string const& block);
    void warn(std::string const& text);

    ProgramOptions const& options_;
    std::span<Script const> scripts_;
    proxycore::console::Console& console_;
    proxycore::record::Clock const& clock_;
    SeedSource seeds_;
    std::optional<DuplicateFilter> duplicates_;
    std::unique_ptr<Report> report_;
    Progress progress_;
    Route route_;
    std::optional<std::string> flood_;  // why the run is one, if that is not allowed for every target
    std::uint64_t next_ = 0;            // the ordinal of the next connection
    std::uint64_t unreachable_ = 0;     // connections in a row that could not be made
    bool stop_ = false;
    int interrupted_ = 0;  // the number of the signal
    bool refused_ = false, failed_ = false, unconnected_ = false;
};

}  // namespace pathology::pathoc
