// Arguments become ProgramOptions: the settle_* functions check what depends on several options, in an order that
// reports the first contradiction.

#include "program/options.hpp"

#include <algorithm>
#include <charconv>
#include <pathology/language/timing.hpp>
#include <pathology/proxycore/http/mask.hpp>
#include <pathology/proxycore/tls/version.hpp>
#include <utility>

#include "program/arguments.hpp"

namespace pathology::pathoc {
namespace {

namespace console = proxycore::console;
using boost::system::result;
using console::Exit;
using proxycore::tunnel::Credentials;

constexpr std::string_view program = "pathoc";

/// `200,404`; std::nullopt if it is not a list of numbers.
std::optional<std::set<unsigned>> read_codes(std::string_view text) {
    std::set<unsigned> codes;
    while (true) {
        auto const comma = text.find(',');
        auto const word = text.substr(0, comma);
        unsigned code = 0;
        auto const [stop, error] = std::from_chars(word.data(), word.data() + word.size(), code);
        if (error != std::errc() || stop != word.data() + word.size()) return std::nullopt;
        codes.insert(code);
        if (comma == std::string_view::npos) return codes;
        text.remove_prefix(comma + 1);
    }
}

Exit refuse(std::string const& message) { return console::usage_error(program, message); }

/// `host` or `host:port`; an IPv6 address alone needs no brackets.
result<proxycore::HostPort, proxycore::EndpointFailure> read_host(std::string const& text) {
    // More than one colon outside of brackets can only be an address; its last part is not a port.
    bool const is_bare_ipv6 = !text.starts_with('[') && std::count(text.begin(), text.end(), ':') > 1;
    return proxycore::parse_host_port(is_bare_ipv6 ? "[" + text + "]" : text);
}

result<void, Exit> settle_connections(Arguments& arguments) {
    constexpr std::uint32_t max_parallel = 10'000;
    auto& options = arguments.options;
    if (options.parallel == 0 || options.parallel > max_parallel)
        return refuse("--parallel: expected a number from 1 to " + std::to_string(max_parallel));
    options.connections = arguments.connections.value_or(options.parallel);
    if (options.connections < -1) return refuse("-n: expected a number of connections, or -1 for no limit");
    if (arguments.receive_buffer) options.receive_buffer = arguments.receive_buffer->count;
    if (!arguments.read_rate) return {};
    auto const rate = language::parse_rate(*arguments.read_rate);
    if (!rate) return refuse("--read-rate: invalid rate\n" + describe(rate.error(), *arguments.read_rate, "rate"));
    options.read_rate = *rate;
    return {};
}

result<void, Exit> settle_proxies(Arguments& arguments) {
    if (arguments.proxies.empty()) return {};
    auto proxies = proxycore::tunnel::parse_hops(arguments.proxies);
    if (!proxies) return refuse("--proxy: " + proxies.error().message);
    arguments.options.proxies = std::move(*proxies);
    return {};
}

result<void, Exit> settle_target(Arguments& arguments) {
    auto& options = arguments.options;
    auto const host = read_host(arguments.host);
    if (!host) return refuse("HOST " + proxycore::http::mask_password(arguments.host) + ": " + host.error().message);
    if (host->port && arguments.port && *host->port != *arguments.port) {
        return refuse("conflicting ports: " + arguments.host + " and -p " + std::to_string(*arguments.port));
    }
    if (arguments.port == 0) return refuse("-p: port 0 is not valid for a connection");
    options.host = host->host;
    options.port = host->port ? *host->port : arguments.port.value_or(options.tls.use ? 443 : 80);
    return {};
}

/// Parses `USER:PASSWORD`. The error message does not contain the text, which may be a password.
result<std::optional<Credentials>, Exit> read_credentials(std::string_view option,
                                                          std::optional<std::string> const& text) {
    if (!text) return std::nullopt;
    auto const colon = text->find(':');
    if (colon == std::string::npos) return refuse(std::string(option) + ": expected USER:PASSWORD");
    return Credentials{text->substr(0, colon), text->substr(colon + 1)};
}

result<void, Exit> settle_tunnel(Arguments& arguments) {
    auto& options = arguments.options;
    auto auth = read_credentials("--proxy-auth", arguments.proxy_auth);
    if (!auth) return auth.error();
    if (*auth && arguments.tunnel.empty()) return refuse("--proxy-auth requires -c");
    options.proxy_auth = std::move(*auth);
    if (arguments.tunnel.empty()) return {};
    auto tunnel = read_host(arguments.tunnel);
    if (!tunnel || !tunnel->port)
        return refuse("Invalid CONNECT specification: " + proxycore::http::mask_password(arguments.tunnel) +
                      " (expected HOST:PORT)");
    options.tunnel = std::move(*tunnel);
    return {};
}

result<void, Exit> settle_socks(Arguments& arguments) {
    auto& options = arguments.options;
    auto auth = read_credentials("--socks-auth", arguments.socks_auth);
    if (!auth) return auth.error();
    if (*auth && arguments.socks.empty()) return refuse("--socks-auth requires --socks");
    options.socks_auth = std::move(*auth);
    if (arguments.socks.empty()) return {};
    auto socks = read_host(arguments.socks);
    if (!socks) return refuse("--socks: " + socks.error().message);
    options.socks = std::move(*socks);
    return {};
}

/// TLS options require -s, so that --verify is never ignored.
result<void, Exit> settle_tls(Arguments& arguments) {
    auto& tls = arguments.options.tls;
    // --ca without --verify would silently verify nothing.
    tls.verify = tls.verify || !tls.authorities.empty();
    TlsOptions const defaults;
    bool const is_about_server = tls.sni || tls.client_certificate || !tls.fault.empty() || !tls.ciphers.empty() ||
                                 tls.versions != defaults.versions;
    bool const has_secure_proxy = std::ranges::any_of(arguments.options.proxies, &proxycore::tunnel::Hop::is_secure);
    if (!tls.use && (is_about_server || (tls.verify && !has_secure_proxy)))
        return refuse("-i, -C, --ciphers, --ssl-version, --tls-fault, --verify and --ca require -s");
    if (auto const versions = proxycore::tls::parse_versions(tls.versions); !versions) {
        return refuse("--ssl-version: " + versions.error().message);
    }
    return {};
}

/// As in browsers, HTTP/2 implies TLS, except with prior knowledge.
void settle_http2(Arguments& arguments) {
    auto& options = arguments.options;
    options.http2 = options.http2 || arguments.prior_knowledge;
    if (!options.http2) return;
    // A preview has no connection; it would only change the scheme.
    if (!arguments.prior_knowledge && !options.preview) options.tls.use = true;
    options.tls.alpn = {"h2"};
}

/// Other values of the setting are errors (RFC 9113 §6.5.2), for which there are raw frames.
result<void, Exit> settle_windows(Arguments& arguments) {
    auto& options = arguments.options;
    constexpr std::uint64_t largest = 0x7fffffff;
    if (!arguments.window && !arguments.no_window_updates) return {};
    if (!options.http2) return refuse("--window and --no-window-updates require --http2 or --http2-prior-knowledge");
    options.windows.updates = !arguments.no_window_updates;
    if (!arguments.window) return {};
    if (options.skip_http2_preface)
        return refuse("--window is sent with the preface; write h2f:SETTINGS:INITIAL_WINDOW_SIZE=N in the spec");
    if (arguments.window->count > largest)
        return refuse(
            "--window: expected at most 2147483647 bytes; h2f:SETTINGS:INITIAL_WINDOW_SIZE=N sends any number");
    options.windows.stream = static_cast<std::uint32_t>(arguments.window->count);
    return {};
}

void settle_time_limits(Arguments const& arguments, ProgramOptions& options) {
    if (!arguments.time_limit) return;
    // A limit of zero would time out every read.
    bool const is_limited = arguments.time_limit->count() > 0;
    options.time_limit = options.frame_time_limit = is_limited ? arguments.time_limit : std::nullopt;
}

result<ProgramOptions, Exit> settle(Arguments arguments) {
    auto& options = arguments.options;
    options.timestamps = !arguments.no_timestamp;
    settle_time_limits(arguments, options);
    options.form = arguments.json ? OutputForm::json : OutputForm::text;
    if (options.show_user_agents) return options;
    if (arguments.host.empty()) return refuse("missing argument HOST");
    if (options.specs.empty())
        return refuse("missing argument SPEC: nothing to send to " + proxycore::http::mask_password(arguments.host));
    if (std::count(options.specs.begin(), options.specs.end(), "-") > 1)
        return refuse("SPEC - reads standard input, which can be read once");
    // First, because it turns TLS on, which decides the default port and whether TLS options are allowed.
    settle_http2(arguments);
    if (options.in_flight == 0) return refuse("--in-flight: expected a number of requests, at least 1");
    for (auto const settle_one :
         {settle_connections, settle_proxies, settle_tls, settle_target, settle_tunnel, settle_socks, settle_windows}) {
        if (auto const settled = settle_one(arguments); !settled) return settled.error();
    }
    if (arguments.ignored_codes.empty()) return options;
    auto codes = read_codes(arguments.ignored_codes);
    if (!codes)
        return refuse("Invalid return code specification: " + arguments.ignored_codes +
                      " (expected codes separated by commas, such as 200,404)");
    options.ignored_codes = std::move(*codes);
    return options;
}

}  // namespace

ClientOptions connection_options(ProgramOptions const& options) {
    ClientOptions client;
    client.host = options.host;
    client.port = options.port;
    client.proxies = options.proxies;
    client.tunnel = options.tunnel;
    client.proxy_auth = options.proxy_auth;
    client.socks = options.socks;
    client.socks_auth = options.socks_auth;
    client.read_rate = options.read_rate;
    client.receive_buffer = options.receive_buffer;
    return client;
}

result<ProgramOptions, Exit> parse_options(int argc, char const* const* argv) {
    auto arguments = read_arguments(argc, argv);
    if (!arguments) return arguments.error();
    return settle(std::move(*arguments));
}

}  // namespace pathology::pathoc
