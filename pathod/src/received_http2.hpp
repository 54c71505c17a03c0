// A request that comes by HTTP/2.
#pragma once

#include <pathology/proxycore/http2/session.hpp>

#include "received.hpp"

namespace pathology::pathod {

class ReceivedHttp2 final : public Received {
public:
    using Received::Received;

    /// Its head is there. `request` must live until fill() is not called any more.
    void begin(proxycore::http2::StreamId stream, proxycore::http2::Request const& request);
    void take_data(std::string_view data) { keep_body(data); }
    /// Bytes of its frames, headers included, in the order of the wire.
    void take_raw(std::string_view bytes) { keep_raw(bytes); }

    proxycore::http2::Request const& request() const { return *request_; }
    std::string_view protocol() const override { return "http2"; }
    void fill(proxycore::record::RecordedRequest& record) const override;

private:
    proxycore::http2::StreamId stream_ = 0;
    proxycore::http2::Request const* request_ = nullptr;
};

}  // namespace pathology::pathod
