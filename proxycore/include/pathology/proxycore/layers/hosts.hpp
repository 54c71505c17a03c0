// Which hosts are passed through unseen, and which as plain bytes, by the patterns of the options.
#pragma once

#include <pathology/proxycore/layers/settings.hpp>
#include <string>
#include <string_view>
#include <vector>

namespace pathology::proxycore::layers {

class Context;

/// The names under which the server of a connection may be meant: `host:port` of its address, of its peer address where
/// it is connected, and of `sni`, with the real port and with 443 (P15). Without `sni` it is the one that the client
/// asked for in TLS that was taken off. Empty without an address.
std::vector<std::string> names_of_server(Context const& context, std::string_view sni = {});

/// Whether what goes to such names is passed through unseen: one of them is ignored, or there is a list of what is
/// allowed and none of them is on it. No names, no.
bool is_ignored(HostSettings const& hosts, std::vector<std::string> const& names);

/// Whether it is passed on as TCP messages, TLS taken off (P14). Names without port count, too.
bool is_tcp(HostSettings const& hosts, std::vector<std::string> const& names);

/// Whether the server is the site inside of the proxy: there is none of that name, or it is somebody else's.
bool is_own_site(HostSettings const& hosts, flow::Server const& server);

}  // namespace pathology::proxycore::layers
