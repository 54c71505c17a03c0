// What the connections of a running daemon share, and what those of one worker share.
#pragma once

#include <memory>
#include <pathology/language/player.hpp>
#include <pathology/language/rng.hpp>
#include <pathology/pathod/log.hpp>
#include <pathology/pathod/options.hpp>
#include <pathology/proxycore/console/console.hpp>
#include <vector>

#include "anchors.hpp"
#include "journal.hpp"
#include "responder.hpp"
#include "security.hpp"

namespace pathology::pathod {

/// What a daemon speaks over TLS, what it likes best first.
std::vector<std::string> protocols_of(DaemonOptions const& options);

/// Fixed when the daemon starts.
struct Service {
    Service(DaemonOptions const& its_options, Anchors its_anchors, Log& its_log, Sinks its_sinks,
            language::RunSeed& its_seed)
        : options(its_options),
          anchors(std::move(its_anchors)),
          security(its_options.tls, protocols_of(its_options)),
          log(its_log),
          sinks(its_sinks),
          seed(its_seed) {}

    DaemonOptions const& options;
    Anchors anchors;
    Security security;
    Log& log;
    Sinks sinks;
    language::RunSeed& seed;
};

class Http2Exchange;

/// The state of one worker, touched by its thread alone.
class Desk {
public:
    explicit Desk(Service& its_service);
    ~Desk();
    Desk(Desk const&) = delete;
    Desk& operator=(Desk const&) = delete;

    /// Players are lent out for one answer, so that idle connections hold none of their buffers.
    std::unique_ptr<language::Player> borrow_player();
    void give_back(std::unique_ptr<language::Player> player) { idle_players_.push_back(std::move(player)); }

    /// Streams come and go by the thousand; what one used is used again.
    std::unique_ptr<Http2Exchange> borrow_exchange();
    void give_back(std::unique_ptr<Http2Exchange> exchange);

    Service& service;
    Responder responder;
    Responder http2_responder;
    Journal journal;

private:
    std::vector<std::unique_ptr<language::Player>> idle_players_;
    std::vector<std::unique_ptr<Http2Exchange>> idle_exchanges_;
};

}  // namespace pathology::pathod
