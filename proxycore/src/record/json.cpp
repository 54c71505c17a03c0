// Records as JSON. doc/log.md documents the members; their names are those of the original programs where these had
// them. JSON strings are Unicode, bytes of peers need not be: a member that is not UTF-8 is escaped, and a second
// member with the suffix `_b64` has the exact bytes.

#include <array>
#include <ctime>
#include <nlohmann/json.hpp>
#include <pathology/proxycore/http/escaped.hpp>
#include <pathology/proxycore/http2/names.hpp>
#include <pathology/proxycore/http2/violation.hpp>
#include <pathology/proxycore/record/json.hpp>

#include "base64.hpp"
#include "websocket/utf8.hpp"

namespace pathology::proxycore::record {
namespace {

using Json = nlohmann::ordered_json;

using websocket::is_utf8;

Json text(std::string_view bytes) { return is_utf8(bytes) ? Json(bytes) : Json(http::escaped(bytes)); }

// A field that holds bytes: text, and the exact bytes beside it where text is not enough.
void put(Json& object, std::string const& key, std::string_view bytes) {
    object[key] = text(bytes);
    if (!is_utf8(bytes)) object[key + "_b64"] = encode_base64(bytes);
}

// A member that is left out if nothing is known of it.
void put_known(Json& object, std::string const& key, std::string_view bytes) {
    if (!bytes.empty()) put(object, key, bytes);
}

void put(Json& object, http::Fields const& headers) {
    Json lines = Json::array();
    Json exact = Json::array();
    bool is_text = true;
    for (auto const [name, value] : headers) {
        lines.push_back({text(name), text(value)});
        exact.push_back({encode_base64(name), encode_base64(value)});
        is_text = is_text && is_utf8(name) && is_utf8(value);
    }
    object["headers"] = std::move(lines);
    if (!is_text) object["headers_b64"] = std::move(exact);
}

// The word the original programs use for the form of the request target.
std::string_view first_line_format(http::TargetForm form) {
    switch (form) {
        case http::TargetForm::origin: return "relative";
        case http::TargetForm::absolute: return "absolute";
        case http::TargetForm::authority: return "authority";
        case http::TargetForm::asterisk: return "asterisk";
        case http::TargetForm::none: break;
    }
    return "none";
}

std::string_view name_of(Exchange::Type type) {
    switch (type) {
        case Exchange::Type::crafted: return "crafted";
        case Exchange::Type::received: return "received";
        case Exchange::Type::inbound: return "inbound";
        case Exchange::Type::relayed: return "relayed";
        case Exchange::Type::error: return "error";
        case Exchange::Type::timeout: break;
    }
    return "timeout";
}

Json to_json(http2::FrameHeader const& header) {
    auto const type = http2::FrameType{header.type};
    return {{"type", http2::name(type)},
            {"flags", http2::flag_names(type, header.flags)},
            {"stream", header.stream},
            {"length", header.length}};
}

Json to_json(std::vector<http2::FrameHeader> const& frames) {
    Json list = Json::array();
    for (auto const& header : frames) list.push_back(to_json(header));
    return list;
}

Json to_json(http2::Violation const& violation) {
    Json object{{"scope", violation.ends_connection ? "connection" : "stream"}, {"stream", violation.stream}};
    object["code"] = http2::name(violation.code);
    object["frame"] = to_json(violation.frame);
    put(object, "rule", violation.rule);
    if (!violation.section.empty()) object["section"] = violation.section;
    return object;
}

Json to_json(Endpoint const& endpoint) { return {text(endpoint.host), endpoint.port}; }

Json to_json(RecordedRequest const& request) {
    Json object;
    put_known(object, "method", request.method);
    put_known(object, "path", request.path);
    put_known(object, "target", request.target);
    put_known(object, "http_version", request.http_version);
    object["first_line_format"] = first_line_format(request.form);
    put(object, request.headers);
    put(object, "body", request.body);
    object["body_size"] = request.body_size;
    put_known(object, "raw", request.raw);
    if (request.raw_size > 0) object["raw_size"] = request.raw_size;
    if (!request.remote_address.host.empty()) object["remote_address"] = to_json(request.remote_address);
    object["connection"] = request.connection;
    object["index"] = request.index;
    if (request.stream) {
        object["stream"] = *request.stream;
        object["frames"] = to_json(request.frames);
        object["frame_count"] = request.frame_count;
    }
    return object;
}

Json to_json(RecordedResponse const& response) {
    Json object;
    if (!response.status_code.empty()) {  // a frame has none, nor has what broke off before it came
        put(object, "status_code", response.status_code);
        // Over HTTP/2 there is no reason phrase; the member exists in each response.
        object["reason"] = nullptr;
        if (response.reason) put(object, "reason", *response.reason);
        put_known(object, "version", response.version);
        put(object, response.headers);
        auto const kept = static_cast<std::uint64_t>(std::distance(response.headers.begin(), response.headers.end()));
        if (response.header_count > kept) object["header_count"] = response.header_count;
    }
    object["body"] = nullptr;
    if (response.body) put(object, "body", *response.body);
    object["body_size"] = response.body_size;
    put_known(object, "spec", response.spec);
    if (!response.spec.empty() || response.bytes_written > 0) {  // a proxy knows neither
        object["disconnect"] = response.disconnect;
        object["bytes_written"] = response.bytes_written;
    }
    put_known(object, "raw", response.raw);
    return object;
}

Json to_json(RecordedFrame const& frame) {
    Json object{{"opcode", frame.opcode}, {"fin", frame.fin},   {"rsv1", frame.rsv1},
                {"rsv2", frame.rsv2},     {"rsv3", frame.rsv3}, {"mask", frame.masked}};
    if (frame.key) put(object, "key", *frame.key);
    put(object, "payload", frame.payload);
    object["payload_size"] = frame.payload_size;
    if (frame.raw_size > 0) {
        put(object, "raw", frame.raw);
        object["raw_size"] = frame.raw_size;
    }
    object["connection"] = frame.connection;
    object["index"] = frame.index;
    return object;
}

/// "2026-11-21T08:00:00Z"
std::string moment(std::chrono::system_clock::time_point when) {
    auto const time = std::chrono::system_clock::to_time_t(when);
    std::tm parts{};
    ::gmtime_r(&time, &parts);
    std::array<char, 32> text{};
    return {text.data(), std::strftime(text.data(), text.size(), "%Y-%m-%dT%H:%M:%SZ", &parts)};
}

Json to_json(RecordedCertificate const& certificate) {
    Json object;
    put(object, "cn", certificate.common_name);
    put(object, "subject", certificate.subject);
    put(object, "issuer", certificate.issuer);
    object["serial"] = certificate.serial;
    object["notbefore"] = moment(certificate.not_before);
    object["notafter"] = moment(certificate.not_after);
    object["keyinfo"] = {certificate.key_type, certificate.key_bits};
    object["altnames"] = Json::array();
    for (auto const& name : certificate.alternative_names) object["altnames"].push_back(text(name));
    object["version"] = certificate.version;
    object["algorithm"] = certificate.algorithm;
    object["sha256"] = certificate.sha256;
    return object;
}

void put(Json& object, RecordedTls const& tls) {
    // Name, bits and version, as in the original.
    object["cipher"] = {tls.cipher, nullptr, tls.version};
    if (tls.cipher_bits > 0) object["cipher"][1] = tls.cipher_bits;
    put_known(object, "alpn", tls.alpn);
    put_known(object, "sni", tls.sni);
    if (tls.client_certificate) object["clientcert"] = to_json(*tls.client_certificate);
    for (auto const& certificate : tls.server_certificates) object["servercerts"].push_back(to_json(certificate));
}

Json to_json(RecordedTlsFault const& fault) {
    Json object = Json::object();
    put(object, "action", fault.action);
    object["byte"] = fault.byte;
    object["record"] = fault.record;
    object["record_byte"] = fault.record_byte;
    return object;
}

/// A double holds microseconds of our century exactly enough; finer digits would be noise.
double seconds(std::chrono::nanoseconds time) { return std::chrono::duration<double>(time).count(); }
double seconds(std::chrono::system_clock::time_point when) {
    return seconds(std::chrono::floor<std::chrono::microseconds>(when.time_since_epoch()));
}

Json to_json(RecordedMessage const& message) {
    Json object{{"from_client", message.from_client}, {"type", message.type}};
    put(object, "content", message.content);
    object["content_size"] = message.content_size;
    object["time"] = seconds(message.time);
    if (message.dropped) object["dropped"] = true;
    if (message.injected) object["injected"] = true;
    return object;
}

Json to_json(RecordedChoice const& choice) {
    Json object = Json::object();
    put(object, "anchor", choice.anchor);
    object["alternative"] = choice.alternative;
    object["alternatives"] = choice.alternatives;
    object["reason"] = choice.reason;
    if (choice.request > 0) object["request"] = choice.request;
    put_known(object, "per", choice.per);
    if (choice.drawn) object["drawn"] = *choice.drawn;
    return object;
}

Json to_json(RecordedRelay const& relay) {
    Json object = Json::object();
    if (!relay.client.host.empty()) object["client"] = to_json(relay.client);
    put_known(object, "mode", relay.mode);
    put_known(object, "url", relay.url);
    if (relay.server) object["server"] = to_json(*relay.server);
    if (relay.server_address) object["server_address"] = to_json(*relay.server_address);
    put_known(object, "via", relay.via);
    if (!relay.choice.empty()) object["choice"] = Json::parse(relay.choice, nullptr, false);
    if (relay.server_tls) put(object, *relay.server_tls);
    if (!relay.replay.empty()) object["replay"] = relay.replay;
    for (auto const& message : relay.messages) object["messages"].push_back(to_json(message));
    if (relay.message_count > 0) object["message_count"] = relay.message_count;
    if (!relay.close) return object;
    object["close"] = {{"by_client", relay.close->by_client}, {"code", relay.close->code}};
    put(object["close"], "reason", relay.close->reason);
    return object;
}

}  // namespace

std::string to_json_line(Exchange const& exchange) {
    Json object{{"id", exchange.id},
                {"type", name_of(exchange.type)},
                {"protocol", exchange.protocol},
                {"started", seconds(exchange.started)},
                {"duration", seconds(exchange.duration)}};
    if (exchange.tls) put(object, *exchange.tls);
    for (auto const& fault : exchange.tls_faults) object["tls_faults"].push_back(to_json(fault));
    put_known(object, "spec", exchange.spec);
    if (exchange.request) object["request"] = to_json(*exchange.request);
    if (exchange.response) object["response"] = to_json(*exchange.response);
    if (exchange.frame) object["frame"] = to_json(*exchange.frame);
    if (exchange.relay) object["relay"] = to_json(*exchange.relay);
    if (exchange.choice) object["choice"] = to_json(*exchange.choice);
    put_known(object, "msg", exchange.message);
    if (exchange.violation) object["violation"] = to_json(*exchange.violation);
    // dump() would throw on invalid UTF-8; put() and text() leave none.
    return http::terminal_json(object.dump());
}

}  // namespace pathology::proxycore::record
