// Almost every flag is another form of `--set NAME=VALUE`, so flags are tables: names, option, value. What needs a
// decision (old mode flags, version words, detail) is converted by the settle functions.
//
//     argv ─▶ CommandLine ─▶ Flags, Arguments ─▶ settle ─▶ settings
//
// The order of settings is: flags, modes, access, versions, output, --set.
//
// A later setting of an option wins, so --set has the last word.

#include "program/options.hpp"

#include <algorithm>
#include <array>
#include <pathology/proxycore/errors.hpp>
#include <pathology/proxycore/modes/mode.hpp>
#include <pathology/proxycore/tls/version_words.hpp>

#include "program/flags.hpp"
#include "proxy/option_names.hpp"

namespace pathology::pathop {
namespace {

using namespace proxycore::console;
namespace modes = proxycore::modes;
namespace option = proxycore::proxy::option;
using proxycore::addons::Setting;

constexpr bool repeatable = true;

constexpr std::array listening{
    Flag{"-p,--port|--listen-port", option::listen_port, "PORT", "",
         "port to listen on; 0 selects a free one [8080, SOCKS5: 1080]"},
    Flag{"-b,--listen-host|--bind-address", option::listen_host, "ADDRESS", "",
         "address to listen on [all interfaces]"},
};

constexpr std::array interception{
    Flag{"-I,--ignore-hosts|--ignore", option::ignore_hosts, "REGEX", "",
         "do not intercept matching HOST:PORT; repeatable", repeatable},
    Flag{"--allow-hosts", option::allow_hosts, "REGEX", "", "intercept only matching HOST:PORT; repeatable",
         repeatable},
    Flag{"--tcp-hosts|--tcp", option::tcp_hosts, "REGEX", "", "treat matching hosts as plain TCP; repeatable",
         repeatable},
    Flag{"--no-raw-tcp", option::rawtcp, "", "false", "treat all connections as HTTP"},
    Flag{"|--raw-tcp", option::rawtcp, "", "true", ""},
    Flag{"--no-websockets", option::websocket, "", "false", "do not intercept WebSocket messages"},
    Flag{"|--websockets", option::websocket, "", "true", ""},
    Flag{"--no-http2", option::http2, "", "false", "disable HTTP/2"},
    Flag{"--stream", option::stream_large_bodies, "SIZE", "", "stream larger bodies without keeping them"},
    Flag{"-Z,--body-size-limit", option::body_size_limit, "SIZE", "", "reject larger bodies"},
};

constexpr std::array access{
    Flag{"--proxyauth", "proxyauth", "RULE", "",
         "require authentication of clients: any, USER:PASSWORD or @FILE (htpasswd)"},
    Flag{"|--nonanonymous", "proxyauth", "", "any", ""},
    Flag{"|--htpasswd", "proxyauth", "FILE", "@", ""},
    Flag{"--upstream-auth", option::upstream_auth, "USER:PASSWORD", "",
         "credentials for the upstream proxy, or for the server in reverse mode"},
};

constexpr std::array forwarding{
    Flag{"--forwarder", option::forwarder, "", "true",
         "forward each request through the proxy that a backend chooses; needs SYSTEM_TOKEN"},
    Flag{"--forwarder-env", option::forwarder_env, "FILE", "",
         "file with variables of the forwarder, which the environment overrides [.env]"},
};

constexpr std::array tls_with_clients{
    Flag{"--app-host", "onboarding_host", "HOST", "", "host that offers the CA certificate to clients [mitm.it]"},
    Flag{"--noapp", "onboarding", "", "false", "do not offer the CA certificate"},
    Flag{"--confdir|--cadir,--ca-dir", option::confdir, "DIR", "",
         "directory of the certificate authority [~/.pathology]"},
    Flag{"--cert|--certs", option::certs, "[DOMAIN=]FILE", "",
         "PEM file with certificate and private key for hosts that match DOMAIN, such as *.example.org; repeatable",
         repeatable},
    Flag{"--cert-passphrase", option::cert_passphrase, "TEXT", "", "passphrase for encrypted private keys"},
    Flag{"--no-upstream-cert", option::upstream_cert, "", "false",
         "generate certificates without connecting to the server first"},
    Flag{"--add-upstream-certs-to-client-chain", option::add_upstream_certs_to_client_chain, "", "true",
         "append the server's certificates to the generated one"},
    Flag{"--ciphers-client", option::ciphers_client, "LIST", "", "OpenSSL cipher list for clients"},
};

constexpr std::array tls_with_servers{
    Flag{"-k,--insecure|--ssl-insecure", option::ssl_insecure, "", "true", "do not verify the certificates of servers"},
    Flag{"--upstream-trusted-ca", option::ssl_verify_upstream_trusted_ca, "FILE", "", "trusted authorities: PEM file"},
    Flag{"--upstream-trusted-cadir", option::ssl_verify_upstream_trusted_confdir, "DIR", "",
         "trusted authorities: directory prepared by openssl rehash"},
    Flag{"--client-certs", option::client_certs, "PATH", "",
         "client certificate for servers: PEM file, or directory of HOST.pem"},
    Flag{"--ciphers-server", option::ciphers_server, "LIST", "", "OpenSSL cipher list for servers"},
    Flag{"--ssl-keylogfile", option::sslkeylogfile, "FILE", "",
         "append TLS secrets of both sides to this file (NSS key log format)"},
};

// What shells complete.
constexpr std::array<std::string_view, 6> mode_words{"regular",  "transparent", "socks5",
                                                     "reverse:", "upstream:",   "multiupstream:"};
constexpr std::array<std::string_view, 5> detail_words{"0", "1", "2", "3", "4"};
constexpr std::array<std::string_view, 1> proxyauth_words{"any"};

/// The arguments as typed, before they are checked and converted.
struct Arguments {
    explicit Arguments(CommandLine& line) : flags(line) {}

    ProgramOptions options{};
    Flags flags;
    std::vector<std::string> specifications{}, set{};
    modes::ModeFlags mode_flags{};
    std::optional<std::uint16_t> site_port{};  ///< accepted and not used: the site responds on every port
    std::optional<std::string> single_user{}, versions_client{}, versions_server{};
    std::optional<std::int64_t> detail{};
    unsigned more_detail = 0;
    bool shows_host = false, is_quiet = false, is_verbose = false;
};

void declare_modes(CommandLine& line, Arguments& arguments) {
    line.group("Modes");
    line.option(
        "--mode", arguments.specifications,
        "regular, transparent, socks5, reverse:SERVER, upstream:PROXY[,PROXY] or multiupstream:DIR, optionally with "
        "@[HOST:]PORT; repeatable",
        "MODE");
    line.values("--mode", mode_words);
    line.option("-R,--reverse", arguments.mode_flags.reverse, "forward requests to this server (reverse proxy)", "URL");
    line.option("-U,--upstream", arguments.mode_flags.upstream,
                "forward requests to this proxy, or through several: URL,URL", "URL");
    line.flag("-T,--transparent", arguments.mode_flags.transparent, "accept connections that a firewall redirects");
    line.flag("--socks", arguments.mode_flags.socks, "accept SOCKS5 on port 8080");
}

void declare_output(CommandLine& line, Arguments& arguments) {
    line.group("Output");
    line.counter("-d,--detail", arguments.more_detail,
                 "print more of each flow: -d fields, -dd bodies, -ddd full bodies");
    line.option("--flow-detail", arguments.detail, "detail of printed flows, 0 to 4", "N");
    line.values("--flow-detail", detail_words);
    line.flag("--showhost|--host", arguments.shows_host, "print the host of the request instead of the address");
    line.flag("--json", arguments.options.json, "print one JSON object per flow");
    line.flag("-q,--quiet", arguments.is_quiet, "print no flows, and log only errors");
    line.flag("-v,--verbose", arguments.is_verbose, "log debug messages");
    line.excludes("--quiet", "--verbose");
    line.excludes("--detail", "--flow-detail");
    for (auto const* more : {"--detail", "--flow-detail"}) line.excludes("--quiet", more);
    for (auto const* text_alone : {"--detail", "--flow-detail", "--showhost"}) line.excludes("--json", text_alone);
}

void declare_options(CommandLine& line, Arguments& arguments) {
    line.group("Addons and options");
    line.option("-s,--script|--scripts", arguments.options.scripts, "load an addon from this shared object; repeatable",
                "FILE");
    line.option("--set", arguments.set, "set an option; repeatable", "NAME[=VALUE]");
    line.flag("--options", arguments.options.lists_options, "list all options and exit");

    line.group("Upstream proxies by rules (--mode multiupstream:DIR)");
    line.option("--explain-route", arguments.options.explained_url,
                "print how the upstream proxy for this URL is chosen, and exit", "URL");
    line.option("--client", arguments.options.explained_client, "address of the client for --explain-route", "IP");
}

void declare_manual(CommandLine& line) {
    line.manual({"Exit status",
                 {{"0", "ended by SIGINT, SIGTERM or SIGHUP"},
                  {"1", "invalid option or file, an address that is not available, or another error"}}});
    line.manual({"Environment",
                 {{"PATHOP_SSLKEYLOGFILE, SSLKEYLOGFILE", "the file of --ssl-keylogfile, unless that is given"},
                  {"SYSTEM_TOKEN, FASTAPI_BASE_URL",
                   "token and URL of the backend of --forwarder; doc/forwarder.md has all variables"}}});
    line.manual(
        {"Files", {{"~/.pathology/pathology-ca-cert.pem", "certificate of the authority; clients must trust it"}}});
    line.examples({"pathop -d", "curl -x localhost:8080 http://example.org/"});
    line.footer("For HTTPS, clients must trust ~/.pathology/pathology-ca-cert.pem\nManual: man pathop");
}

void declare(CommandLine& line, Arguments& arguments) {
    declare_modes(line, arguments);
    line.group("Listening");
    arguments.flags.declare(listening);
    line.group("Interception");
    arguments.flags.declare(interception);
    line.group("Access");
    arguments.flags.declare(access);
    line.values("--proxyauth", proxyauth_words);
    line.option("|--singleuser", arguments.single_user, "", "USER:PASSWORD");
    for (auto const* older : {"--nonanonymous", "--singleuser", "--htpasswd"}) line.excludes("--proxyauth", older);
    line.group("Forwarder");
    arguments.flags.declare(forwarding);
    line.group("TLS with clients");
    arguments.flags.declare(tls_with_clients);
    line.option("|--app-port", arguments.site_port, "", "PORT");
    line.option("--ssl-version-client", arguments.versions_client,
                "TLS version: TLSv1, TLSv1_1, TLSv1_2, TLSv1_3, secure or all", "VERSION");
    line.values("--ssl-version-client", proxycore::tls::version_words);
    line.group("TLS with servers");
    arguments.flags.declare(tls_with_servers);
    line.option("--ssl-version-server", arguments.versions_server, "TLS version: as above", "VERSION");
    line.values("--ssl-version-server", proxycore::tls::version_words);
    declare_output(line, arguments);
    declare_options(line, arguments);
    declare_manual(line);
}

// --- conversion to options -------------------------------------------------------------------------------------------

// Each returns an error message; empty: none.

/// Older mode flags become specifications. `--socks` keeps its old port unless another is given.
std::string settle_modes(Arguments const& arguments, std::vector<Setting>& settings) {
    auto const old = modes::choose_modes({}, arguments.mode_flags);
    if (!old) {
        auto const& text = arguments.mode_flags.reverse ? arguments.mode_flags.reverse : arguments.mode_flags.upstream;
        return old.error().code == modes::Errc::exclusive ? old.error().message : describe(old.error(), *text);
    }
    auto const& [reverse, upstream, transparent, socks] = arguments.mode_flags;
    if (reverse || upstream || transparent || socks) {
        auto mode = old->front();
        auto const has_port = std::any_of(settings.begin(), settings.end(), [](Setting const& setting) {
            return setting.name == option::listen_port.text;
        });
        if (socks && !has_port) mode.listen.port = modes::listen_endpoint(mode).port;
        settings.push_back({option::mode, to_specification(mode)});
    }
    for (auto const& specification : arguments.specifications) settings.push_back({option::mode, specification});
    return {};
}

std::string settle_access(Arguments const& arguments, std::vector<Setting>& settings) {
    if (!arguments.single_user) return {};
    if (arguments.single_user->find(':') == std::string::npos || arguments.single_user->starts_with('@'))
        return "--singleuser: expected USER:PASSWORD";
    settings.push_back({"proxyauth", *arguments.single_user});
    return {};
}

/// The options that a --ssl-version flag stands for.
struct VersionOptions {
    std::string_view flag, min, max;
};
constexpr VersionOptions client_versions{"--ssl-version-client", option::tls_version_client_min,
                                         option::tls_version_client_max};
constexpr VersionOptions server_versions{"--ssl-version-server", option::tls_version_server_min,
                                         option::tls_version_server_max};

/// The version words of 0.18 stand for a range of versions.
std::string settle_versions(std::optional<std::string> const& word, VersionOptions const& names,
                            std::vector<Setting>& settings) {
    if (!word || *word == "secure") return {};
    if (*word == "all") {
        settings.push_back({std::string(names.min), "UNBOUNDED"});
        return {};
    }
    constexpr std::array versions{"TLSv1", "TLSv1_1", "TLSv1_2", "TLSv1_3"};
    if (std::find(versions.begin(), versions.end(), *word) == versions.end()) {
        bool const is_obsolete = *word == "SSLv2" || *word == "SSLv3";
        return std::string(names.flag) + ": " + *word +
               (is_obsolete ? " is not supported by this TLS library"
                            : " is not one of TLSv1, TLSv1_1, TLSv1_2, TLSv1_3, secure, all");
    }
    auto const version = "TLS" + word->substr(4);
    settings.push_back({std::string(names.min), version});
    settings.push_back({std::string(names.max), version});
    return {};
}

void settle_output(Arguments const& arguments, std::vector<Setting>& settings) {
    if (arguments.is_quiet) settings.push_back({"termlog_verbosity", "error"});
    if (arguments.is_verbose) settings.push_back({"termlog_verbosity", "debug"});
    if (arguments.options.json) return;
    if (arguments.shows_host) settings.push_back({"showhost", "true"});
    if (arguments.is_quiet)
        settings.push_back({"flow_detail", "0"});
    else if (arguments.detail)
        settings.push_back({"flow_detail", std::to_string(*arguments.detail)});
    else if (arguments.more_detail > 0)
        settings.push_back({"flow_detail", std::to_string(std::min(1 + arguments.more_detail, 4U))});
    else if (arguments.is_verbose)
        settings.push_back({"flow_detail", "2"});
}

std::string settle(Arguments& arguments) {
    auto& settings = arguments.options.settings;
    settings = arguments.flags.settings();
    if (auto problem = settle_modes(arguments, settings); !problem.empty()) return problem;
    if (auto problem = settle_access(arguments, settings); !problem.empty()) return problem;
    if (auto problem = settle_versions(arguments.versions_client, client_versions, settings); !problem.empty())
        return problem;
    if (auto problem = settle_versions(arguments.versions_server, server_versions, settings); !problem.empty())
        return problem;
    settle_output(arguments, settings);
    try {
        for (auto const& text : arguments.set) settings.push_back(proxycore::addons::parse_setting(text));
    } catch (proxycore::OptionsError const& error) {
        return error.what();
    }
    return {};
}

}  // namespace

boost::system::result<ProgramOptions, Exit> parse_options(int argc, char const* const* argv) {
    CommandLine line("pathop", "An intercepting HTTP(S) proxy; addons can inspect and modify traffic.");
    Arguments arguments(line);
    declare(line, arguments);
    auto exit = Exit{ExitCode::failed, "", ""};
    if (auto const parsed = line.parse(argc, argv); !parsed) {
        exit = parsed.error();
    } else if (auto const problem = settle(arguments); !problem.empty()) {
        exit = usage_error("pathop", problem);
    } else {
        return std::move(arguments.options);
    }
    if (exit.code != ExitCode::done) exit.code = ExitCode::failed;
    return exit;
}

}  // namespace pathology::pathop
