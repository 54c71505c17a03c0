#include "program/options.hpp"

#include <algorithm>
#include <array>
#include <pathology/proxycore/errors.hpp>
#include <pathology/proxycore/modes/mode.hpp>

#include "program/flags.hpp"

namespace pathology::pathop {
namespace {

using namespace proxycore::console;
namespace modes = proxycore::modes;
using proxycore::addons::Setting;
using Problem = std::string;  ///< what is wrong with the command line; empty = nothing

constexpr bool repeatable = true;

constexpr std::array where{
    Flag{"-p,--port|--listen-port", "listen_port", "PORT", "", "listen on this port; 0 picks one [8080, SOCKS5: 1080]"},
    Flag{"-b,--listen-host|--bind-address", "listen_host", "ADDRESS", "", "listen on this address [all]"},
};

constexpr std::array looking_into{
    Flag{"-I,--ignore-hosts|--ignore", "ignore_hosts", "REGEX", "", "pass matching HOST:PORT through; repeatable",
         repeatable},
    Flag{"--allow-hosts", "allow_hosts", "REGEX", "", "pass all but matching HOST:PORT through; repeatable",
         repeatable},
    Flag{"--tcp-hosts|--tcp", "tcp_hosts", "REGEX", "", "take matching hosts for plain TCP; repeatable", repeatable},
    Flag{"--no-raw-tcp", "rawtcp", "", "false", "take for HTTP what does not look like it, too"},
    Flag{"|--raw-tcp", "rawtcp", "", "true", ""},
    Flag{"--no-websockets", "websocket", "", "false", "do not look into WebSockets"},
    Flag{"|--websockets", "websocket", "", "true", ""},
    Flag{"--no-http2", "http2", "", "false", "speak HTTP/1 alone"},
    Flag{"--stream", "stream_large_bodies", "SIZE", "", "pass larger bodies on piece by piece, and do not keep them"},
    Flag{"-Z,--body-size-limit", "body_size_limit", "SIZE", "", "refuse larger bodies"},
};

constexpr std::array access{
    Flag{"--proxyauth", "proxyauth", "RULE", "", "ask clients who they are: any, USER:PASSWORD, or @FILE (htpasswd)"},
    Flag{"|--nonanonymous", "proxyauth", "", "any", ""},
    Flag{"|--htpasswd", "proxyauth", "FILE", "@", ""},
    Flag{"--upstream-auth", "upstream_auth", "USER:PASSWORD", "",
         "for the upstream proxy, or for the server in reverse mode"},
};

constexpr std::array tls_with_clients{
    Flag{"--app-host", "onboarding_host", "HOST", "", "where clients get the certificate to trust [mitm.it]"},
    Flag{"--noapp", "onboarding", "", "false", "have no such site"},
    Flag{"--confdir|--cadir,--ca-dir", "confdir", "DIR", "", "folder of the certificate authority [~/.pathology]"},
    Flag{"--cert|--certs", "certs", "[DOMAIN=]FILE", "",
         "show this PEM certificate, to hosts like *.example.org; repeatable", repeatable},
    Flag{"--cert-passphrase", "cert_passphrase", "TEXT", "", "opens encrypted keys"},
    Flag{"--no-upstream-cert", "upstream_cert", "", "false", "make certificates without a look at the server's"},
    Flag{"--add-upstream-certs-to-client-chain", "add_upstream_certs_to_client_chain", "", "true",
         "append the server's certificates to ours"},
    Flag{"--ciphers-client", "ciphers_client", "LIST", "", "offer clients these and no others, in OpenSSL's notation"},
};

constexpr std::array tls_with_servers{
    Flag{"-k,--insecure|--ssl-insecure", "ssl_insecure", "", "true", "do not verify servers"},
    Flag{"--upstream-trusted-ca", "ssl_verify_upstream_trusted_ca", "FILE", "", "trust these authorities (PEM)"},
    Flag{"--upstream-trusted-cadir", "ssl_verify_upstream_trusted_confdir", "DIR", "",
         "trust those in this folder, as openssl rehash prepares it"},
    Flag{"--client-certs", "client_certs", "PATH", "",
         "our certificate for servers: a PEM file, or a folder of HOST.pem"},
    Flag{"--ciphers-server", "ciphers_server", "LIST", "", "offer servers these and no others"},
    Flag{"--ssl-keylogfile", "sslkeylogfile", "FILE", "", "append the secrets of connections, of both sides"},
};

/// Options in the shape in which they are typed.
struct Typed {
    explicit Typed(CommandLine& line) : flags(line) {}

    ProgramOptions options{};
    Flags flags;
    std::vector<std::string> specifications{}, set{};
    modes::ModeFlags mode_flags{};
    std::optional<std::string> single_user{}, versions_client{}, versions_server{};
    std::optional<std::int64_t> detail{};
    unsigned more_detail = 0;
    bool shows_host = false, is_quiet = false, is_verbose = false;
};

void declare_modes(CommandLine& line, Typed& typed) {
    line.group("Modes");
    line.option("--mode", typed.specifications,
                "regular, transparent, socks5, reverse:SERVER or upstream:PROXY, each with @[HOST:]PORT; repeatable",
                "MODE");
    line.option("-R,--reverse", typed.mode_flags.reverse, "stand in front of this server", "URL");
    line.option("-U,--upstream", typed.mode_flags.upstream, "hand everything to this proxy", "URL");
    line.flag("-T,--transparent", typed.mode_flags.transparent, "serve connections that the firewall redirects");
    line.flag("--socks", typed.mode_flags.socks, "speak SOCKS5, on port 8080");
}

void declare_output(CommandLine& line, Typed& typed) {
    line.group("Output");
    line.counter("-d,--detail", typed.more_detail, "show more of each flow: fields, -dd bodies, -ddd whole ones");
    line.option("--flow-detail", typed.detail, "the same as a number from 0 to 4", "N");
    line.flag("--showhost|--host", typed.shows_host, "show the host that the client names, not the address");
    line.flag("--json", typed.options.json, "show one JSON object for each flow");
    line.flag("-q,--quiet", typed.is_quiet, "show no flows, and log errors alone");
    line.flag("-v,--verbose", typed.is_verbose, "log everything");
    line.excludes("--quiet", "--verbose");
    line.excludes("--detail", "--flow-detail");
    for (auto const* more : {"--detail", "--flow-detail"}) line.excludes("--quiet", more);
    for (auto const* text_alone : {"--detail", "--flow-detail", "--showhost"}) line.excludes("--json", text_alone);
}

void declare_options(CommandLine& line, Typed& typed) {
    line.group("Addons and options");
    line.option("-s,--script|--scripts", typed.options.scripts, "load the addon of this shared object; repeatable",
                "FILE");
    line.option("--set", typed.set, "set any option; repeatable", "NAME[=VALUE]");
    line.flag("--options", typed.options.lists_options, "show all options, and end");
}

void declare(CommandLine& line, Typed& typed) {
    declare_modes(line, typed);
    line.group("Where");
    typed.flags.declare(where);
    line.group("What is looked into");
    typed.flags.declare(looking_into);
    line.group("Access");
    typed.flags.declare(access);
    line.option("|--singleuser", typed.single_user, "", "USER:PASSWORD");
    for (auto const* older : {"--nonanonymous", "--singleuser", "--htpasswd"}) line.excludes("--proxyauth", older);
    line.group("TLS with clients");
    typed.flags.declare(tls_with_clients);
    line.option("--ssl-version-client", typed.versions_client, "TLSv1, TLSv1_1, TLSv1_2, TLSv1_3, secure or all",
                "VERSION");
    line.group("TLS with servers");
    typed.flags.declare(tls_with_servers);
    line.option("--ssl-version-server", typed.versions_server, "likewise", "VERSION");
    declare_output(line, typed);
    declare_options(line, typed);
    line.footer(
        "Point your client at it:  curl -x localhost:8080 http://example.org/\n"
        "For HTTPS, let the client trust ~/.pathology/pathology-ca-cert.pem   (doc/pathop.md)");
}

// --- what they stand for ---------------------------------------------------------------------------------------------

/// Older flags of modes become specifications; `--socks` keeps its old port unless another is asked for.
Problem settle_modes(Typed const& typed, std::vector<Setting>& settings) {
    auto const old = modes::choose_modes({}, typed.mode_flags);
    if (!old) {
        auto const& text = typed.mode_flags.reverse ? typed.mode_flags.reverse : typed.mode_flags.upstream;
        return old.error().code == modes::Errc::exclusive ? old.error().message : describe(old.error(), *text);
    }
    auto const& [reverse, upstream, transparent, socks] = typed.mode_flags;
    if (reverse || upstream || transparent || socks) {
        auto mode = old->front();
        auto const has_port = std::any_of(settings.begin(), settings.end(),
                                          [](Setting const& setting) { return setting.name == "listen_port"; });
        if (socks && !has_port) mode.listen.port = modes::listen_endpoint(mode).port;
        settings.push_back({"mode", to_string(mode)});
    }
    for (auto const& specification : typed.specifications) settings.push_back({"mode", specification});
    return {};
}

Problem settle_access(Typed const& typed, std::vector<Setting>& settings) {
    if (!typed.single_user) return {};
    if (typed.single_user->find(':') == std::string::npos || typed.single_user->starts_with('@'))
        return "--singleuser takes USER:PASSWORD";
    settings.push_back({"proxyauth", *typed.single_user});
    return {};
}

/// The words of 0.18 for a range of versions.
Problem settle_versions(std::optional<std::string> const& word, std::string const& side,
                        std::vector<Setting>& settings) {
    if (!word || *word == "secure") return {};
    std::string const lowest = "tls_version_" + side + "_min", highest = "tls_version_" + side + "_max";
    if (*word == "all") {
        settings.push_back({lowest, "UNBOUNDED"});
        return {};
    }
    constexpr std::array names{"TLSv1", "TLSv1_1", "TLSv1_2", "TLSv1_3"};
    if (std::find(names.begin(), names.end(), *word) == names.end()) {
        auto const is_dead = *word == "SSLv2" || *word == "SSLv3";
        return "--ssl-version-" + side + ": " + *word +
               (is_dead ? " is not supported by this TLS library"
                        : " is none of TLSv1, TLSv1_1, TLSv1_2, TLSv1_3, secure and all");
    }
    auto const version = "TLS" + word->substr(4);
    settings.push_back({lowest, version});
    settings.push_back({highest, version});
    return {};
}

void settle_output(Typed const& typed, std::vector<Setting>& settings) {
    if (typed.is_quiet) settings.push_back({"termlog_verbosity", "error"});
    if (typed.is_verbose) settings.push_back({"termlog_verbosity", "debug"});
    if (typed.options.json) return;
    if (typed.shows_host) settings.push_back({"showhost", "true"});
    if (typed.is_quiet)
        settings.push_back({"flow_detail", "0"});
    else if (typed.detail)
        settings.push_back({"flow_detail", std::to_string(*typed.detail)});
    else if (typed.more_detail > 0)
        settings.push_back({"flow_detail", std::to_string(std::min(1 + typed.more_detail, 4U))});
    else if (typed.is_verbose)
        settings.push_back({"flow_detail", "2"});
}

Problem settle(Typed& typed) {
    auto& settings = typed.options.settings;
    settings = typed.flags.settings();
    if (auto problem = settle_modes(typed, settings); !problem.empty()) return problem;
    if (auto problem = settle_access(typed, settings); !problem.empty()) return problem;
    if (auto problem = settle_versions(typed.versions_client, "client", settings); !problem.empty()) return problem;
    if (auto problem = settle_versions(typed.versions_server, "server", settings); !problem.empty()) return problem;
    settle_output(typed, settings);
    try {
        for (auto const& text : typed.set) settings.push_back(proxycore::addons::parse_setting(text));
    } catch (proxycore::OptionsError const& error) {
        return error.what();
    }
    return {};
}

}  // namespace

boost::system::result<ProgramOptions, Exit> parse_options(int argc, char const* const* argv) {
    CommandLine line("pathop", "A proxy that shows what passes, and lets addons change it.");
    Typed typed(line);
    declare(line, typed);
    auto exit = Exit{ExitCode::failed, "", ""};
    if (auto const parsed = line.parse(argc, argv); !parsed) {
        exit = parsed.error();
    } else if (auto const problem = settle(typed); !problem.empty()) {
        exit = usage_error("pathop", problem);
    } else {
        return std::move(typed.options);
    }
    if (exit.code != ExitCode::done) exit.code = ExitCode::failed;
    return exit;
}

}  // namespace pathology::pathop
