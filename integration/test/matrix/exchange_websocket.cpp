// WebSockets, over either version of HTTP to the proxy.
#include "matrix/exchange.hpp"

namespace pathology::integration::matrix {
namespace {

using namespace std::string_literals;
using proxycore::http::Fields;
using proxycore::proxy::test::TestClient;

/// What a client sends to a server that sends each message back, and what it has to read.
struct Conversation {
    std::string sent, echoed;         ///< frames
    std::string message;              ///< that both sides send; empty: none
    std::string close = "\x03\xe8"s;  ///< the payload of the close frame
    std::string extensions{};
};

/// A frame of a client, with a mask of zeros.
std::string masked(int first_byte, std::string const& payload) {
    return std::string{static_cast<char>(first_byte), static_cast<char>(0x80 | static_cast<int>(payload.size()))} +
           "\0\0\0\0"s + payload;
}
std::string unmasked(int first_byte, std::string const& payload) {
    return std::string{static_cast<char>(first_byte), static_cast<char>(payload.size())} + payload;
}

Conversation conversation_of(Exchange exchange) {
    constexpr int text = 0x81, binary = 0x82, text_begin = 0x01, last = 0x80, compressed = 0xc1;
    switch (exchange) {
        case Exchange::ws_binary:
            return {
                .sent = masked(binary, "\xff\x01"s), .echoed = unmasked(binary, "\xff\x01"s), .message = "\xff\x01"s};
        case Exchange::ws_fragmented:
            return {.sent = masked(text_begin, "hel") + masked(last, "lo"),
                    .echoed = unmasked(text, "hello"),
                    .message = "hello"};
        case Exchange::ws_deflate:  // the example of RFC 7692 §7.2.3.1
            return {.sent = masked(compressed, "\xf2\x48\xcd\xc9\xc9\x07\x00"s),
                    .echoed = unmasked(text, "Hello"),
                    .message = "Hello",
                    .extensions = "permessage-deflate"};
        case Exchange::ws_close: return {.sent = {}, .echoed = {}, .message = {}, .close = "\x0f\xa1 bye"s};
        default: break;
    }
    return {.sent = masked(text, "hello"), .echoed = unmasked(text, "hello"), .message = "hello"};
}

/// Asks for the WebSocket; gives the status.
unsigned open(TestClient& client, Topology const& topology, Cell const& cell, std::string const& path,
              std::string const& extensions) {
    Fields more;
    if (!extensions.empty()) more.add("Sec-WebSocket-Extensions", extensions);
    auto const& host = topology.server_address();
    if (cell.client() == Http::h2) {
        auto const scheme = cell.is_tls() ? "https://"s : "http://"s;
        return client.open_websocket_by_http2(scheme + host + path, more);
    }
    auto request = "GET " + path + " HTTP/1.1\r\nHost: " + host +
                   "\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n"
                   "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n";
    for (auto const& field : more) request.append(field.name).append(": ").append(field.value).append("\r\n");
    return client.request(request + "\r\n").status;
}

/// What the two say after the handshake.
void converse(TestClient& client, Cell const& cell, Conversation const& conversation, Report& report) {
    constexpr int close = 0x88;
    if (cell.fault() == Fault::none) {
        client.send(conversation.sent);
        auto const echoed = client.read(conversation.echoed.size());
        report.expect_equal("what the client read", echoed, conversation.echoed);
        client.send(masked(close, conversation.close));
        auto const closed = unmasked(close, conversation.close.substr(0, 2));  // pathod sends the code back
        report.expect_equal("the close frame", client.read(closed.size()), closed);
        return;
    }
    if (cell.fault() == Fault::stall) return;  // the client leaves
    auto const rest = client.read_to_end();
    report.expect(rest.find("hello") == rest.npos, "the client read a message that is not whole");
}

void expect_flow(Topology& topology, Cell const& cell, Conversation const& conversation, std::size_t before,
                 Report& report) {
    auto const flow = topology.proxy->take_flow(record_patience).value();
    auto const hooks = hooks_since(topology, before);
    if (cell.addon() == Addon::responds)
        return report.expect_equal("the status of the flow", flow.response.status, 403U);
    report.expect_equal("the status of the flow", flow.response.status, 101U);
    report.expect(bool(flow.close), "the flow does not say how the WebSocket ended");
    auto const has_messages = cell.fault() == Fault::none && !conversation.message.empty();
    report.expect_equal("the messages of the flow", flow.messages.size(), has_messages ? 2U : 0U);
    for (auto const& message : flow.messages)
        report.expect_equal("a message of the flow", message.content, conversation.message);
    auto const* const messages = has_messages ? " websocket_message websocket_message" : "";
    report.expect_equal(
        "the order of hooks", hooks,
        "requestheaders request responseheaders response websocket_start"s + messages + " websocket_end");
    if (!flow.close || cell.fault() != Fault::none) return;
    auto const code =
        static_cast<unsigned char>(conversation.close[0]) * 256U + static_cast<unsigned char>(conversation.close[1]);
    report.expect_equal("the close code of the flow", unsigned(flow.close->code), code);
}

}  // namespace

void run_websocket(Topology& topology, Cell const& cell, Report& report) {
    auto const conversation = conversation_of(cell.exchange());
    auto const path = "/" + to_string(cell);
    if (cell.fault() != Fault::none)
        topology.daemon->on(path + "$", "ws wf:fin:b'hello'" + fault_at(cell.fault(), "body+3"));
    auto const before = topology.hooks->flow_hooks().size();
    {
        auto const client = topology.connect({cell.client() == Http::h2 ? "h2" : "http/1.1"});
        auto const status = open(*client, topology, cell, path, conversation.extensions);
        bool const is_responded = cell.addon() == Addon::responds;
        report.expect_equal("the client's status", status, is_responded ? 403U : 101U);
        if (status == 101) converse(*client, cell, conversation, report);
    }
    expect_flow(topology, cell, conversation, before, report);
    if (cell.addon() == Addon::responds) return;
    auto const request = topology.daemon->take_request(record_patience).value();
    report.expect_equal("the server's path", request.path, path);
    report.expect_equal("the server's x-edited", request.header("x-edited").value_or(""),
                        cell.addon() == Addon::edits ? "request" : "");
}

}  // namespace pathology::integration::matrix
