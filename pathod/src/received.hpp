// A request on its way in: what of it is kept beside the reader, and how it enters a log.
#pragma once

#include <chrono>
#include <cstdint>
#include <pathology/pathod/options.hpp>
#include <pathology/proxycore/http/target.hpp>
#include <pathology/proxycore/http1/reader.hpp>
#include <pathology/proxycore/record/exchange.hpp>
#include <string>

namespace pathology::pathod {

/// Collects what a reader hands out of one request after the other; uses its memory again.
class Received {
public:
    explicit Received(DaemonOptions const& options) : options_(options) {}

    /// Takes note of an event the reader just gave.
    void take(proxycore::http1::RequestReader const& reader, proxycore::http1::Event event);

    /// The path and query that anchors and specs are looked up by: those of the URL of a proxy request, `*` as it is.
    std::string_view path(proxycore::http1::RequestReader const& reader) const;

    /// The raw bytes, as many as are shown; empty unless the options show requests.
    std::string_view raw() const { return raw_; }
    std::uint64_t raw_size() const { return raw_size_; }
    std::chrono::system_clock::time_point started() const { return started_; }
    std::chrono::nanoseconds duration() const { return std::chrono::steady_clock::now() - began_; }

    /// Writes it into a log entry; remote address, connection and index are the caller's.
    void fill(proxycore::record::RecordedRequest& record, proxycore::http1::RequestReader const& reader) const;

private:
    void begin();

    DaemonOptions const& options_;
    std::string body_, raw_;
    std::uint64_t raw_size_ = 0;
    std::chrono::system_clock::time_point started_;
    std::chrono::steady_clock::time_point began_;
};

}  // namespace pathology::pathod
