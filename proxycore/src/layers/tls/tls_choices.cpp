#include "layers/tls/tls_choices.hpp"

#include <algorithm>
#include <array>
#include <variant>

namespace pathology::proxycore::layers {
namespace {

constexpr std::string_view http2_name = "h2";
constexpr std::array<std::string_view, 4> known_protocols{http2_name, "http/1.1", "http/1.0", "http/0.9"};

/// Drafts of HTTP/2. A server that still selects one could not be served.
bool is_outdated(std::string_view protocol) { return protocol.starts_with("h2-") || protocol.starts_with("spdy"); }

bool is_known(std::string_view protocol, bool http2) {
    if (protocol == http2_name && !http2) return false;
    return std::ranges::find(known_protocols, protocol) != known_protocols.end();
}

// Alerts (RFC 8446 §6.2).
constexpr std::uint8_t handshake_failure = 40, bad_certificate = 42, unsupported_certificate = 43,
                       certificate_revoked = 44, certificate_expired = 45, certificate_unknown = 46, unknown_ca = 48,
                       protocol_version = 70;

/// What a client says of our certificate by the alert, around the name of the host, and what to look at.
struct Complaint {
    std::uint8_t alert;
    std::string_view before, after, remedy;
};
constexpr Complaint complaints[] = {
    {bad_certificate, "it does not trust our certificate for ", "", "; it may not have our authority"},
    {unsupported_certificate, "it does not support the kind of our certificate for ", "", ""},
    {certificate_revoked, "it considers our certificate for ", " revoked", ""},
    {certificate_expired, "it considers our certificate for ", " expired", "; compare the clocks of both machines"},
    {certificate_unknown, "it does not trust our certificate for ", "", "; it may not have our authority"},
    {unknown_ca, "it does not trust our certificate for ", "", "; it may not have our authority"},
};

std::string explain(Complaint const& complaint, std::string const& host, std::string_view cause) {
    std::string text(complaint.before);
    text.append(host).append(complaint.after).append(" (").append(cause).append(")");
    return text.append(complaint.remedy);
}

/// `url` with another path; empty if it is not an http URL. The revocation list is requested from the original host,
/// through this proxy, which serves it.
std::string moved_to(std::string_view url, std::string_view path) {
    auto const scheme = url.find("://");
    if (path.empty() || !url.starts_with("http") || scheme == std::string_view::npos) return {};
    return std::string(url.substr(0, url.find('/', scheme + 3))).append(path);
}

std::string without_prefix(std::string_view message) {
    constexpr std::string_view known = "TLS handshake failed: ";
    if (message.starts_with(known)) message.remove_prefix(known.size());
    return std::string(message);
}

}  // namespace

bool needs_server_first(Settings const& settings, flow::Client const& client, flow::Server const& server) {
    if (!server.tls || !settings.tls.upstream_cert) return false;
    //     server connected already, or strategy eager ─▶ first; it costs nothing more
    //     the client offers ALPN ──────────────────────▶ first; only a protocol that the server selects may be selected
    //     no SNI ──────────────────────────────────────▶ first; the names come from the certificate of the server
    //     the server's chain is to be appended ────────▶ first
    if (server.connected() || settings.strategy == ConnectionStrategy::eager) return true;
    return !client.alpn_offers.empty() || !client.sni || settings.tls.add_upstream_certs;
}

std::optional<std::string> sni_for_server(modes::Mode const& mode, flow::Client const& client,
                                          flow::Server const& server) {
    bool const is_fixed = server.sni || modes::traits_of(mode).fixed_server != nullptr;
    return is_fixed ? server.sni : client.sni;
}

std::vector<std::string> offers_for_server(flow::Client const& client, bool http2, http::Version spoken) {
    std::vector<std::string> offers = client.alpn_offers;
    if (!client.tls && spoken.major == 2) offers = {std::string(http2_name), "http/1.1"};
    std::erase_if(offers, [&](auto const& name) { return is_outdated(name) || (name == http2_name && !http2); });
    return offers;
}

std::vector<std::string> choices_for_client(flow::Client const& client, flow::Server const& server, bool http2) {
    if (server.tls_established()) {
        auto const chosen = server.alpn.value_or("");
        return chosen.empty() ? std::vector<std::string>() : std::vector{chosen};
    }
    std::vector<std::string> choices = client.alpn_offers;
    std::erase_if(choices, [&](auto const& name) { return !is_known(name, http2); });
    return choices;
}

tls::LeafNames names_for_client(TlsSettings const& settings, flow::Client const& client, flow::Server const& server,
                                std::string_view revocation_path) {
    // The order decides the common name: the first name is the subject of the certificate.
    std::vector<std::string> further;
    if (client.sni) {
        further.push_back(*client.sni);
    } else if (client.sockname) {
        further.push_back(client.sockname->host);
    }
    if (server.address()) further.push_back(server.address()->host);
    bool const knows_server = settings.upstream_cert && !server.certificate_list.empty();
    auto names =
        tls::LeafNames::copied_from(knows_server ? server.certificate_list.front() : tls::Certificate(), further);
    names.crl_url = moved_to(names.crl_url, revocation_path);
    return names;
}

std::string explain_client_failure(tls::Failure const& why, std::string const& host) {
    std::string const begin = "TLS handshake with the client failed: ";
    auto const cause = without_prefix(why.message);
    auto const alert = why.alert ? why.alert->code : std::uint8_t{0};
    bool const complains = why.alert && why.alert->side == tls::Alert::Side::sent_by_peer;
    for (auto const& complaint : complaints)
        if (complains && complaint.alert == alert) return begin + explain(complaint, host, cause);
    if (why.code == tls::Errc::ended_in_handshake)
        return begin + cause + "; if it does so whenever it wants " + host + ", it may not trust our certificate";
    if (alert == protocol_version)
        return begin + cause + "; the versions it may use are those from tls_version_client_min on";
    if (alert == handshake_failure && !complains) return begin + cause + "; see ciphers_client";
    return begin + cause;
}

}  // namespace pathology::proxycore::layers
