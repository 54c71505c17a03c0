#include "http2/server.hpp"

#include <pathology/proxycore/http/escaped.hpp>
#include <sstream>

namespace pathology::proxycore::http2::test {

std::string ok_head(bool has_content) {
    return headers(1, "\x88", flag::end_headers | (has_content ? 0U : flag::end_stream));
}

Server::Server(SessionSettings settings, std::string body) : session(Role::server, settings), body_(std::move(body)) {}

void Server::feed(std::string_view bytes) {
    session.feed(bytes);
    take_events();
}

void Server::take_events() {
    while (auto const event = session.next()) {
        log += std::to_string(event->stream);
        switch (event->type) {
            case SessionEvent::Type::interim: break;  // of clients alone
            case SessionEvent::Type::head: {
                auto const& request = *event->request;
                log += " request " + request.head.method + " " + request.head.target + " " + request.authority;
                for (auto const& [name, value] : request.head.fields)
                    log += " " + std::string(name) + "=" + std::string(value);
                break;
            }
            case SessionEvent::Type::data: log += " data '" + http::escaped(event->data, '\'') + "'"; break;
            case SessionEvent::Type::end:
                log += " end";
                for (auto const& [name, value] : event->request->trailers)
                    log += " " + std::string(name) + "=" + std::string(value);
                if (!responses) break;
                contents_[event->stream] = std::make_unique<TextContent>(body_);
                session.respond(event->stream, head_, contents_[event->stream].get());
                break;
            case SessionEvent::Type::closed:
                log += " closed";
                if (event->error != ErrorCode::no_error)
                    log += " " + name(event->error) + (event->by_peer ? " by client" : "");
                contents_.erase(event->stream);
                break;
        }
        log += '\n';
    }
}

std::string Server::drain() {
    std::string wire;
    session.drain(wire, 1U << 20U);
    take_events();
    std::istringstream all(lines(wire));
    std::string kept;
    for (std::string line; std::getline(all, line);) {
        if (line != "SETTINGS" && !line.starts_with("WINDOW_UPDATE")) kept += line + "\n";
    }
    return kept;
}

std::string Server::exchange(std::string_view bytes) {
    feed(bytes);
    return drain();
}

}  // namespace pathology::proxycore::http2::test
