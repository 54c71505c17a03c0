// Options of the program become ProgramOptions, in two steps: the command line fills Arguments, and the settle_*
// functions check what depends on several options, in an order that reports the first contradiction.

#include "program/options.hpp"

#include <algorithm>
#include <charconv>
#include <pathology/language/timing.hpp>
#include <pathology/proxycore/http/mask.hpp>
#include <pathology/proxycore/tls/version.hpp>
#include <pathology/proxycore/tls/version_words.hpp>
#include <utility>

namespace pathology::pathoc {
namespace {

namespace console = proxycore::console;
using boost::system::result;
using console::Exit;
using proxycore::tunnel::Credentials;

constexpr std::string_view program = "pathoc";

/// The arguments as typed, before they are checked and converted.
struct Arguments {
    ProgramOptions options;
    std::string host, proxies, tunnel, socks, ignored_codes;
    std::optional<std::string> proxy_auth, socks_auth;
    std::optional<std::uint16_t> port;
    std::optional<std::chrono::nanoseconds> time_limit;
    std::optional<std::int64_t> connections;
    std::optional<std::string> read_rate;
    std::optional<console::Bytes> receive_buffer, window;
    bool no_timestamp = false, json = false, prior_knowledge = false, no_window_updates = false;
};

void declare_target(console::CommandLine& line, Arguments& arguments) {
    line.group("Server");
    line.option("-p,--port", arguments.port,
                "port of the server, if not given as HOST:PORT (default: 80, 443 with -s)");
    line.option(
        "--proxy", arguments.proxies,
        "connect through this proxy, or through several: http, https or socks5, with USER:PASSWORD@ if it wants "
        "them",
        "URL[,URL]");
    line.option("-c,--connect-to", arguments.tunnel, "connect through HOST, an HTTP proxy, by CONNECT", "HOST:PORT");
    line.option("--proxy-auth", arguments.proxy_auth, "credentials for the proxy (Basic)", "USER:PASSWORD");
    line.option("--socks", arguments.socks, "connect through this SOCKS5 server, which resolves HOST", "HOST[:PORT]");
    line.option("--socks-auth", arguments.socks_auth, "credentials for the SOCKS5 server", "USER:PASSWORD");
    line.flag("--http2", arguments.options.http2, "use HTTP/2 over TLS");
    line.flag("--http2-prior-knowledge", arguments.prior_knowledge,
              "use HTTP/2 without negotiation; plain text without -s");
    line.flag("--http2-skip-connection-preface", arguments.options.skip_http2_preface,
              "send the specs alone, without preface and SETTINGS");
    line.flag("--http2-read-on", arguments.options.http2_reads_on,
              "read on after the server broke a rule of HTTP/2; it is reported all the same");
    line.option("--window", arguments.window,
                "HTTP/2: bytes that the server may send on each stream before it needs WINDOW_UPDATE; 0 keeps streams "
                "closed (default: 1m)");
    line.flag("--no-window-updates", arguments.no_window_updates,
              "HTTP/2: send no WINDOW_UPDATE, so that large responses stall");
    line.positional("HOST", arguments.host, "server: NAME, NAME:PORT or [IPV6]:PORT", false);
    line.positional("SPEC", arguments.options.specs,
                    "requests to send: a spec, a file with one, +FILE, or - for standard input", false);
}

void declare_tls(console::CommandLine& line, Arguments& arguments) {
    auto& tls = arguments.options.tls;
    line.group("TLS");
    line.flag("-s,--ssl", tls.use, "use TLS (default port 443)");
    line.option("-i,--sni", tls.sni, "server name to send, '' for none (default: HOST)", "NAME");
    line.option("-C,--clientcert", tls.client_certificate,
                "client certificate: PEM file with certificate and private key", "FILE");
    line.option("--passphrase", tls.passphrase, "passphrase for an encrypted private key", "TEXT");
    line.option("--ciphers", tls.ciphers, "OpenSSL cipher list; may include TLS 1.3 suite names", "LIST");
    line.option("--ssl-version", tls.versions, "TLS version: TLSv1, TLSv1_1, TLSv1_2, TLSv1_3, secure or all",
                "VERSION");
    line.values("--ssl-version", proxycore::tls::version_words);
    line.option("--tls-fault", tls.fault,
                "break the bytes that are sent over TLS: drecord2,rst cuts, c9 corrupts, precord2,1 pauses, "
                "arecord2,NAME alerts",
                "ACTION[:ACTION]");
    line.flag("--verify", tls.verify, "verify the certificate and host name of the server");
    line.option("--ca", tls.authorities, "verify with these authorities: PEM file or directory", "FILE|DIR");
    line.flag("-S,--sslinfo", arguments.options.show_tls, "print protocol, cipher and server certificates");
    line.option("--ssl-keylogfile", tls.key_log,
                "append TLS secrets to this file (NSS key log format); also SSLKEYLOGFILE", "FILE");
}

void declare_run(console::CommandLine& line, Arguments& arguments) {
    auto& options = arguments.options;
    line.group("Run");
    line.option(
        "-n,--connections", arguments.connections,
        "number of connections, made one after the other, each sends all specs; -1: no limit, with growing waits "
        "while the server cannot be reached (default: 1, or the number of --parallel)");
    line.option(
        "--parallel", options.parallel,
        "keep this many connections open at the same time, at most 10000; more than 16 are for loopback targets");
    line.flag("--i-own-this-target", options.owns_target,
              "allow floods of a target that is not a loopback address: you are responsible for it");
    line.option("--read-rate", arguments.read_rate, "read at this rate: 1k bytes a second, 10/0.1s, or full", "RATE");
    line.option("--receive-buffer", arguments.receive_buffer,
                "receive buffer of each connection: with a slow --read-rate, the server soon meets a closed window");
    line.option("--repeat", options.repeat, "send the specs this many times over each connection");
    line.option("--in-flight", options.in_flight,
                "send up to this many requests before the first of their responses has arrived (default: 1); over "
                "HTTP/1 as a pipeline");
    line.option("-w,--wait", options.wait, "wait between connections", "SECONDS");
    line.flag("-r,--random", options.random_pick, "send one random spec per connection");
    line.option("-t,--timeout", arguments.time_limit,
                "idle timeout; 0 disables it (default: 30s; none while WebSocket frames are awaited)", "SECONDS");
    line.flag("-T,--ignore-timeouts", options.ignore_timeouts, "keep using the connection after a timeout");
    line.flag("-o,--oneshot", options.one_shot, "stop after the first response that -I does not ignore");
    line.flag("-m,--memo", options.memo, "skip messages that were sent before; implies -e");
    line.option("--memo-limit", options.memo_limit, "stop after more skipped messages in a row");
    line.option("--seed", options.seed, "seed of random data, to repeat an earlier run");
}

void declare_output(console::CommandLine& line, Arguments& arguments) {
    auto& options = arguments.options;
    line.group("Output");
    line.flag("-e,--explain", options.explain, "print specs with all random and automatic values spelled out");
    line.option("-I,--ignore-codes", arguments.ignored_codes, "do not print responses with these status codes",
                "CODES");
    line.flag("-q,--show-request", options.show_request, "print the bytes sent");
    line.flag("--show-response", options.show_response, "print the bytes received");
    line.flag("--http2-framedump", options.show_frames, "print the HTTP/2 frames sent and received");
    line.flag("-x,--hex", options.hex, "print bytes as a hex dump");
    line.flag("--json", arguments.json, "print one JSON object per exchange");
    line.flag("--no-timestamp", arguments.no_timestamp, "print no timestamps");

    line.group("Instead of sending");
    line.flag("--preview", options.preview, "write the bytes to standard output, without a connection");
    line.flag("--show-uas", options.show_user_agents, "list the user agents that uNAME stands for");
}

void declare_manual(console::CommandLine& line) {
    line.manual({"Exit status",
                 {{"0", "every request got a response, or its timeout was ignored by -T"},
                  {"1", "an exchange, a tunnel or a TLS handshake failed, or standard output cannot be written to"},
                  {"2", "invalid option or spec; nothing was sent"},
                  {"3", "a connection failed, and no exchange did"},
                  {"129, 130, 143", "ended by SIGHUP, SIGINT, SIGTERM"},
                  {"141", "the reader of standard output closed the pipe"}}});
    line.manual({"Environment", {{"SSLKEYLOGFILE", "the file of --ssl-keylogfile, unless that is given"}}});
    line.examples({"pathoc localhost:9999 get:/ \"post:/form:b@1k\"",
                   "pathoc -e -I 200 -t 2 -n 1000 localhost:9999 'get:/:b@10:ir,@1'",
                   "pathoc -c origin.test:80 -p 8080 localhost get:/", "pathoc -s -S --verify origin.test get:/",
                   "pathoc --socks localhost:1080 origin.test get:/",
                   "pathoc --proxy http://me:secret@a:3128,socks5://b -s origin.test get:/"});
    line.footer("Manual: man pathoc");
}

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
    Arguments arguments;
    console::CommandLine line(program, "A pathological HTTP client: sends crafted requests and prints the responses.");
    declare_target(line, arguments);
    declare_tls(line, arguments);
    declare_run(line, arguments);
    declare_output(line, arguments);
    declare_manual(line);
    if (auto const parsed = line.parse(argc, argv); !parsed) return parsed.error();
    return settle(std::move(arguments));
}

}  // namespace pathology::pathoc
