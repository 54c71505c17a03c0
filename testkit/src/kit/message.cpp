// Requests, responses and frames: conversion from the log of a daemon, and printing for failed tests.
#include <pathology/kit/message.hpp>

#include <ostream>
#include <pathology/proxycore/http/escaped.hpp>
#include <pathology/proxycore/websocket/opcode.hpp>
#include <sstream>
#include <utility>

#include "convert.hpp"

namespace pathology::kit {
namespace {

using proxycore::http::escaped;
using proxycore::http::quoted;
using proxycore::record::Exchange;

std::optional<std::string> first(Headers const& headers, std::string_view name) {
    auto const value = headers.first(name);
    return value ? std::optional<std::string>(*value) : std::nullopt;
}

constexpr std::size_t max_shown = 400;  // of a value, in bytes: a failure has to be readable

std::string brief(std::string_view text) {
    return escaped(text.substr(0, max_shown)) + (text.size() > max_shown ? "..." : "");
}

void print(Headers const& headers, std::ostream& out) {
    for (auto const& [name, value] : headers) out << "\n    " << brief(name) << ": " << brief(value);
}

void print_body(std::string const& body, std::uint64_t size, std::ostream& out) {
    out << "\n    body of " << size << " bytes";
    if (body.size() < size) out << ", of which " << body.size() << " were kept (see keep_bytes)";
    if (!body.empty()) out << ": " << quoted(body, max_shown);
}

void print(proxycore::record::RecordedTls const& tls, std::ostream& out) {
    out << "\n    over " << tls.version << ", SNI " << quoted(tls.sni) << ", ALPN " << quoted(tls.alpn);
    if (tls.client_certificate) out << ", client certificate " << quoted(tls.client_certificate->subject);
}

}  // namespace

// --- conversion -----------------------------------------------------------------------------------------------------

bool is_request(Exchange const& entry) { return entry.type == Exchange::Type::crafted && entry.request.has_value(); }

Request to_request(Exchange entry) {
    Request request;
    static_cast<proxycore::record::RecordedRequest&>(request) = std::move(*entry.request);
    request.id = entry.id;
    if (entry.response) request.response = std::move(*entry.response);
    // True also for a response that waits for its client, or pauses for ever.
    request.unfinished = !entry.finished;
    request.error = std::move(entry.message);
    request.tls = std::move(entry.tls);
    request.choice = std::move(entry.choice);
    return request;
}

Request to_request(pathod::IncomingRequest const& incoming) {
    Request request;
    request.method = incoming.subject.method().value_or("");
    request.target = incoming.target;
    request.path = incoming.path;
    if (auto const* fields = incoming.subject.fields(proxycore::filter::Side::request)) request.headers = *fields;
    request.body = incoming.body;
    request.body_size = incoming.body_size;
    request.connection = incoming.connection;
    request.unfinished = true;
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

std::string why_nothing(std::string_view what, std::chrono::nanoseconds limit, std::size_t recorded) {
    std::ostringstream text;
    text << "no " << what << " came within " << std::chrono::duration<double>(limit).count() << " s; ";
    if (recorded == 0) {
        text << "none was recorded";
    } else {
        text << recorded << (recorded == 1 ? " was" : " were") << " recorded, and taken";
    }
    return std::move(text).str();
}

// --- printing --------------------------------------------------------------------------------------------------------

std::optional<std::string> Request::header(std::string_view name) const { return first(headers, name); }

std::optional<std::string> Response::header(std::string_view name) const { return first(headers, name); }

std::ostream& operator<<(std::ostream& out, Request const& request) {
    out << brief(request.method) << " " << brief(request.target) << " " << brief(request.http_version) << " (request "
        << request.index << " on connection " << request.connection << ")";
    if (request.tls) print(*request.tls, out);
    print(request.headers, out);
    print_body(request.body, request.body_size, out);
    out << "\n    answered by " << brief(request.response.spec);
    if (request.choice) out << " (" << to_string(*request.choice) << ")";
    if (request.unfinished) out << ", not finished";
    if (!request.error.empty()) out << "\n    error: " << request.error;
    return out;
}

std::string Frame::type() const { return proxycore::websocket::name_of(opcode); }

std::ostream& operator<<(std::ostream& out, Frame const& frame) {
    if (!frame.ok()) return out << "no frame: " << frame.failure;
    out << (frame.fin ? "" : "unfinished ") << (frame.masked ? "masked " : "") << frame.type() << " frame of "
        << frame.payload_size << " bytes";
    if (frame.payload.size() < frame.payload_size)
        out << ", of which " << frame.payload.size() << " were kept (see keep_bytes)";
    if (!frame.payload.empty()) out << ": " << quoted(frame.payload, max_shown);
    return out;
}

std::ostream& operator<<(std::ostream& out, Response const& response) {
    if (!response.ok()) return out << "no response: " << response.failure;
    out << response.http_version << " " << response.status << " " << brief(response.reason);
    print(response.headers, out);
    print_body(response.body, response.body_size, out);
    return out;
}

}  // namespace pathology::kit
