// TLS sessions of servers, for resumption.
#pragma once

#include <cstddef>
#include <memory>
#include <string_view>

namespace pathology::proxycore::tls {

/// The sessions that a client stores, so that its next handshake is shorter (RFC 8446 §2.2, RFC 5077).
///
/// Shape:  the two latest sessions of each server, for at most an hour. A session of TLS 1.3 is used for one connection
///         only, so that an observer cannot link connections of a client (RFC 8446 §C.4); an older one may be used
///         again. A session includes the certificates and the result of their verification.
/// Thread: not thread-safe.
class Sessions {
public:
    /// Stores sessions of at most `max_servers` servers; the least recently used one is dropped.
    explicit Sessions(std::size_t max_servers = 256);
    ~Sessions();
    Sessions(Sessions const&) = delete;
    Sessions& operator=(Sessions const&) = delete;

    /// The number of sessions of `server` that can be resumed.
    std::size_t left_for(std::string_view server);

    struct State;  ///< OpenSSL's objects
    State& state() noexcept { return *state_; }

private:
    std::unique_ptr<State> state_;
};

}  // namespace pathology::proxycore::tls
