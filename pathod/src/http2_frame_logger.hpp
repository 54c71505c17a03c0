// The frames of an HTTP/2 connection for the log, if options ask for them: a line for each frame, and the bytes of
// requests. It scans the bytes of the connection beside the session, which does not keep them.
#pragma once

#include <pathology/pathod/options.hpp>
#include <pathology/proxycore/http2/frame_scanner.hpp>
#include <pathology/proxycore/http2/session.hpp>
#include <string>
#include <string_view>
#include <unordered_map>

#include "log_printer.hpp"

namespace pathology::pathod {

class Http2FrameLogger {
public:
    Http2FrameLogger(LogPrinter& printer, DaemonOptions const& options) : printer_(printer), options_(options) {}

    /// Received bytes, from the preface on.
    void received(std::string_view bytes);
    void sent(std::string_view bytes);

    /// Moves out the bytes received for a stream, if the options show requests.
    std::string take_raw(proxycore::http2::StreamId stream);

private:
    static constexpr std::size_t max_streams = 1024;  // whose bytes are kept until their request

    void keep(proxycore::http2::StreamId stream, std::string_view bytes);
    void log_frame(std::string_view direction, proxycore::http2::FrameHeader const& header);

    LogPrinter& printer_;
    DaemonOptions const& options_;
    proxycore::http2::FrameScanner in_, out_;
    std::size_t preface_left_ = proxycore::http2::client_preface.size();
    std::string head_;                        // bytes of the header that is being read
    proxycore::http2::StreamId current_ = 0;  // the stream of the current frame
    std::unordered_map<proxycore::http2::StreamId, std::string> raw_;
};

}  // namespace pathology::pathod
