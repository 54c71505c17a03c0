#include <pathology/kit/flow.hpp>

#include <charconv>
#include <ostream>
#include <pathology/proxycore/http/escaped.hpp>
#include <utility>

#include "convert.hpp"

namespace pathology::kit {
namespace {

using proxycore::http::escaped;
using proxycore::http::quoted;
using proxycore::record::RecordedResponse;

unsigned number(std::string_view digits) {
    unsigned value = 0;
    std::from_chars(digits.data(), digits.data() + digits.size(), value);
    return value;
}

void fill(Response& response, RecordedResponse&& recorded) {
    response.status = number(recorded.status_code);
    response.reason = std::move(recorded.reason).value_or("");
    response.http_version = std::move(recorded.version);
    response.headers = std::move(recorded.headers);
    response.body = std::move(recorded.body).value_or("");
    response.body_size = recorded.body_size;
}

}  // namespace

Flow to_flow(proxycore::record::Exchange exchange) {
    Flow flow;
    flow.id = exchange.id;
    flow.protocol = exchange.protocol;
    flow.error = exchange.message;
    flow.response.duration = exchange.duration;
    if (exchange.request) static_cast<proxycore::record::RecordedRequest&>(flow.request) = std::move(*exchange.request);
    flow.request.id = exchange.id;
    flow.request.tls = exchange.tls;
    if (exchange.response) {
        flow.request.response = *exchange.response;
        fill(flow.response, std::move(*exchange.response));
    } else {
        // Without a response the response has a failure, so that matchers report it and do not compare empty values.
        flow.response.failure = flow.error.empty() ? "no response" : flow.error;
    }
    auto const& relay = *exchange.relay;
    flow.url = relay.url;
    flow.server = relay.server;
    flow.server_address = relay.server_address;
    flow.mode = relay.mode;
    flow.via = relay.via;
    flow.choice = relay.choice;
    flow.response.tls = relay.server_tls;
    flow.messages = relay.messages;
    flow.close = relay.close;
    return flow;
}

std::ostream& operator<<(std::ostream& out, Flow const& flow) {
    out << "flow " << flow.id << " (" << flow.protocol << ") ";
    if (flow.protocol == "tcp") {
        out << "to " << (flow.server ? escaped(flow.server->host) : "nowhere");
    } else {
        out << escaped(flow.url.substr(0, 400)) << "\n  request: " << flow.request << "\n  response: " << flow.response;
    }
    if (!flow.error.empty()) out << "\n  error: " << escaped(flow.error);
    for (auto const& message : flow.messages)
        out << "\n  " << (message.from_client ? "-> " : "<- ") << message.type << " of " << message.content_size
            << " bytes: " << quoted(message.content);
    return out;
}

}  // namespace pathology::kit
