// A client, the proxy's HTTP/1 layer and servers, all in memory: each end says what its script says, and an addon notes
// every hook.
#pragma once

#include <chrono>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <pathology/proxycore/addons/chain.hpp>
#include <string>
#include <vector>

#include "layers/context.hpp"
#include "layers/http1/server.hpp"
#include "layers/layers.hpp"
#include "support/hook_recorder.hpp"
#include "support/script.hpp"

namespace pathology::proxycore::layers::test {

using proxycore::test::HookRecorder;
using proxycore::test::leave;
using proxycore::test::read_to_end;
using proxycore::test::Script;
using proxycore::test::Turn;

class Http1Fixture {
public:
    // --- what is so ---
    Settings settings{};
    modes::Mode mode{};
    HttpMode http_mode = HttpMode::regular;
    std::optional<Endpoint> target{};  ///< where outer layers lead to
    bool is_secure = false;            ///< TLS with the client and to the target
    std::string alpn{};                ///< what TLS with the client agreed on
    RequestForm form = RequestForm::origin;
    std::size_t max_per_read = 65536;
    std::size_t capacity = 65536;
    /// Records the hooks, and does what a test asks for in them.
    std::shared_ptr<HookRecorder> recorder = std::make_shared<HookRecorder>();
    /// What each connection to a server plays, in the order in which they are opened. One that has no script left is
    /// refused.
    std::vector<Script> servers{};

    /// Plays the client's script against the layer until both have ended.
    void play(Script client);
    /// Runs something else against the servers, with a context of one client.
    void run(std::function<asio::awaitable<void>(Context&)> const& what);

    // --- what came of it ---
    std::string received{};            ///< by the client
    std::vector<std::string> asked{};  ///< what each server got
    std::string tunnel{};              ///< what the next layer found in a CONNECT tunnel
    std::vector<std::string> log{};

    std::string hooks() const { return recorder->sequence(); }
    /// As the hooks `response`, `error` and `http_connect_error` left them.
    std::vector<std::shared_ptr<flow::HttpFlow>> flows() const {
        return recorder->flows_at({"response", "error", "http_connect_error"});
    }
    flow::HttpFlow const& flow(std::size_t index = 0) const { return *flows().at(index); }
};

}  // namespace pathology::proxycore::layers::test
