// From a flow of the proxy to the record that pathod and pathoc make of their exchanges too, so that all programs print
// the same JSON. A record owns what it needs: it may outlive the flow and be used by another thread.

#include <algorithm>
#include <pathology/proxycore/flow/recorded.hpp>
#include <pathology/proxycore/tls/recorded.hpp>

namespace pathology::proxycore::flow {
namespace {

using record::Exchange;

std::string beginning(std::string_view bytes) { return std::string(bytes.substr(0, max_recorded_bytes)); }

std::shared_ptr<record::RecordedTls> recorded_tls(Connection const& connection) {
    if (!connection.tls_established()) return nullptr;
    auto tls = std::make_shared<record::RecordedTls>();
    tls->version = connection.tls_version.value_or("");
    tls->cipher = connection.cipher.value_or("");
    tls->alpn = connection.alpn.value_or("");
    tls->sni = connection.sni.value_or("");
    return tls;
}

std::shared_ptr<record::RecordedTls const> recorded_client_tls(Client const& client) {
    auto const tls = recorded_tls(client);
    auto const& certificates = client.certificate_list;
    if (tls && !certificates.empty()) tls->client_certificate = tls::recorded(certificates.front());
    return tls;
}

std::uint64_t size_of(std::optional<std::string> const& content) { return content ? content->size() : 0; }

record::RecordedRequest recorded(Request const& request, Client const& client) {
    record::RecordedRequest record;
    record.raw = request.raw_line;
    record.raw_size = request.raw_line.size();
    record.http_version.clear();
    if (request.raw_line.empty()) {
        record.method = request.raw_method;
        record.target = request.to_head().target;
        record.path = request.path;
        record.form = http::parse_target(record.target).form;
        record.http_version = to_string(request.http_version);
    }
    record.headers = request.shown_fields();
    record.body = beginning(request.raw_content.value_or(""));
    record.body_size = size_of(request.raw_content);
    record.remote_address = client.peername.value_or(Endpoint());
    return record;
}

record::RecordedResponse recorded(Response const& response) {
    record::RecordedResponse record;
    record.status_code = std::to_string(response.status_code);
    record.reason = response.reason;
    record.version = to_string(response.http_version);
    record.headers = response.headers;
    if (response.raw_content) record.body = beginning(*response.raw_content);
    record.body_size = size_of(response.raw_content);
    return record;
}

/// Records messages up to max_recorded_bytes of content and max_recorded_messages; further ones are counted only.
class Messages {
public:
    explicit Messages(record::RecordedRelay& relay) : relay_(relay) {}

    record::RecordedMessage* add(bool from_client, std::string_view type, std::string_view content, Time time) {
        ++relay_.message_count;
        // The limit is for all messages of a flow together, since a connection may carry any number of them.
        if (room_ == 0 || relay_.messages.size() == max_recorded_messages) return nullptr;
        auto const kept = content.substr(0, room_);
        room_ -= kept.size();
        relay_.messages.push_back(
            {from_client, std::string(type), std::string(kept), content.size(), time, false, false});
        return &relay_.messages.back();
    }

private:
    record::RecordedRelay& relay_;
    std::size_t room_ = max_recorded_bytes;
};

void record_websocket(WebSocketData const& data, record::RecordedRelay& relay) {
    Messages messages(relay);
    for (auto const& message : data.messages) {
        auto* const record = messages.add(message.from_client, message.is_text() ? "text" : "binary", message.content,
                                          message.timestamp);
        if (record == nullptr) continue;
        record->dropped = message.dropped;
        record->injected = message.injected;
    }
    // Still open: there is no close to record.
    if (!data.timestamp_end) return;
    relay.close = record::RecordedClose{data.closed_by_client.value_or(false), data.close_code.value_or(1006),
                                        data.close_reason.value_or("")};
}

std::shared_ptr<record::RecordedRelay> relay_of(Flow const& flow) {
    auto relay = std::make_shared<record::RecordedRelay>();
    auto const& server = *flow.server_conn;
    relay->client = flow.client_conn->peername.value_or(Endpoint());
    relay->mode = flow.client_conn->proxy_mode;
    relay->server = server.address();
    relay->server_address = server.peername;
    if (server.via()) relay->via = to_string(*server.via());
    auto const choice = flow.metadata.find("multiupstream");
    if (choice != flow.metadata.end())
        if (auto const* const text = std::get_if<std::string>(&choice->second)) relay->choice = *text;
    relay->server_tls = recorded_tls(server);
    if (flow.is_replay) relay->replay = *flow.is_replay == Replay::request ? "request" : "response";
    return relay;
}

/// The part that is common to all flows. `ended` is the end of a flow without an error.
Exchange begin(Flow const& flow, Time started, Time ended) {
    Exchange exchange;
    exchange.type = Exchange::Type::relayed;
    exchange.started = started;
    if (flow.error) {
        exchange.message = flow.error->message;
        ended = std::max(ended, flow.error->timestamp);
    }
    // The wall clock may have been set back.
    exchange.duration = std::max(ended - started, Time::duration::zero());
    exchange.tls = recorded_client_tls(*flow.client_conn);
    return exchange;
}

Time end_of(HttpFlow const& flow) {
    if (flow.websocket) return flow.websocket->timestamp_end.value_or(Time{});
    return flow.response ? flow.response->timestamp_end.value_or(Time{}) : Time{};
}

}  // namespace

Exchange recorded(HttpFlow const& flow) {
    auto exchange = begin(flow, flow.request.timestamp_start.value_or(flow.timestamp_created), end_of(flow));
    // With a response it is `relayed`, and the message has the error.
    if (flow.error && !flow.response) exchange.type = Exchange::Type::error;
    exchange.protocol = flow.request.http_version.major == 2 ? "http2" : "http";
    exchange.request = recorded(flow.request, *flow.client_conn);
    if (flow.response) exchange.response = recorded(*flow.response);
    auto const relay = relay_of(flow);
    relay->url = flow.request.url();
    if (flow.websocket) {
        exchange.protocol = "websockets";
        record_websocket(*flow.websocket, *relay);
    }
    exchange.relay = relay;
    return exchange;
}

Exchange recorded(TcpFlow const& flow) {
    auto const ended = flow.messages.empty() ? Time{} : flow.messages.back().timestamp;
    auto exchange = begin(flow, flow.timestamp_created, ended);
    if (flow.error) exchange.type = Exchange::Type::error;
    exchange.protocol = "tcp";
    auto const relay = relay_of(flow);
    Messages messages(*relay);
    for (auto const& message : flow.messages)
        messages.add(message.from_client, "tcp", message.content, message.timestamp);
    exchange.relay = relay;
    return exchange;
}

}  // namespace pathology::proxycore::flow
