#include <pathology/testkit/flow.hpp>

#include <charconv>
#include <ostream>
#include <pathology/proxycore/http/escaped.hpp>
#include <utility>

#include "convert.hpp"

namespace pathology::testkit {
namespace {

using proxycore::http::escaped;
using proxycore::http::quoted;
using proxycore::record::RecordedResponse;

unsigned number(std::string_view digits) {
    unsigned value = 0;
    std::from_chars(digits.data(), digits.data() + digits.size(), value);
    return value;
}

void fill(Reply& reply, RecordedResponse&& response) {
    reply.status = number(response.status_code);
    reply.reason = std::move(response.reason).value_or("");
    reply.http_version = std::move(response.version);
    reply.headers = std::move(response.headers);
    reply.body = std::move(response.body).value_or("");
    reply.body_size = response.body_size;
}

}  // namespace

Flow to_flow(proxycore::record::Exchange exchange) {
    Flow flow;
    flow.id = exchange.id;
    flow.protocol = exchange.protocol;
    flow.error = exchange.message;
    flow.reply.duration = exchange.duration;
    if (exchange.request) static_cast<proxycore::record::RecordedRequest&>(flow.request) = std::move(*exchange.request);
    flow.request.id = exchange.id;
    flow.request.tls = exchange.tls;
    if (exchange.response) {
        flow.request.response = *exchange.response;
        fill(flow.reply, std::move(*exchange.response));
    } else {
        // Without a response the reply has a failure, so that matchers report it and do not compare empty values.
        flow.reply.failure = flow.error.empty() ? "no response" : flow.error;
    }
    auto const& relay = *exchange.relay;
    flow.url = relay.url;
    flow.server = relay.server;
    flow.server_address = relay.server_address;
    flow.mode = relay.mode;
    flow.via = relay.via;
    flow.reply.tls = relay.server_tls;
    flow.messages = relay.messages;
    flow.close = relay.close;
    return flow;
}

void PrintTo(Flow const& flow, std::ostream* out) {
    *out << "flow " << flow.id << " (" << flow.protocol << ") ";
    if (flow.url.empty())
        *out << "to " << (flow.server ? escaped(flow.server->host) : "nowhere");
    else
        *out << escaped(flow.url) << "\n  request: ";
    if (!flow.url.empty()) {
        PrintTo(flow.request, out);
        *out << "\n  reply: ";
        PrintTo(flow.reply, out);
    }
    if (!flow.error.empty()) *out << "\n  error: " << escaped(flow.error);
    for (auto const& message : flow.messages)
        *out << "\n  " << (message.from_client ? "-> " : "<- ") << message.type << " of " << message.content_size
             << " bytes: " << quoted(message.content);
}

}  // namespace pathology::testkit
