// The record of a request while it arrives, over HTTP/1 or HTTP/2.
#pragma once

#include <chrono>
#include <cstdint>
#include <pathology/pathod/options.hpp>
#include <pathology/proxycore/http1/failure.hpp>
#include <pathology/proxycore/http1/reader.hpp>
#include <pathology/proxycore/http2/session.hpp>
#include <pathology/proxycore/record/exchange.hpp>
#include <string>
#include <string_view>

namespace pathology::pathod {

/// Collects the parts of one request after another and reuses its buffers. The options, which must outlive it,
/// have the limits and the clock.
class ReceivedRequest {
public:
    explicit ReceivedRequest(DaemonOptions const& options) : options_(options) {}
    virtual ~ReceivedRequest() = default;
    ReceivedRequest(ReceivedRequest const&) = delete;
    ReceivedRequest& operator=(ReceivedRequest const&) = delete;

    /// The raw bytes, up to DaemonOptions::keep_bytes; empty unless the options show requests.
    std::string_view raw() const { return raw_; }
    std::uint64_t raw_size() const { return raw_size_; }
    /// The first bytes of the content, up to DaemonOptions::keep_body.
    std::string_view body() const { return body_; }
    std::chrono::system_clock::time_point started() const { return started_; }
    /// The time since the head arrived.
    std::chrono::nanoseconds duration() const { return options_.clock.steady_now() - began_; }

    virtual proxycore::http::RequestHead const& head() const = 0;
    /// The name of the protocol in the log: `http`, `http2`.
    virtual std::string_view protocol() const = 0;
    /// Writes the request of a log entry, except remote address, connection and index.
    virtual void fill(proxycore::record::RecordedRequest& record) const = 0;

protected:
    void begin();
    void keep_raw(std::string_view bytes);
    void keep_body(std::string_view bytes);
    void fill_common(proxycore::record::RecordedRequest& record, proxycore::http::RequestHead const& head) const;

private:
    DaemonOptions const& options_;
    std::string body_, raw_;
    std::uint64_t raw_size_ = 0;
    std::chrono::system_clock::time_point started_;
    std::chrono::steady_clock::time_point began_;
};

class ReceivedHttp1 final : public ReceivedRequest {
public:
    /// `reader` must outlive it.
    ReceivedHttp1(DaemonOptions const& options, proxycore::http1::RequestReader const& reader)
        : ReceivedRequest(options), reader_(reader) {}

    /// Records the event that the reader has just returned.
    void add(proxycore::http1::Event event);

    std::string_view path() const;
    proxycore::http::RequestHead const& head() const override { return reader_.head(); }
    std::string_view protocol() const override { return "http"; }
    void fill(proxycore::record::RecordedRequest& record) const override;

private:
    proxycore::http1::RequestReader const& reader_;
};

class ReceivedHttp2 final : public ReceivedRequest {
public:
    using ReceivedRequest::ReceivedRequest;

    /// Starts a request with its head. `request` must stay valid as long as fill() may be called.
    void begin(proxycore::http2::StreamId stream, proxycore::http2::Request const& request);
    void add_data(std::string_view data) { keep_body(data); }
    /// Bytes of its frames, headers included, in the order of the wire.
    void add_raw(std::string_view bytes) { keep_raw(bytes); }

    proxycore::http2::Request const& request() const { return *request_; }
    proxycore::http::RequestHead const& head() const override { return request_->head; }
    std::string_view protocol() const override { return "http2"; }
    void fill(proxycore::record::RecordedRequest& record) const override;

private:
    proxycore::http2::StreamId stream_ = 0;
    proxycore::http2::Request const* request_ = nullptr;
};

/// The path and query for anchors and specs: of the URL if the target is in absolute-form; `*` unchanged.
std::string_view path_of(std::string_view target);

/// The log message for bytes that are no request, with the titles of the original:
/// `Bad HTTP request line: "foo"`, `Unparseable Content Length: "x"`, `Unexpected EOF: …`.
std::string describe_bad_request(proxycore::http1::Failure const& failure);

}  // namespace pathology::pathod
