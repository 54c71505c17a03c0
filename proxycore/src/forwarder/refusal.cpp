#include "forwarder/refusal.hpp"

namespace pathology::proxycore::forwarder {
namespace {

constexpr char text_plain[] = "text/plain; charset=utf-8";

}  // namespace

flow::Response refusal(unsigned status, std::string const& text) {
    http::Fields fields{{"Content-Type", text_plain}};
    if (status == 401) fields.add("WWW-Authenticate", "Bearer");
    return flow::Response::make(status, text + "\n", fields);
}

flow::Response refusal_of(BackendFailure const& why) {
    switch (why.code) {
        case BackendErrc::unauthorized: return refusal(401, "the backend rejected the token");
        case BackendErrc::forbidden: return refusal(403, "the URL is blocked by the backend");
        case BackendErrc::timed_out: return refusal(504, "the backend did not respond in time");
        case BackendErrc::unreachable: return refusal(502, "the backend is unreachable");
        case BackendErrc::rejected:
        case BackendErrc::invalid: break;
    }
    return refusal(502, "no upstream proxy available");
}

void become_refusal(flow::Response& response, unsigned status, std::string const& text) {
    response.status_code = status;
    response.reason = flow::reason_of(status);
    response.headers.clear();
    response.headers.set("Content-Type", text_plain);
    response.trailers.reset();
    response.set_content(text + "\n");
}

}  // namespace pathology::proxycore::forwarder
