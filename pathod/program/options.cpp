#include "program/options.hpp"

#include <algorithm>
#include <filesystem>
#include <pathology/proxycore/console/units.hpp>
#include <pathology/proxycore/tls/authority.hpp>
#include <pathology/proxycore/tls/version.hpp>

namespace pathology::pathod {
namespace {

using namespace proxycore::console;

/// Options in the shape in which they are typed.
struct Typed {
    ProgramOptions options;
    std::optional<Bytes> size_limit;
    Bytes max_header{options.daemon.max_header}, max_body{options.daemon.max_body};
    Bytes max_message{options.daemon.max_message};
    std::chrono::nanoseconds time_limit = *options.daemon.time_limit;
    bool nocraft = false, no_timestamp = false, no_http2 = false;
    bool plain_tunnels = false, detect_in_tunnels = false;

    Typed() {
        options.daemon.port = 9999;
        if (auto const folder = proxycore::tls::default_authority_folder(); !folder.empty()) {
            options.daemon.tls.authority_folder = folder.string();
        }
    }
};

void declare_tls(CommandLine& line, Typed& typed) {
    auto& tls = typed.options.daemon.tls;
    line.group("TLS");
    line.flag("-s,--ssl", tls.serve, "serve HTTPS");
    line.option("--cn", tls.common_name, "make a certificate with this common name", "NAME");
    line.option("--san", tls.alternative_names, "make a certificate that is good for NAME; repeatable", "NAME");
    line.option("--cert", tls.certificates, "show this PEM certificate, to hosts like *.example.org; repeatable",
                "[DOMAIN=]FILE");
    line.option("--cert-passphrase", tls.passphrase, "opens encrypted keys", "TEXT");
    line.option("--confdir", tls.authority_folder, "folder of the certificate authority", "DIR");
    line.option("--ciphers", tls.ciphers, "offer these and no others, in OpenSSL's notation", "LIST");
    line.option("--ssl-version", tls.versions, "TLSv1, TLSv1_1, TLSv1_2, TLSv1_3, secure or all", "VERSION");
    line.flag("--request-client-cert", tls.request_client_certificate, "ask clients for a certificate, take any");
    line.flag("-C,--plain-connect", typed.plain_tunnels, "expect plain requests after CONNECT, not TLS");
    line.flag("--connect-detect", typed.detect_in_tunnels, "expect either after CONNECT");
    line.option("--ssl-keylogfile", tls.key_log, "append the secrets of connections; also by SSLKEYLOGFILE", "FILE");
    line.excludes("--plain-connect", "--connect-detect");
}

void declare(CommandLine& line, Typed& typed) {
    auto& [daemon, daemonize, preview, http2] = typed.options;
    line.group("Where");
    line.option("-p,--port", daemon.port, "listen on this port; 0 picks one");
    line.option("-l,--listen", daemon.address, "listen on this address", "ADDRESS");
    line.option("--threads", daemon.threads, "serve with this many threads");
    line.flag("-D,--daemonize", typed.options.daemonize, "go to the background once it listens");
    line.group("What");
    line.option("-a,--anchor", daemon.anchors, "answer paths that start like this with SPEC; repeatable",
                "PATTERN=SPEC|FILE|+PATH");
    line.option("-c,--craft-prefix", daemon.craft_prefix, "what follows this in a path is a spec", "PREFIX");
    line.option("-d,--files", daemon.files_folder, "specs may read files below this folder", "DIR");
    line.option("--seed", daemon.seed, "send the same random data as the run that told this seed");
    line.flag("--verbatim", daemon.verbatim, "bodies for HEAD, and ignore Connection: close, as pathod 0.18 did");
    line.flag("--no-http2", typed.no_http2, "speak HTTP/1 alone");
    line.flag("--ws-echo", daemon.websocket_echo, "send WebSocket messages back, by the book");
    line.option("--preview", preview, "write the bytes of SPEC to standard output, and end", "SPEC");
    line.flag("--http2", http2, "with --preview: the bytes of HTTP/2 frames");
    declare_tls(line, typed);
    line.group("Limits");
    line.option("-t,--timeout", typed.time_limit, "end connections that are silent for so long; 0 = never");
    line.option("--limit-size", typed.size_limit, "refuse specs of more bytes than this");
    line.flag("--nohang", daemon.nohang, "refuse specs that pause");
    line.flag("--nocraft", typed.nocraft, "refuse specs in paths; anchors still work");
    line.option("--max-connections", daemon.max_connections, "let further ones wait");
    line.option("--max-header", typed.max_header, "read no request whose header is larger");
    line.option("--max-body", typed.max_body, "read no request whose body is larger");
    line.option("--max-message", typed.max_message, "echo no WebSocket message that is larger");
    line.group("Logging");
    line.flag("-e,--explain", daemon.explain, "show specs with all that is random spelled out");
    line.flag("-q,--log-request", daemon.show_requests, "show the bytes read");
    line.flag("-r,--log-response", daemon.show_responses, "show the bytes written");
    line.flag("--http2-framedump", daemon.show_frames, "show the frames of HTTP/2, read and written");
    line.flag("-x,--hex", daemon.hex, "show bytes as a hex dump");
    line.option("-f,--log-file", daemon.log_file, "append what is shown to this file too", "FILE");
    line.flag("--json", daemon.json, "show one JSON object for each request");
    line.flag("--no-timestamp", typed.no_timestamp, "show no times");
    line.footer("Specs: 200:b@1k · 404:m'Nope' · 200:b'x':p0,2 · 200:b@1m:d100   (doc/language.md)");
}

std::optional<std::string> find_fault(DaemonOptions const& daemon) {
    if (daemon.threads == 0) return "--threads must be at least 1";
    if (daemon.max_connections == 0) return "--max-connections must be at least 1";
    if (!daemon.craft_prefix.starts_with('/')) {
        return "--craft-prefix must start with a slash, as paths do: /" + daemon.craft_prefix;
    }
    if (daemon.files_folder && !std::filesystem::is_directory(*daemon.files_folder)) {
        return "-d names no folder: " + *daemon.files_folder;
    }
    if (auto const versions = proxycore::tls::parse_versions(daemon.tls.versions); !versions) {
        return "--ssl-version: " + versions.error().message;
    }
    auto const& names = daemon.tls.alternative_names;
    if (std::find(names.begin(), names.end(), "") != names.end()) return "--san takes a host name or an address";
    if (daemon.tls.common_name == "") return "--cn takes a name";
    return std::nullopt;
}

InTunnels in_tunnels(Typed const& typed) {
    if (typed.detect_in_tunnels) return InTunnels::detect;
    return typed.plain_tunnels ? InTunnels::plain : InTunnels::tls;
}

}  // namespace

boost::system::result<ProgramOptions, Exit> parse_options(int argc, char const* const* argv) {
    Typed typed;
    CommandLine line("pathod", "A pathological HTTP daemon: answers with whatever a path asks for.");
    declare(line, typed);
    if (auto const parsed = line.parse(argc, argv); !parsed) return parsed.error();
    auto& daemon = typed.options.daemon;
    if (typed.options.http2 && !typed.options.preview)
        return usage_error("pathod", "--http2 is for --preview; clients choose HTTP/2 themselves");
    if (auto const fault = find_fault(daemon)) return usage_error("pathod", *fault);
    if (typed.size_limit) daemon.size_limit = typed.size_limit->count;
    daemon.max_header = typed.max_header.count;
    daemon.max_body = typed.max_body.count;
    daemon.max_message = typed.max_message.count;
    daemon.time_limit = typed.time_limit;
    if (typed.time_limit.count() == 0) daemon.time_limit.reset();
    daemon.tls.in_tunnels = in_tunnels(typed);
    daemon.craft = !typed.nocraft;
    daemon.http2 = !typed.no_http2;
    daemon.timestamps = !typed.no_timestamp;
    return std::move(typed.options);
}

}  // namespace pathology::pathod
