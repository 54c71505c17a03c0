#include "service.hpp"

#include "http2_exchange.hpp"

namespace pathology::pathod {

std::vector<std::string> protocols_of(DaemonOptions const& options) {
    if (!options.http2) return {"http/1.1"};
    return {"h2", "http/1.1"};
}

Desk::Desk(Service& its_service)
    : service(its_service),
      responder(its_service.options, its_service.anchors),
      http2_responder(its_service.options, its_service.anchors, language::Protocol::http2),
      journal(its_service.sinks, its_service.options.timestamps) {}

std::unique_ptr<language::Player> Desk::borrow_player() {
    if (idle_players_.empty()) return std::make_unique<language::Player>();
    auto player = std::move(idle_players_.back());
    idle_players_.pop_back();
    return player;
}

Desk::~Desk() = default;

std::unique_ptr<Http2Exchange> Desk::borrow_exchange() {
    if (idle_exchanges_.empty()) return std::make_unique<Http2Exchange>(service.options);
    auto exchange = std::move(idle_exchanges_.back());
    idle_exchanges_.pop_back();
    return exchange;
}

void Desk::give_back(std::unique_ptr<Http2Exchange> exchange) { idle_exchanges_.push_back(std::move(exchange)); }

}  // namespace pathology::pathod
