// Sessions of TLS that servers have offered to go on with.
#pragma once

#include <cstddef>
#include <memory>
#include <string_view>

namespace pathology::proxycore::tls {

/// What a client remembers of servers, so that its next connection needs no certificates (RFC 8446 §2.2, RFC 5077).
///
/// Shape:  by server, the two latest of each, for at most an hour. One of TLS 1.3 is used for one connection alone, so
///         that nobody who listens can tell that two are of the same client (RFC 8446 §C.4); an older one may be used
///         again. Certificates stay with the session, and so does what their verification gave.
/// Thread: one at a time.
class Sessions {
public:
    /// Remembers at most so many servers; the one that was not asked for longest is forgotten first.
    explicit Sessions(std::size_t most_servers = 256);
    ~Sessions();
    Sessions(Sessions const&) = delete;
    Sessions& operator=(Sessions const&) = delete;

    /// How many connections to that server could go on with one.
    std::size_t left_for(std::string_view server);

    struct State;  ///< OpenSSL's objects
    State& state() noexcept { return *state_; }

private:
    std::unique_ptr<State> state_;
};

}  // namespace pathology::proxycore::tls
