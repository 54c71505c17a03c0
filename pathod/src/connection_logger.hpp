// Logging of one connection: the blocks that are printed, and the entries of the log.
//
//   log_start()  before the first byte: prints the block, unless the bytes written belong to it; makes the entry early
//                when the response pauses or the options ask for it, so that tests see a request that hangs
//   log_end()    after the last byte, or a failure: prints what is missing, makes or completes the entry
#pragma once

#include <memory>
#include <pathology/language/send_plan.hpp>
#include <pathology/proxycore/record/exchange.hpp>
#include <string>
#include <string_view>
#include <vector>

#include "daemon_context.hpp"
#include "received_request.hpp"

namespace pathology::pathod {

namespace record = proxycore::record;

/// The state of one request in the log.
struct LogContext {
    explicit LogContext(ReceivedRequest const& its_received, std::uint64_t its_index = 0)
        : received(its_received), index(its_index) {}

    ReceivedRequest const& received;     ///< must outlive it
    std::uint64_t index;                 ///< of the request on its connection
    std::optional<std::uint64_t> entry;  ///< the log entry of a response in progress, once it is made
    std::string fault;                   ///< why the stream failed, in terms of its protocol; else empty
};

/// What the log says of the TLS of a connection.
struct LoggedTls {
    std::shared_ptr<record::RecordedTls const> info{};                      ///< nullptr for plain text
    std::shared_ptr<std::vector<record::RecordedTlsFault> const> faults{};  ///< done so far; nullptr = none
};

/// A title and the bytes below it, as text or as a hex dump, and how many of `size` bytes are left out.
std::string format_dump(std::string_view title, std::string_view bytes, std::uint64_t size, bool hex);

/// The line of a block that names the client and its request: `from 127.0.0.1:40000: GET /foo`.
std::string format_origin(std::string_view client, ReceivedRequest const& received);

/// Why sending ended early, as a line; empty if it did not, or if the daemon was stopped.
std::string describe_end(language::SendResult const& performance);

/// Worker and requests must outlive it.
class ConnectionLogger {
public:
    ConnectionLogger(WorkerContext& worker, std::uint64_t connection, proxycore::Endpoint remote, LoggedTls tls = {});

    /// To be called before the first byte of a response is sent.
    void log_start(LogContext& log_context, OutgoingResponse const& response);
    /// To be called when a response was sent or failed. Increments the index of the context.
    void log_end(LogContext& log_context, OutgoingResponse const& response, language::SendResult const& performance,
                 language::CapturedBytes const& recording);

    bool has_tls() const { return tls_.info != nullptr; }
    /// The endpoint of the client, as text.
    std::string const& client() const { return client_; }

    /// Logs a failure without a request: bytes that are none, a timeout. `response` is what --strict sent, else nullptr.
    void log_failure(record::Exchange::Type type, std::string message, OutgoingResponse const* response = nullptr,
                     language::SendResult const& performance = {});
    /// Makes a log entry of its own, with time and TLS added. Prints it only as JSON.
    void add_entry(record::Exchange entry);
    void print_json(record::Exchange const& entry);
    /// Prints the seed once, the first time that something random is sent, unless it was given by an option.
    void report_seed(bool is_random);

private:
    /// What has been sent of a response.
    struct SendState {
        language::SendResult const& performance;
        language::CapturedBytes const& recording;
        bool is_final;  ///< nothing more will be sent
    };

    void print(ReceivedRequest const& received, OutgoingResponse const& response, SendState const& sent);
    std::string details(ReceivedRequest const& received, OutgoingResponse const& response, SendState const& sent) const;
    void add_exchange(LogContext& log_context, OutgoingResponse const& response, SendState const& sent);
    void add_tls(record::Exchange& entry) const;
    void fill(record::Exchange& entry, LogContext const& log_context, OutgoingResponse const& response,
              SendState const& sent) const;

    WorkerContext& worker_;
    DaemonOptions const& options_;
    std::uint64_t connection_;
    proxycore::Endpoint remote_;
    std::string client_;
    LoggedTls tls_;
};

}  // namespace pathology::pathod
