#include "recorded.hpp"

#include <utility>

namespace pathology::testkit {

using proxycore::record::Exchange;

bool is_request(Exchange const& entry) { return entry.type == Exchange::Type::crafted && entry.request.has_value(); }

Request to_request(Exchange entry) {
    Request request;
    static_cast<proxycore::record::RecordedRequest&>(request) = std::move(*entry.request);
    request.id = entry.id;
    if (entry.response) request.answer = std::move(*entry.response);
    request.unfinished = !entry.finished;
    request.trouble = std::move(entry.message);
    request.tls = std::move(entry.tls);
    return request;
}

std::vector<Request> to_requests(std::vector<Exchange> entries) {
    std::vector<Request> requests;
    for (auto& entry : entries) {
        if (is_request(entry)) requests.push_back(to_request(std::move(entry)));
    }
    return requests;
}

std::vector<Frame> to_frames(std::vector<Exchange> entries) {
    std::vector<Frame> frames;
    for (auto& entry : entries) {
        if (entry.type != Exchange::Type::inbound || !entry.frame) continue;
        static_cast<proxycore::record::RecordedFrame&>(frames.emplace_back()) = std::move(*entry.frame);
    }
    return frames;
}

}  // namespace pathology::testkit
