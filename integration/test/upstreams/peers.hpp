// Upstream proxies that other people wrote, as a file of multi-upstream mode names them.
#pragma once

#include <memory>
#include <ostream>
#include <string>
#include <vector>

#include "support/real_proxy.hpp"

namespace pathology::integration {

/// Where the file has the credentials of a proxy.
enum class Login { none, in_url, in_fields };

struct PeerCase {
    char const* name;
    char const* program;
    char const* scheme;  ///< of its URL
    char const* host;    ///< 127.0.0.1 or ::1
    Login login;
};
void PrintTo(PeerCase const& row, std::ostream* out);

/// One of them, which runs until the end of the program.
class Peer {
public:
    /// Starts the proxy of the row if it does not run yet.
    static Peer& of(PeerCase const& row);

    bool is_running() const { return proxy_ && proxy_->is_running(); }
    std::string failure() const { return proxy_ ? proxy_->failure() : "it is not installed"; }

    /// The file with this proxy, named `peer`, for every target.
    std::string configuration() const;
    /// The same with other credentials: `fields` as in `username: 'me', `, `user_info` as in `me:secret@`.
    std::string configuration_with(std::string const& fields, std::string const& user_info = {}) const;
    /// What no log may have: the password as text, and as it is in the URL.
    std::vector<std::string> secrets() const;

    /// The certificate that those behind it have to trust; empty unless it decrypts.
    std::string authority() const;
    /// Waits until its log has the request for `url`, which is that of a tunnel unless it is plain; drops what was logged
    /// up to there.
    bool has_logged(std::string const& url, bool is_plain);

private:
    explicit Peer(PeerCase const& row);

    PeerCase row_;
    std::unique_ptr<test::RealProxy> proxy_;
};

}  // namespace pathology::integration
