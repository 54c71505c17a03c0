// Programs that speak WebSocket with what other people wrote.
#pragma once

#include <csignal>
#include <string>
#include <vector>

#include "support/process.hpp"

namespace pathology::integration {

/// Why Python's websockets cannot be used; empty when they can.
inline std::string why_no_python_websockets() {
    return test::run("/usr/bin/python3", {"-c", "import websockets"}).status == 0
               ? ""
               : "python3-websockets is not installed";
}

/// Why the WebSockets of node cannot be used; empty when they can.
inline std::string why_no_node_websockets() {
    auto const tried = test::run("env", {"NODE_PATH=/usr/share/nodejs", "node", "-e", "require('ws')"});
    return tried.status == 0 ? "" : "nodejs or node-ws is not installed";
}

/// Plays a client by HTTP/1.1, `URL AUTHORITY [HOW PROXY]` of websocket_client.py.
inline test::Ended exchange_by_http1(std::vector<std::string> arguments) {
    arguments.insert(arguments.begin(), PROGRAMS_TEST_FOLDER "/websocket_client.py");
    return test::run("/usr/bin/python3", std::move(arguments));
}

inline constexpr auto http2_script = PROGRAMS_TEST_FOLDER "/websocket_http2.js";

/// Plays a client by HTTP/2, `URL AUTHORITY [PROXY]` of websocket_http2.js.
inline test::Ended exchange_by_http2(std::vector<std::string> arguments) {
    arguments.insert(arguments.begin(), {"NODE_PATH=/usr/share/nodejs", "node", http2_script, "talk"});
    return test::run("env", std::move(arguments));
}

/// What both clients say of a server that sends everything back.
inline constexpr auto echoed = "same 5\nsame 3\nsame 0\nsame 1048576\nclosed: 4001\n";

/// An echo server over TLS that speaks HTTP/2 alone.
class Http2EchoServer {
public:
    Http2EchoServer(std::string const& key, std::string const& certificate)
        : process_("env", {"NODE_PATH=/usr/share/nodejs", "node", http2_script, "serve", key, certificate}),
          port_(process_.read_line()) {}
    ~Http2EchoServer() { process_.signal(SIGTERM); }

    std::string url() const { return "https://127.0.0.1:" + port_; }
    /// The next that it tells of what it saw.
    std::string sent() { return process_.read_line(); }

private:
    test::Process process_;
    std::string port_;
};

}  // namespace pathology::integration
