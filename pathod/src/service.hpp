// What the connections of a running daemon share, and what those of one worker share.
#pragma once

#include <atomic>
#include <memory>
#include <pathology/language/player.hpp>
#include <pathology/pathod/log.hpp>
#include <pathology/pathod/options.hpp>
#include <pathology/proxycore/console/console.hpp>
#include <vector>

#include "anchors.hpp"
#include "journal.hpp"
#include "responder.hpp"
#include "security.hpp"

namespace pathology::pathod {

/// Fixed when the daemon starts.
struct Service {
    Service(DaemonOptions const& its_options, Anchors its_anchors, Log& its_log, Sinks its_sinks,
            std::uint64_t its_seed)
        : options(its_options),
          anchors(std::move(its_anchors)),
          security(its_options.tls, {"http/1.1"}),
          log(its_log),
          sinks(its_sinks),
          seed(its_seed) {}

    DaemonOptions const& options;
    Anchors anchors;
    Security security;
    Log& log;
    Sinks sinks;
    std::uint64_t seed;
    std::atomic<bool> seed_told = false;  ///< somebody could see how to replay what is random
};

/// The state of one worker, touched by its thread alone.
class Desk {
public:
    explicit Desk(Service& its_service)
        : service(its_service),
          responder(its_service.options, its_service.anchors),
          http2_responder(its_service.options, its_service.anchors, language::Protocol::http2),
          journal(its_service.sinks, its_service.options.timestamps) {}

    /// Players are lent out for one answer, so that idle connections hold none of their buffers.
    std::unique_ptr<language::Player> borrow_player();
    void give_back(std::unique_ptr<language::Player> player) { idle_players_.push_back(std::move(player)); }

    Service& service;
    Responder responder;
    Responder http2_responder;
    Journal journal;

private:
    std::vector<std::unique_ptr<language::Player>> idle_players_;
};

}  // namespace pathology::pathod
