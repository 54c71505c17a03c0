// What is told of a WebSocket conversation: its frames, in print and in the log.
#pragma once

#include <optional>
#include <pathology/language/send_plan.hpp>
#include <pathology/proxycore/record/exchange.hpp>
#include <string>

#include "notes.hpp"
#include "rendition.hpp"
#include "service.hpp"

namespace pathology::pathod {

/// Tells the frames of one connection.
class WebsocketNotes {
public:
    /// `notes` are those of the connection; both must outlive this.
    WebsocketNotes(Desk& desk, Notes& notes, std::uint64_t connection)
        : desk_(desk), notes_(notes), options_(desk.service.options), connection_(connection) {}

    /// A frame has come.
    void heard(record::RecordedFrame frame);

    /// A frame that the client asked for is about to be sent; `spec` is its canonical spelling.
    void before(std::string const& spec, Rendition const& rendition);
    /// It is over, well or not. `recording` has the first recording_limit() bytes.
    void after(std::string const& spec, Rendition const& rendition, language::SendResult const& performance,
               language::CapturedBytes const& recording);

    /// How many bytes of a frame that is sent are told.
    std::size_t recording_limit() const;

    /// Bytes were sent that no spec asked for.
    void said(std::string_view bytes);

    /// The conversation ends for this reason.
    void failure(record::Exchange::Type type, std::string message) { notes_.failure(type, std::move(message)); }

private:
    bool prints() const { return !options_.json && desk_.journal.is_read(); }
    void print(std::string const& spec, Rendition const& rendition, std::string const& dump);
    record::Exchange entry_of(Rendition const& rendition) const;

    Desk& desk_;
    Notes& notes_;
    DaemonOptions const& options_;
    std::uint64_t connection_;
    std::uint64_t sent_ = 0;  // frames that the client asked for
    std::chrono::system_clock::time_point started_;
    std::chrono::steady_clock::time_point began_;
    std::optional<std::uint64_t> entry_;  // of the frame being sent, once it is in the log
};

}  // namespace pathology::pathod
