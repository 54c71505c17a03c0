#include "support/websocket_outcome.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <pathology/proxycore/console/console.hpp>

namespace pathology::pathod::test {

using namespace std::chrono_literals;
using proxycore::console::Console;

std::string handshake(std::string_view path, std::string_view more) {
    return "GET " + std::string(path) +
           " HTTP/1.1\r\nHost: x\r\nConnection: upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\n"
           "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n" +
           std::string(more) + "\r\n";
}

Outcome outcome_of(DaemonOptions options, std::string_view sent, std::string const& request, bool in_pieces) {
    std::string out, err;
    Console console(out, err);
    options.timestamps = false;
    Daemon daemon(std::move(options), &console);
    daemon.start().value();
    Client client(daemon.port());
    if (in_pieces) {
        client.send(request);
        for (char const& c : sent) client.send({&c, 1});
    } else {
        client.send(request + std::string(sent));
    }
    auto const received = client.half_close().read_to_end();
    EXPECT_TRUE(daemon.wait_until_idle(20s));
    Outcome outcome;
    auto const end_of_head = std::min(received.find("\r\n\r\n"), received.size() - 4) + 4;
    outcome.head = received.substr(0, end_of_head);
    outcome.frames = received.substr(end_of_head);
    outcome.log = daemon.log().entries();
    if (!outcome.log.empty()) outcome.log.erase(outcome.log.begin());
    daemon.stop();
    outcome.all = out;
    outcome.out = out.substr(std::min(out.find("ws frame:"), out.size()));
    return outcome;
}

}  // namespace pathology::pathod::test
