#include "http2/client.hpp"

#include <pathology/proxycore/http/escaped.hpp>
#include <sstream>

namespace pathology::proxycore::http2::test {
namespace {

std::string spelled(http::Fields const& fields) {
    std::string text;
    for (auto const& [name, value] : fields) text += " " + std::string(name) + "=" + std::string(value);
    return text;
}

std::string spelled(http::ResponseHead const& head) { return std::to_string(head.status) + spelled(head.fields); }

std::string spelled(SessionEvent const& event) {
    switch (event.type) {
        case SessionEvent::Type::interim: return "interim " + spelled(*event.interim);
        case SessionEvent::Type::head: return "response " + spelled(event.response->head);
        case SessionEvent::Type::data: return "data '" + http::escaped(event.data, '\'') + "'";
        case SessionEvent::Type::end: return "end" + spelled(event.response->trailers);
        case SessionEvent::Type::closed: break;
    }
    std::string text = "closed";
    if (event.error != ErrorCode::no_error) text += " " + name(event.error) + (event.by_peer ? " by server" : "");
    if (event.is_unprocessed) text += " unprocessed";
    if (!event.reason.empty()) text += ": " + std::string(event.reason);
    return text;
}

}  // namespace

Request request_for(std::string_view method, http::Fields fields) {
    Request request;
    request.head.method = method;
    request.head.target = "/";
    request.head.fields = std::move(fields);
    request.scheme = "http";
    request.authority = "x";
    return request;
}

std::string server_hello(std::string_view entries) { return settings(entries) + settings({}, flag::ack); }

std::string response(std::uint32_t stream, std::string_view status, FieldList more, unsigned flags) {
    auto const all = block({{":status", status}}) + block(more);
    return headers(stream, std::string_view(all), flags | flag::end_headers);
}

StreamId Client::submit(std::string_view method) { return session.submit(request_for(method), nullptr).value_or(0); }

StreamId Client::send(std::string_view method, TextContent& content) {
    return session.submit(request_for(method), &content).value_or(0);
}

void Client::feed(std::string_view bytes) {
    session.feed(bytes);
    take_events();
}

void Client::take_events() {
    while (auto const event = session.next()) {
        auto const line = std::to_string(event->stream) + " " + spelled(*event) + "\n";
        auto const last = log.rfind('\n', log.size() < 2 ? 0 : log.size() - 2);
        auto const begin = line.substr(0, line.find('\'') + 1);
        bool const goes_on = event->type == SessionEvent::Type::data &&
                             std::string_view(log).substr(last == std::string::npos ? 0 : last + 1).starts_with(begin);
        if (goes_on) log.resize(log.size() - 2);
        log += goes_on ? line.substr(begin.size()) : line;
    }
}

std::string Client::drain() {
    std::string wire;
    session.drain(wire, 1U << 20U);
    take_events();
    if (!has_sent_preface_ && wire.starts_with(client_preface)) wire.erase(0, client_preface.size());
    has_sent_preface_ = true;
    std::istringstream all(lines(wire));
    std::string kept;
    for (std::string line; std::getline(all, line);) {
        if (!line.starts_with("SETTINGS") && !line.starts_with("WINDOW_UPDATE")) kept += line + "\n";
    }
    return kept;
}

std::string Client::exchange(std::string_view bytes) {
    feed(bytes);
    return drain();
}

}  // namespace pathology::proxycore::http2::test
