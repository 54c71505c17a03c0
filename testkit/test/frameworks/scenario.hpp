// The same two exchanges for each test framework: one that is as it should be, and one whose daemon fails the test.
#pragma once

#include <memory>
#include <pathology/kit/kit.hpp>
#include <string>

namespace pathology::kit::frameworks {

/// What a client gets for `spec`.
inline Response fetch(Daemon const& daemon, std::string const& spec) {
    Client client({.port = daemon.port()});
    return client.request("get:'/p/" + spec + "'");
}

/// Leaves a response unfinished, which the daemon reports when it is destroyed.
inline void leave_a_response_unfinished() {
    auto daemon = std::make_unique<Daemon>(DaemonOptions{.on_hanging = fail_on_hanging});
    Client client({.port = daemon->port()});
    (void)client.send("get:'/p/200:p0,f'");
    (void)daemon->take_request(std::chrono::seconds(10));
    daemon.reset();  // before the client, which would end the response
}

}  // namespace pathology::kit::frameworks
