#include "layers/hosts.hpp"

#include <algorithm>
#include <pathology/proxycore/http/fields.hpp>

#include "layers/context.hpp"

namespace pathology::proxycore::layers {
namespace {

/// The patterns of an option, and its name for errors.
struct Patterns {
    std::string_view option;
    std::vector<pattern::Pattern> const& patterns;
};

constexpr std::uint16_t port_of_https = 443;

void add(std::vector<std::string>& names, Endpoint const& address) {
    auto name = to_string(address);
    if (std::find(names.begin(), names.end(), name) == names.end()) names.push_back(std::move(name));
}

bool any_matches(Patterns const& given, std::string_view name) {
    return std::any_of(given.patterns.begin(), given.patterns.end(), [&](auto const& pattern) {
        auto const matched = pattern.matches(name);
        if (!matched) throw HostPatternError(std::string(given.option) + ": " + matched.error().message);
        return *matched;
    });
}

bool any_matches(Patterns const& given, std::vector<std::string> const& names) {
    return std::any_of(names.begin(), names.end(), [&](auto const& name) { return any_matches(given, name); });
}

std::string_view without_port(std::string_view name) { return name.substr(0, name.rfind(':')); }

}  // namespace

std::vector<std::string> names_of_server(Context const& context, std::string_view sni) {
    std::vector<std::string> names;
    auto const& server = *context.server;
    if (!server.address()) return names;
    add(names, *server.address());
    if (server.peername) add(names, *server.peername);
    // After TLS with the client has ended here, the host name that it requested is in the record of the client. Before
    // that the caller passes the name of the ClientHello.
    bool const is_known = sni.empty() && server.tls && context.client->sni;
    std::string const name(is_known ? *context.client->sni : sni);
    if (name.empty()) return names;
    add(names, {name, server.address()->port});
    // A transparent client may reach an HTTPS site through another port. Patterns such as `example\.org:443` match it
    // too.
    add(names, {name, port_of_https});
    return names;
}

bool is_ignored(HostSettings const& hosts, std::vector<std::string> const& names) {
    if (names.empty()) return false;
    if (!hosts.allow.empty() && !any_matches({"allow_hosts", hosts.allow}, names)) return true;
    return any_matches({"ignore_hosts", hosts.ignore}, names);
}

bool is_tcp(HostSettings const& hosts, std::vector<std::string> const& names) {
    Patterns const tcp{"tcp_hosts", hosts.tcp};
    return std::any_of(names.begin(), names.end(), [&](std::string_view name) {
        return any_matches(tcp, name) || any_matches(tcp, without_port(name));
    });
}

bool is_own_site(HostSettings const& hosts, flow::Server const& server) {
    auto const& address = server.address();
    return address && is_own_site(hosts, address->host);
}

bool is_own_site(HostSettings const& hosts, std::string_view host) {
    return !hosts.own_site.empty() && http::equals_ignoring_case(host, hosts.own_site);
}

}  // namespace pathology::proxycore::layers
