// A request on its way in: what of it is kept for logs, whatever protocol it came by.
#pragma once

#include <chrono>
#include <cstdint>
#include <pathology/pathod/options.hpp>
#include <pathology/proxycore/record/exchange.hpp>
#include <string>
#include <string_view>

namespace pathology::pathod {

/// Collects what a reader hands out of one request after the other; uses its memory again.
class Received {
public:
    explicit Received(DaemonOptions const& options) : options_(options) {}
    virtual ~Received() = default;
    Received(Received const&) = delete;
    Received& operator=(Received const&) = delete;

    /// The raw bytes, as many as are shown; empty unless the options show requests.
    std::string_view raw() const { return raw_; }
    std::uint64_t raw_size() const { return raw_size_; }
    std::chrono::system_clock::time_point started() const { return started_; }
    std::chrono::nanoseconds duration() const { return std::chrono::steady_clock::now() - began_; }

    /// The name of the protocol in the log: `http`, `http2`.
    virtual std::string_view protocol() const = 0;
    /// Writes it into a log entry; remote address, connection and index are the caller's.
    virtual void fill(proxycore::record::RecordedRequest& record) const = 0;

protected:
    void begin();
    void keep_raw(std::string_view bytes);
    void keep_body(std::string_view bytes);
    std::string const& body() const { return body_; }

private:
    DaemonOptions const& options_;
    std::string body_, raw_;
    std::uint64_t raw_size_ = 0;
    std::chrono::system_clock::time_point started_;
    std::chrono::steady_clock::time_point began_;
};

/// The path and query that anchors and specs are looked up by: those of the URL of a proxy request, `*` as it is.
std::string_view path_of(std::string_view target);

}  // namespace pathology::pathod
