// Servers behind the upstream proxies, and what a client fetches from them.
#pragma once

#include <nlohmann/json.hpp>
#include <ostream>
#include <string>

#include "certificate.hpp"
#include "nghttpd.hpp"
#include "nginx.hpp"
#include "pathop.hpp"

namespace pathology::integration {

/// The servers of all rows. They run until the end of the program.
class Targets {
    test::Folder folder_;  // before nginx, which serves it

public:
    static Targets& all();
    Targets(Targets const&) = delete;
    Targets& operator=(Targets const&) = delete;

    static constexpr std::size_t large_size = 64 << 20;

    Pathod plain{{"--ws-echo"}};
    SafePathod safe{{"--ws-echo"}};
    SafePathod ipv6{{"-l", "::1"}};
    /// Switches protocols for whoever asks for that, also without a key, sends a text and ends.
    Pathod upgrade{{"-a", "/=101:h'Connection'='Upgrade':h'Upgrade'='websocket':r:b'\\x81\\x02hi':da"}};
    Certificate certificate;
    Nginx nginx;  ///< has /large
    Nghttpd nghttpd;

    /// The certificates of all of them.
    std::string authorities() const;
    std::string large_file() const { return (folder_.path() / "large").string(); }

private:
    Targets();
};

/// One exchange of a client.
struct TargetCase {
    char const* name;
    std::string (*url)(Targets& targets);
    /// Plain requests go to a proxy for HTTP without a tunnel.
    bool is_plain;
    /// Performs it through pathop; fails the test if the client does not get what the target sent.
    void (*perform)(Pathop& pathop, std::string const& url);
    /// What prints the request on its output, and how; nullptr if it does not.
    test::Process* (*server)(Targets& targets) = nullptr;
    char const* printed = "";
};
void PrintTo(TargetCase const& row, std::ostream* out);

/// HTTP, HTTPS, HTTP/2, an IPv6 address, large content, WebSockets with and without TLS.
std::vector<TargetCase> target_cases();

}  // namespace pathology::integration
