// The OpenSSL sessions, by server.
#pragma once

#include <deque>
#include <pathology/proxycore/recently_used.hpp>
#include <pathology/proxycore/tls/sessions.hpp>
#include <string>
#include <string_view>

#include "tls/openssl.hpp"

namespace pathology::proxycore::tls {

struct Sessions::State {
    explicit State(std::size_t max_servers) : of(max_servers) {}

    void keep(std::string const& server, SessionPtr session);
    /// Removes and returns the latest session that can be resumed; nullptr if there is none.
    SessionPtr take(std::string_view server);

    RecentlyUsed<std::deque<SessionPtr>> of;  // the latest last
};

}  // namespace pathology::proxycore::tls
