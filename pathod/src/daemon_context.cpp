#include "daemon_context.hpp"

#include "http2_exchange.hpp"

namespace pathology::pathod {

std::vector<std::string> protocols_of(DaemonOptions const& options) {
    if (!options.http2) return {"http/1.1"};
    return {"h2", "http/1.1"};
}

WorkerContext::WorkerContext(DaemonContext& its_daemon)
    : daemon(its_daemon),
      responder(its_daemon.options, its_daemon.anchors),
      http2_responder(its_daemon.options, its_daemon.anchors, language::Protocol::http2),
      printer(its_daemon.outputs, its_daemon.options.clock, its_daemon.options.timestamps) {}

std::unique_ptr<language::Player> WorkerContext::acquire_player() {
    if (idle_players_.empty()) return std::make_unique<language::Player>();
    auto player = std::move(idle_players_.back());
    idle_players_.pop_back();
    return player;
}

WorkerContext::~WorkerContext() = default;

std::unique_ptr<Http2Exchange> WorkerContext::acquire_exchange() {
    if (idle_exchanges_.empty()) return std::make_unique<Http2Exchange>(daemon.options);
    auto exchange = std::move(idle_exchanges_.back());
    idle_exchanges_.pop_back();
    return exchange;
}

void WorkerContext::release(std::unique_ptr<Http2Exchange> exchange) { idle_exchanges_.push_back(std::move(exchange)); }

}  // namespace pathology::pathod
