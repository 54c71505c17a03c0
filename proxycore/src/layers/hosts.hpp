// Decides by the patterns of the options which hosts are relayed without recording, and which as TCP.
#pragma once

#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

#include "layers/settings.hpp"

namespace pathology::proxycore::layers {

class Context;

/// A pattern was given up on a name, see pattern::Pattern, so nobody knows how to treat the connection. The message
/// names the option and the pattern.
struct HostPatternError : std::runtime_error {
    using std::runtime_error::runtime_error;
};

/// Returns the names that patterns are compared with: `host:port` of the server's address, of its peer address if it is
/// connected, and of `sni`, with the port of the address and with 443 (P15). If `sni` is empty, the SNI of the client's
/// completed TLS handshake is used. Empty if the server has no address.
std::vector<std::string> names_of_server(Context const& context, std::string_view sni = {});

/// Returns true if connections to these names are relayed without recording: a name matches `ignore`, or `allow` is not
/// empty and no name matches it. False for no names.
/// Errors: throws HostPatternError.
bool is_ignored(HostSettings const& hosts, std::vector<std::string> const& names);

/// Returns true if the decrypted bytes are relayed as TCP messages (P14). A pattern may match with or without port.
/// Errors: throws HostPatternError.
bool is_tcp(HostSettings const& hosts, std::vector<std::string> const& names);

/// Returns true if the server is the site that an addon serves inside the proxy. No connection to that name is opened:
/// the name does not exist in the network, or belongs to someone else.
bool is_own_site(HostSettings const& hosts, flow::Server const& server);
bool is_own_site(HostSettings const& hosts, std::string_view host);

}  // namespace pathology::proxycore::layers
