// Logging of a WebSocket connection: its frames, printed and as entries of the log.
#pragma once

#include <optional>
#include <pathology/language/send_plan.hpp>
#include <pathology/proxycore/record/exchange.hpp>
#include <string>

#include "connection_logger.hpp"
#include "daemon_context.hpp"
#include "rendered_response.hpp"

namespace pathology::pathod {

/// Logs the frames of one connection.
class WebsocketLogger {
public:
    /// `logger` is that of the connection; worker and logger must outlive this.
    WebsocketLogger(WorkerContext& worker, ConnectionLogger& logger, std::uint64_t connection)
        : worker_(worker), logger_(logger), options_(worker.daemon.options), connection_(connection) {}

    /// Logs a frame from the client.
    void log_received(record::RecordedFrame frame);

    /// To be called before a requested frame is sent; `spec` is its canonical text.
    void log_start(std::string const& spec, RenderedResponse const& rendered);
    /// To be called when the frame was sent or failed. `recording` has its first recording_limit() bytes.
    void log_end(std::string const& spec, RenderedResponse const& rendered, language::SendResult const& performance,
                 language::CapturedBytes const& recording);

    /// How many bytes of each sent frame log_end() uses.
    std::size_t recording_limit() const;

    /// Logs bytes that the echo sent.
    void log_sent(std::string_view bytes);

    /// Logs the failure that ends the connection.
    void log_failure(record::Exchange::Type type, std::string message) {
        logger_.log_failure(type, std::move(message));
    }

private:
    bool prints() const { return !options_.json && worker_.printer.is_enabled(); }
    void print(std::string const& spec, RenderedResponse const& rendered, std::string const& dump);
    record::Exchange entry_of(RenderedResponse const& rendered) const;

    WorkerContext& worker_;
    ConnectionLogger& logger_;
    DaemonOptions const& options_;
    std::uint64_t connection_;
    std::uint64_t sent_ = 0;  // number of requested frames that were sent
    std::chrono::system_clock::time_point started_;
    std::chrono::steady_clock::time_point began_;
    std::optional<std::uint64_t> entry_;  // of the frame being sent, once it is in the log
};

}  // namespace pathology::pathod
