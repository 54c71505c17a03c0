#include "received_http1.hpp"

#include <pathology/proxycore/http/target.hpp>

namespace pathology::pathod {

namespace http1 = proxycore::http1;

void ReceivedHttp1::take(http1::Event event) {
    if (event == http1::Event::head) begin();
    keep_raw(reader_.raw());
    if (event == http1::Event::data) keep_body(reader_.data());
}

void ReceivedHttp1::fill(proxycore::record::RecordedRequest& record) const {
    auto const& head = reader_.head();
    record.method = head.method;
    record.target = head.target;
    record.path = path();
    record.form = proxycore::http::parse_target(head.target).form;
    record.http_version = proxycore::http::to_string(head.version);
    record.headers = head.fields;
    record.body = body();
    record.body_size = reader_.body_size();
    record.raw = raw();
    record.raw_size = raw_size();
    record.stream.reset();
    record.frames.clear();
    record.frame_count = 0;
}

}  // namespace pathology::pathod
