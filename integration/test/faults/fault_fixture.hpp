// A client, the proxy and a server, any of which may misbehave, and what became of it.
#pragma once

#include <iosfwd>
#include <memory>
#include <optional>
#include <pathology/pathoc/client.hpp>
#include <pathology/testkit/testkit.hpp>
#include <string>
#include <string_view>
#include <vector>

#include "support/hook_recorder.hpp"
#include "support/script.hpp"

namespace pathology::integration {

/// How clients get to the server.
enum class Topology {
    regular,   ///< they ask the proxy for absolute URLs
    tunnel,    ///< through a CONNECT
    socks5,    ///< through a SOCKS5 proxy
    reverse,   ///< the proxy is the server to them
    upstream,  ///< as regular, and the server is an upstream proxy to ours
    chain,     ///< as regular, through two proxies of ours; the first one is looked at
};
std::string to_string(Topology topology);
void PrintTo(Topology topology, std::ostream* out);

/// What a client has read.
struct ClientResult {
    unsigned status = 0;  ///< of the last head; 0 = none came
    bool is_whole = false;
    std::string body{};     ///< of a whole response
    std::string failure{};  ///< why it is not whole
    std::string raw{};      ///< the exact bytes
};

/// How the proxy and its ends are set up; every member may be left out.
struct ProxySetup {
    Topology topology = Topology::regular;
    std::vector<std::string> settings{};  ///< options of the proxy
    bool tls = false;                     ///< on both sides
    bool http2 = false;                   ///< spoken by the client, and with `tls` by the server, too
    std::optional<std::string> sni{};     ///< that the client asks TLS for; nothing = none
    bool websocket_echo = false;          ///< of `daemon`
    std::uint16_t server = 0;             ///< the port of a server that /fault is on, in place of `daemon`
};

class FaultFixture {
    ProxySetup setup_;

public:
    explicit FaultFixture(ProxySetup setup = {});

    /// A client that has not connected yet, and what it asks for to get to `path`.
    pathoc::Client client() const { return client_of(server_port()); }
    std::string target(std::string_view path) const { return target_on(server_port(), path); }

    /// Sends a spec in which TARGET stands for `/fault` on the server, over a connection that ends with the call.
    ClientResult request(std::string spec) const;

    /// Plays a script in which TARGET stands for the same over a plain connection to the proxy, and gives what it
    /// heard.
    std::string play(proxycore::test::Script script) const;

    /// The end of every row: a fresh client is served, by `daemon` unless all ways lead to another server; whoever has
    /// left leaves no connection behind; and all hooks that began have ended.
    void expect_good_end();
    /// The same without the fresh client.
    void expect_silence();

    /// Answers `/fault` with the spec, and `/alive` with `alive`.
    testkit::Daemon daemon;
    std::shared_ptr<proxycore::test::HookRecorder> hooks = std::make_shared<proxycore::test::HookRecorder>();
    std::unique_ptr<testkit::Proxy> second;  ///< behind the first one, for Topology::chain
    testkit::Proxy proxy;

private:
    pathoc::Client client_of(std::uint16_t server) const;
    std::string target_on(std::uint16_t server, std::string_view path) const;
    bool leads_to_one_server() const {
        return setup_.topology == Topology::reverse || setup_.topology == Topology::upstream;
    }
    std::uint16_t server_port() const { return setup_.server != 0 ? setup_.server : daemon.port(); }
    std::string mode() const;
    std::vector<std::string> settings() const;
};

/// What a client read of the response to its last request.
ClientResult result_of(pathoc::Client const& client, pathoc::Result<pathoc::Response> response);

/// A spec that sends exactly these bytes, then the end; of pathod.
std::string bytes(std::string_view text);

std::string repeated(std::string_view text, std::size_t times);

}  // namespace pathology::integration
