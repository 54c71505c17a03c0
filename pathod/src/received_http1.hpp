// A request that comes by HTTP/1.
#pragma once

#include <pathology/proxycore/http1/reader.hpp>

#include "received.hpp"

namespace pathology::pathod {

class ReceivedHttp1 final : public Received {
public:
    /// `reader` must outlive it.
    ReceivedHttp1(DaemonOptions const& options, proxycore::http1::RequestReader const& reader)
        : Received(options), reader_(reader) {}

    /// Takes note of an event the reader just gave.
    void take(proxycore::http1::Event event);

    std::string_view path() const { return path_of(reader_.head().target); }
    std::string_view protocol() const override { return "http"; }
    void fill(proxycore::record::RecordedRequest& record) const override;

private:
    proxycore::http1::RequestReader const& reader_;
};

}  // namespace pathology::pathod
