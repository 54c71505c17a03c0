// The state that all connections of a running daemon share, and that of one worker.
#pragma once

#include <memory>
#include <pathology/language/player.hpp>
#include <pathology/language/rng.hpp>
#include <pathology/pathod/exchange_log.hpp>
#include <pathology/pathod/options.hpp>
#include <pathology/proxycore/console/console.hpp>
#include <vector>

#include "anchors.hpp"
#include "log_printer.hpp"
#include "responder.hpp"
#include "tls_acceptor.hpp"

namespace pathology::pathod {

/// The application protocols that the daemon offers in TLS, most preferred first.
std::vector<std::string> protocols_of(DaemonOptions const& options);

/// Made when the daemon starts, then read by all workers. Anchors, log and seed are safe to use from any thread.
struct DaemonContext {
    DaemonContext(DaemonOptions const& its_options, Anchors its_anchors, ExchangeLog& its_log, LogOutputs its_outputs,
                  language::RunSeed& its_seed)
        : options(its_options),
          anchors(std::move(its_anchors)),
          tls(std::make_shared<TlsAcceptor>(its_options.tls, protocols_of(its_options))),
          log(its_log),
          outputs(its_outputs),
          seed(its_seed) {}

    DaemonOptions const& options;
    Anchors anchors;
    PreparedSpecPtr accept_message{};  ///< sent to each connection when it is accepted; nullptr: none
    std::shared_ptr<TlsAcceptor> tls;
    ExchangeLog& log;
    LogOutputs outputs;
    language::RunSeed& seed;
};

class Http2Exchange;

/// The state of one worker, used by its thread alone.
class WorkerContext {
public:
    explicit WorkerContext(DaemonContext& its_daemon);
    ~WorkerContext();
    WorkerContext(WorkerContext const&) = delete;
    WorkerContext& operator=(WorkerContext const&) = delete;

    /// Players are pooled: a connection has one only while it sends, so an idle one holds no buffers.
    std::unique_ptr<language::Player> acquire_player();
    void release(std::unique_ptr<language::Player> player) { idle_players_.push_back(std::move(player)); }

    /// HTTP/2 exchanges are pooled, because thousands of streams per second would allocate them anew.
    std::unique_ptr<Http2Exchange> acquire_exchange();
    void release(std::unique_ptr<Http2Exchange> exchange);

    DaemonContext& daemon;
    Responder responder;
    Responder http2_responder;
    LogPrinter printer;

private:
    std::vector<std::unique_ptr<language::Player>> idle_players_;
    std::vector<std::unique_ptr<Http2Exchange>> idle_exchanges_;
};

}  // namespace pathology::pathod
