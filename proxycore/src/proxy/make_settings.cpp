// Values of options to typed settings. Types and choices were checked when the options were set; this file checks
// ranges, syntax of values, and combinations, and names the option in each error.

#include <algorithm>
#include <limits>
#include <pathology/proxycore/console/units.hpp>
#include <pathology/proxycore/errors.hpp>
#include <pathology/proxycore/http/escaped.hpp>
#include <pathology/proxycore/tls/authority.hpp>

#include "content/media_type.hpp"
#include "proxy/option_names.hpp"
#include "proxy/options.hpp"

namespace pathology::proxycore::proxy {
namespace {

using addons::OptionalNumber;
using addons::OptionalText;
using addons::Options;
using addons::TextList;

constexpr char proxyauth[] = "proxyauth";  // an addon declares it
constexpr std::int64_t max_seconds = 100LL * 365 * 24 * 3600;

[[noreturn]] void refuse(std::string_view option, std::string_view why) {
    throw OptionsError("option " + std::string(option) + ": " + std::string(why));
}

bool flag(Options const& options, std::string_view name) { return options.get<bool>(name); }
std::string text(Options const& options, std::string_view name) { return options.get<std::string>(name); }
std::string optional_text(Options const& options, std::string_view name) {
    return options.get<OptionalText>(name).value_or("");
}

std::int64_t number_of(std::string_view name, std::int64_t value, std::int64_t min, std::int64_t max) {
    if (value >= min && value <= max) return value;
    refuse(name, "expected a number from " + std::to_string(min) + " to " + std::to_string(max) + ", not " +
                     std::to_string(value));
}

std::int64_t number(Options const& options, std::string_view name, std::int64_t min, std::int64_t max) {
    return number_of(name, options.get<std::int64_t>(name), min, max);
}

std::optional<std::uint64_t> size(Options const& options, std::string_view name) {
    auto const& given = options.get<OptionalText>(name);
    if (!given) return std::nullopt;
    auto const bytes = console::parse_size(*given);
    if (!bytes) refuse(name, bytes.error().message);
    return bytes->count;
}

std::vector<pattern::Pattern> patterns(Options const& options, std::string_view name) {
    std::vector<pattern::Pattern> compiled;
    // Patterns search in `host:port` and ignore case, as host names do.
    for (auto const& given : options.get<TextList>(name)) {
        auto made = pattern::Pattern::compile(given, {pattern::Case::any, pattern::Place::anywhere});
        if (!made) refuse(name, http::quoted(given) + " is " + made.error().message);
        compiled.push_back(std::move(*made));
    }
    return compiled;
}

std::vector<std::string> media_types(Options const& options, std::string_view name) {
    std::vector<std::string> types;
    for (auto const& given : options.get<TextList>(name)) {
        auto const parsed = content::parse_media_type(given);
        if (!parsed) refuse(name, http::quoted(given) + " is no media type, expected TYPE/SUBTYPE");
        types.push_back(parsed->type + "/" + parsed->subtype);
    }
    return types;
}

// --- listeners -------------------------------------------------------------------------------------------------------

modes::Listen listen_settings(Options const& options) {
    modes::Listen listen;
    if (auto host = text(options, option::listen_host); !host.empty()) listen.host = std::move(host);
    if (auto const& port = options.get<OptionalNumber>(option::listen_port))
        listen.port = static_cast<std::uint16_t>(number_of(option::listen_port, *port, 0, 65535));
    return listen;
}

std::vector<modes::Mode> modes_of(Options const& options, modes::Listen const& listen) {
    auto const& given = options.get<TextList>(option::mode);
    std::vector<modes::Mode> result;
    for (auto const& specification : given) {
        auto mode = modes::parse_mode(specification);
        if (!mode) throw OptionsError(modes::describe(mode.error(), specification));
        result.push_back(std::move(*mode));
    }
    if (auto const fit = modes::check_listeners(result, listen); !fit) throw OptionsError(fit.error().message);
    return result;
}

// --- TLS -------------------------------------------------------------------------------------------------------------

std::optional<tls::Version> version(std::string_view word) {
    if (word == "TLS1") return tls::Version::tls1_0;
    if (word == "TLS1_1") return tls::Version::tls1_1;
    if (word == "TLS1_2") return tls::Version::tls1_2;
    if (word == "TLS1_3") return tls::Version::tls1_3;
    return std::nullopt;
}

tls::VersionRange versions(Options const& options, option::Name<std::string> min, option::Name<std::string> max) {
    tls::VersionRange const all{tls::Version::tls1_0, tls::Version::tls1_3};
    tls::VersionRange const range{version(text(options, min)).value_or(all.min),
                                  version(text(options, max)).value_or(all.max)};
    if (range.max < range.min) refuse(max, "is below " + std::string(min));
    return range;
}

/// In `--set name=~/file` no shell expands the `~`.
std::string expand_home(std::string path) {
    if (path != "~" && !path.starts_with("~/")) return path;
    auto const home = tls::default_authority_folder().parent_path();
    return home.string() + path.substr(1);
}

layers::TlsSettings tls_settings(Options const& options) {
    layers::TlsSettings tls;
    tls.confdir = expand_home(text(options, option::confdir));
    tls.ca_basename = text(options, option::ca_basename);
    tls.key_size = static_cast<unsigned>(number(options, option::key_size, 1024, 16384));
    tls.passphrase = optional_text(options, option::cert_passphrase);
    tls.certificates = options.get<TextList>(option::certs);
    tls.client_versions = versions(options, option::tls_version_client_min, option::tls_version_client_max);
    tls.server_versions = versions(options, option::tls_version_server_min, option::tls_version_server_max);
    tls.client_ciphers.list = optional_text(options, option::ciphers_client);
    tls.server_ciphers.list = optional_text(options, option::ciphers_server);
    tls.upstream_cert = flag(options, option::upstream_cert);
    tls.add_upstream_certs = flag(options, option::add_upstream_certs_to_client_chain);
    if (tls.add_upstream_certs && !tls.upstream_cert)
        refuse(option::add_upstream_certs_to_client_chain, "requires upstream_cert");
    tls.insecure = flag(options, option::ssl_insecure);
    tls.resume_servers = flag(options, option::tls_resume_server);
    tls.trust.file = expand_home(optional_text(options, option::ssl_verify_upstream_trusted_ca));
    tls.trust.folder = expand_home(optional_text(options, option::ssl_verify_upstream_trusted_confdir));
    tls.client_certificates = expand_home(optional_text(options, option::client_certs));
    tls.request_client_certificate = flag(options, option::request_client_cert);
    tls.key_log = expand_home(text(options, option::sslkeylogfile));
    return tls;
}

// --- the rest --------------------------------------------------------------------------------------------------------

layers::HttpSettings http_settings(Options const& options) {
    layers::HttpSettings http;
    http.http2 = flag(options, option::http2);
    http.websocket = flag(options, option::websocket);
    http.rawtcp = flag(options, option::rawtcp);
    http.keep_host_header = flag(options, option::keep_host_header);
    http.validate_inbound_headers = flag(options, option::validate_inbound_headers);
    http.connect_send_host = flag(options, option::http_connect_send_host_header);
    http.store_streamed_bodies = flag(options, option::store_streamed_bodies);
    http.stream_large_bodies = size(options, option::stream_large_bodies);
    http.stream_types = media_types(options, option::stream_types);
    http.body_size_limit = size(options, option::body_size_limit);
    return http;
}

layers::HostSettings host_settings(Options const& options) {
    layers::HostSettings hosts;
    hosts.ignore = patterns(options, option::ignore_hosts);
    hosts.allow = patterns(options, option::allow_hosts);
    hosts.tcp = patterns(options, option::tcp_hosts);
    hosts.show_ignored = flag(options, option::show_ignored_hosts);
    // Declared by an addon, which an embedder may leave out.
    bool const has_site = options.contains("onboarding") && flag(options, "onboarding");
    if (has_site) hosts.own_site = text(options, "onboarding_host");
    return hosts;
}

layers::TimeSettings time_settings(Options const& options) {
    layers::TimeSettings times;
    times.idle = std::chrono::seconds(number(options, option::tcp_timeout, 1, max_seconds));
    times.connect = std::chrono::seconds(number(options, option::connect_timeout, 1, max_seconds));
    times.tunnel_probe = std::chrono::milliseconds(number(options, option::tunnel_probe_timeout, 0, 3'600'000));
    return times;
}

std::optional<tunnel::Credentials> upstream_credentials(Options const& options) {
    constexpr auto name = option::upstream_auth;
    auto const& given = options.get<OptionalText>(name);
    if (!given) return std::nullopt;
    // The password may contain a colon, the user may not (RFC 7617 §2).
    auto const colon = given->find(':');
    if (colon == 0 || colon == given->npos) refuse(name, "expected USER:PASSWORD");
    return tunnel::Credentials{given->substr(0, colon), given->substr(colon + 1)};
}

/// The option is for one proxy: a chain would show the credentials of one to another.
void check_upstream_auth(layers::Settings const& settings) {
    if (!settings.upstream_auth) return;
    for (auto const& mode : settings.modes)
        if (modes::traits_of(mode).upstream_proxies.size() > 1)
            refuse(option::upstream_auth, "the proxies of a chain have credentials of their own, in their URLs: " +
                                              std::string("http://USER:PASSWORD@HOST,socks5://USER:PASSWORD@HOST"));
}

}  // namespace

layers::Settings make_settings(Options const& options) {
    layers::Settings settings;
    settings.listen = listen_settings(options);
    settings.modes = modes_of(options, settings.listen);
    settings.strategy = text(options, option::connection_strategy) == "eager" ? layers::ConnectionStrategy::eager
                                                                              : layers::ConnectionStrategy::lazy;
    settings.http = http_settings(options);
    settings.hosts = host_settings(options);
    settings.tls = tls_settings(options);
    settings.times = time_settings(options);
    settings.max_servers_per_address =
        static_cast<std::size_t>(number(options, option::max_servers_per_address, 1, 1'000'000));
    settings.upstream_auth = upstream_credentials(options);
    check_upstream_auth(settings);
    settings.asks_socks_users = options.contains(proxyauth) && options.get<OptionalText>(proxyauth).has_value();
    return settings;
}

}  // namespace pathology::proxycore::proxy
