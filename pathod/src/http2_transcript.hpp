// What goes over an HTTP/2 connection, for those who asked to see it: every frame as a line, and the bytes of requests.
#pragma once

#include <pathology/pathod/options.hpp>
#include <pathology/proxycore/http2/frame_scanner.hpp>
#include <pathology/proxycore/http2/session.hpp>
#include <string>
#include <string_view>
#include <unordered_map>

#include "log_printer.hpp"

namespace pathology::pathod {

class Http2Transcript {
public:
    Http2Transcript(LogPrinter& printer, DaemonOptions const& options) : printer_(printer), options_(options) {}

    /// Bytes that came, beginning with the preface.
    void received(std::string_view bytes);
    void sent(std::string_view bytes);

    /// Takes out the bytes that came for a stream, when the options show requests.
    std::string take_raw(proxycore::http2::StreamId stream);

private:
    static constexpr std::size_t most_streams = 1024;  // whose bytes wait for a request to belong to

    void keep(proxycore::http2::StreamId stream, std::string_view bytes);
    void tell(std::string_view direction, proxycore::http2::FrameHeader const& header);

    LogPrinter& printer_;
    DaemonOptions const& options_;
    proxycore::http2::FrameScanner in_, out_;
    std::size_t preface_left_ = proxycore::http2::client_preface.size();
    std::string head_;                        // bytes of the header that is being read
    proxycore::http2::StreamId current_ = 0;  // whose payload is being read
    std::unordered_map<proxycore::http2::StreamId, std::string> raw_;
};

}  // namespace pathology::pathod
