#include "faults/scripted_server.hpp"

#include <stdexcept>
#include <utility>

#include "support/play.hpp"

namespace pathology::integration {

namespace net = proxycore::net;
using proxycore::test::Script;

ScriptedServer::ScriptedServer(Script first)
    : first_(std::move(first)),
      server_({}, [this](net::Connection connection) { return serve(std::move(connection)); }) {
    auto const started = server_.start();
    if (!started) throw std::runtime_error(started.error().message);
}

boost::asio::awaitable<void> ScriptedServer::serve(net::Connection connection) const {
    static Script const alive{{"\r\n\r\n", "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nalive"}};
    std::string received;
    co_await proxycore::test::play_script(*connection.stream, connection.id == 0 ? first_ : alive, received);
}

testing::AssertionResult ScriptedServer::wait_until_idle() const {
    if (server_.wait_until_empty(proxycore::test::patience)) return testing::AssertionSuccess();
    return testing::AssertionFailure() << server_.connections() << " connections to the server are still open";
}

}  // namespace pathology::integration
