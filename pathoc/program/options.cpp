#include "program/options.hpp"

#include <algorithm>
#include <charconv>
#include <pathology/proxycore/tls/version.hpp>
#include <utility>

namespace pathology::pathoc {
namespace {

namespace console = proxycore::console;
using boost::system::result;
using console::Exit;
using proxycore::tunnel::Credentials;

constexpr std::string_view program = "pathoc";

/// What was typed, before it is known to make sense together.
struct Typed {
    ProgramOptions options;
    std::string host, tunnel, socks, ignored_codes;
    std::optional<std::string> proxy_auth, socks_auth;
    std::optional<std::uint16_t> port;
    bool no_timestamp = false, json = false, prior_knowledge = false;
};

void declare_target(console::CommandLine& line, Typed& typed) {
    line.group("Target");
    line.option("-p,--port", typed.port, "connect to this port; HOST:PORT says the same (default 80, 443 with -s)");
    line.option("-c,--connect-to", typed.tunnel, "ask the host, a proxy, for a tunnel by CONNECT first", "HOST:PORT");
    line.option("--proxy-auth", typed.proxy_auth, "tell that proxy who we are (Basic)", "USER:PASSWORD");
    line.option("--socks", typed.socks, "reach the host through this SOCKS5 server, which looks up its name",
                "HOST[:PORT]");
    line.option("--socks-auth", typed.socks_auth, "tell the SOCKS5 server who we are", "USER:PASSWORD");
    line.flag("--http2", typed.options.http2, "speak HTTP/2, over TLS");
    line.flag("--http2-prior-knowledge", typed.prior_knowledge, "speak HTTP/2 without asking, over TLS only with -s");
    line.flag("--http2-skip-connection-preface", typed.options.skip_http2_preface,
              "begin with what the specs say, without preface and SETTINGS");
    line.positional("HOST", typed.host, "where to send to: NAME, NAME:PORT, [IPV6]:PORT", false);
    line.positional("SPEC", typed.options.specs, "what to send: a spec, a file that holds one, +FILE", false);
}

void declare_tls(console::CommandLine& line, Typed& typed) {
    auto& tls = typed.options.tls;
    line.group("TLS");
    line.flag("-s,--ssl", tls.use, "speak TLS with the server (default port 443)");
    line.option("-i,--sni", tls.sni, "ask for this server name; '' asks for none (default: the host)", "NAME");
    line.option("-C,--clientcert", tls.client_certificate, "show this certificate, PEM with its key", "FILE");
    line.option("--passphrase", tls.passphrase, "opens its key, when that is encrypted", "TEXT");
    line.option("--ciphers", tls.ciphers, "offer these and no others, in OpenSSL's notation", "LIST");
    line.option("--ssl-version", tls.versions, "TLSv1, TLSv1_1, TLSv1_2, TLSv1_3, secure or all", "VERSION");
    line.flag("--verify", tls.verify, "demand a certificate that the system trusts, for that host");
    line.option("--ca", tls.authorities, "demand one that is trusted here: a PEM file, or a folder of them",
                "FILE|DIR");
    line.flag("-S,--sslinfo", typed.options.show_tls, "show what was agreed on, and the server's certificates");
    line.option("--ssl-keylogfile", tls.key_log, "append the secrets of connections; also by SSLKEYLOGFILE", "FILE");
}

void declare_run(console::CommandLine& line, ProgramOptions& options) {
    line.group("Run");
    line.option("-n,--connections", options.connections,
                "connections, one after the other, each with all specs; -1 never ends");
    line.option("-w,--wait", options.wait, "wait before each connection but the first", "SECONDS");
    line.flag("-r,--random", options.random_pick, "each connection sends one of the specs, picked at random");
    line.option("-t,--timeout", options.time_limit, "give up after this long without data; 0 = never", "SECONDS");
    line.flag("-T,--ignore-timeouts", options.ignore_timeouts, "go on with the same connection after a timeout");
    line.flag("-o,--oneshot", options.one_shot, "stop after the first response that -I does not hide");
    line.flag("-m,--memo", options.memo, "send nothing twice: explain each message and skip what was sent before");
    line.option("--memo-limit", options.memo_limit, "end after more than this many skipped in a row");
    line.option("--seed", options.seed, "draw everything random from this number");
}

void declare_output(console::CommandLine& line, Typed& typed) {
    auto& options = typed.options;
    line.group("Output");
    line.flag("-e,--explain", options.explain, "show each message with everything random and automatic spelled out");
    line.option("-I,--ignore-codes", typed.ignored_codes, "say nothing of responses with these codes", "CODES");
    line.flag("-q,--show-request", options.show_request, "show the exact bytes sent");
    line.flag("--show-response", options.show_response, "show the exact bytes received");
    line.flag("--http2-framedump", options.show_frames, "show the frames of HTTP/2, sent and received");
    line.flag("-x,--hex", options.hex, "show bytes as a hex dump");
    line.flag("--json", typed.json, "tell each exchange as one line of JSON");
    line.flag("--no-timestamp", typed.no_timestamp, "leave out date and time");

    line.group("Instead of sending");
    line.flag("--preview", options.preview, "write the exact bytes to standard output, open no connection");
    line.flag("--show-uas", options.show_user_agents, "list the user agents that uNAME stands for");
    line.footer(
        "Examples:\n"
        "  pathoc localhost:9999 get:/ \"post:/form:b@1k\"\n"
        "  pathoc -e -I 200 -t 2 -n 1000 localhost:9999 'get:/:b@10:ir,@1'\n"
        "  pathoc -c origin.test:80 -p 8080 localhost get:/\n"
        "  pathoc -s -S --verify origin.test get:/\n"
        "  pathoc --socks localhost:1080 origin.test get:/\n");
}

/// `200,404`; nothing when it is no list of numbers.
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
    bool const is_bare_ipv6 = !text.starts_with('[') && std::count(text.begin(), text.end(), ':') > 1;
    return proxycore::parse_host_port(is_bare_ipv6 ? "[" + text + "]" : text);
}

result<void, Exit> settle_target(Typed& typed) {
    auto& options = typed.options;
    auto const host = read_host(typed.host);
    if (!host) return refuse("HOST " + typed.host + ": " + host.error().message);
    if (host->port && typed.port && *host->port != *typed.port) {
        return refuse("two ports are given: " + typed.host + " and -p " + std::to_string(*typed.port));
    }
    if (typed.port == 0) return refuse("there is no port 0 to connect to");
    options.host = host->host;
    options.port = host->port ? *host->port : typed.port.value_or(options.tls.use ? 443 : 80);
    return {};
}

/// `USER:PASSWORD`; the message of the refusal keeps the password to itself.
result<std::optional<Credentials>, Exit> read_credentials(std::string_view option,
                                                          std::optional<std::string> const& text) {
    if (!text) return std::nullopt;
    auto const colon = text->find(':');
    if (colon == std::string::npos)
        return refuse(std::string(option) + " takes USER:PASSWORD, with a colon in between");
    return Credentials{text->substr(0, colon), text->substr(colon + 1)};
}

result<void, Exit> settle_tunnel(Typed& typed) {
    auto& options = typed.options;
    auto auth = read_credentials("--proxy-auth", typed.proxy_auth);
    if (!auth) return auth.error();
    if (*auth && typed.tunnel.empty()) return refuse("--proxy-auth is for the proxy of -c, and there is no -c");
    options.proxy_auth = std::move(*auth);
    if (typed.tunnel.empty()) return {};
    auto tunnel = read_host(typed.tunnel);
    if (!tunnel || !tunnel->port) return refuse("Invalid CONNECT specification: " + typed.tunnel + " (HOST:PORT)");
    options.tunnel = std::move(*tunnel);
    return {};
}

result<void, Exit> settle_socks(Typed& typed) {
    auto& options = typed.options;
    auto auth = read_credentials("--socks-auth", typed.socks_auth);
    if (!auth) return auth.error();
    if (*auth && typed.socks.empty())
        return refuse("--socks-auth is for the server of --socks, and there is no --socks");
    options.socks_auth = std::move(*auth);
    if (typed.socks.empty()) return {};
    auto socks = read_host(typed.socks);
    if (!socks) return refuse("--socks takes HOST or HOST:PORT: " + socks.error().message);
    options.socks = std::move(*socks);
    return {};
}

/// What only means something in TLS is refused without it, --verify before all.
result<void, Exit> settle_tls(Typed& typed) {
    auto& tls = typed.options.tls;
    tls.verify = tls.verify || !tls.authorities.empty();
    TlsOptions const untouched;
    bool const is_wanted =
        tls.verify || tls.sni || tls.client_certificate || !tls.ciphers.empty() || tls.versions != untouched.versions;
    if (is_wanted && !tls.use) return refuse("-i, -C, --ciphers, --ssl-version, --verify and --ca are for TLS: add -s");
    if (auto const versions = proxycore::tls::parse_versions(tls.versions); !versions) {
        return refuse("--ssl-version: " + versions.error().message);
    }
    return {};
}

/// What a browser would take: HTTP/2 is for TLS, unless it is known that the server speaks it anyway.
void settle_http2(Typed& typed) {
    auto& options = typed.options;
    options.http2 = options.http2 || typed.prior_knowledge;
    if (!options.http2) return;
    if (!typed.prior_knowledge && !options.preview) options.tls.use = true;
    options.tls.alpn = {"h2"};
}

result<ProgramOptions, Exit> settle(Typed typed) {
    auto& options = typed.options;
    options.timestamps = !typed.no_timestamp;
    if (options.time_limit && options.time_limit->count() == 0) options.time_limit.reset();
    options.form = typed.json ? OutputForm::json : OutputForm::text;
    if (options.show_user_agents) return options;
    if (typed.host.empty()) return refuse("HOST is missing");
    if (options.specs.empty()) return refuse("SPEC is missing: say what to send to " + typed.host);
    settle_http2(typed);
    if (options.connections < -1) return refuse("-n takes a number of connections, or -1 for no end");
    for (auto const settle_one : {settle_tls, settle_target, settle_tunnel, settle_socks}) {
        if (auto const settled = settle_one(typed); !settled) return settled.error();
    }
    if (typed.ignored_codes.empty()) return options;
    auto codes = read_codes(typed.ignored_codes);
    if (!codes) return refuse("Invalid return code specification: " + typed.ignored_codes + " (codes with commas)");
    options.ignored_codes = std::move(*codes);
    return options;
}

}  // namespace

ClientOptions connection_options(ProgramOptions const& options) {
    ClientOptions client;
    client.host = options.host;
    client.port = options.port;
    client.tunnel = options.tunnel;
    client.proxy_auth = options.proxy_auth;
    client.socks = options.socks;
    client.socks_auth = options.socks_auth;
    return client;
}

result<ProgramOptions, Exit> parse_options(int argc, char const* const* argv) {
    Typed typed;
    console::CommandLine line(program, "A perverse HTTP client: sends what specs say, and tells what comes back.");
    declare_target(line, typed);
    declare_tls(line, typed);
    declare_run(line, typed.options);
    declare_output(line, typed);
    if (auto const parsed = line.parse(argc, argv); !parsed) return parsed.error();
    return settle(std::move(typed));
}

}  // namespace pathology::pathoc
