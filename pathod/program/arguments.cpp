#include "program/arguments.hpp"

#include <pathology/proxycore/tls/authority.hpp>
#include <pathology/proxycore/tls/version_words.hpp>

namespace pathology::pathod {
namespace {

using namespace proxycore::console;

void declare_listening(CommandLine& line, Arguments& arguments) {
    auto& daemon = arguments.options.daemon;
    line.group("Listening");
    line.option("-p,--port", daemon.port, "port to listen on; 0 selects a free one");
    line.option("-l,--listen", daemon.address, "address to listen on", "ADDRESS");
    line.option("--threads", daemon.threads, "number of worker threads");
    line.flag("-D,--daemonize", arguments.options.daemonize, "run in the background; exits once it listens");
}

void declare_connections(CommandLine& line, Arguments& arguments) {
    auto& daemon = arguments.options.daemon;
    line.group("Connections");
    line.option("--on-accept", daemon.on_accept,
                "send SPEC to each connection when it is accepted, before TLS and before anything is read",
                "SPEC|FILE|+PATH");
    line.option("--accept-delay", daemon.accept_delay,
                "accept each connection so long after it arrived: 2, 500ms, 1-3s, or f: never", "TIME");
    line.flag("--refuse", arguments.refuse, "bind the port and refuse connections (RST)");
    line.option("--backlog", daemon.backlog,
                "number of connections that may wait to be accepted (default: 4096; 0 with --full-backlog)");
    line.flag("--full-backlog", arguments.full_backlog, "fill the backlog and accept nothing: connecting hangs");
    line.option("--receive-buffer", arguments.receive_buffer,
                "receive buffer of each connection, so that a client that is not read soon meets a closed window");
    line.excludes("--refuse", "--full-backlog");
    for (auto const* other : {"--on-accept", "--accept-delay"}) {
        line.excludes("--refuse", other);
        line.excludes("--full-backlog", other);
    }
}

void declare_responses(CommandLine& line, Arguments& arguments) {
    auto& [daemon, daemonize, preview, http2, show_clinic] = arguments.options;
    line.group("Responses");
    line.option(
        "-a,--anchor", daemon.anchors,
        "respond with SPEC to paths that start with the regular expression PATTERN, or to requests that match a "
        "filter such as ~m POST; 'SPEC | SPEC' are given in order; repeatable",
        "PATTERN=SPEC|FILE|+PATH");
    line.option("-c,--craft-prefix", daemon.craft_prefix, "the rest of a path after PREFIX is a spec", "PREFIX");
    line.option("-d,--files", daemon.files_folder, "directory that specs may read files from", "DIR");
    line.option("--seed", daemon.seed, "seed of random data, to repeat an earlier run");
    line.flag("--verbatim", daemon.verbatim,
              "behave as pathod 0.18: respond to HEAD with a body, ignore Connection: close");
    line.flag("--strict", daemon.strict,
              "respond to malformed requests as the RFCs require (400, 411, 414, 431, 505 ...)");
    line.excludes("--strict", "--verbatim");
    line.flag("--no-http2", arguments.no_http2, "disable HTTP/2");
    line.option(
        "--window", arguments.window,
        "HTTP/2: bytes that a client may send on each stream before it needs WINDOW_UPDATE; 0 keeps streams closed");
    line.flag("--no-window-updates", arguments.no_window_updates,
              "HTTP/2: send no WINDOW_UPDATE, so that uploads stall");
    line.flag("--ws-echo", daemon.websocket_echo, "echo WebSocket messages, as RFC 6455 specifies");
    line.option("--preview", preview,
                "write the bytes of SPEC to standard output and exit; - reads SPEC from standard input", "SPEC");
    line.flag("--http2", http2, "with --preview: write HTTP/2 frames");
}

void declare_tls(CommandLine& line, Arguments& arguments) {
    auto& tls = arguments.options.daemon.tls;
    line.group("TLS");
    line.flag("-s,--ssl", tls.serve, "serve HTTPS");
    line.option("--cn", tls.common_name, "common name of the generated certificate", "NAME");
    line.option("--san", tls.alternative_names, "alternative name of the generated certificate; repeatable", "NAME");
    line.option(
        "--cert", tls.certificates,
        "PEM file with certificate and private key, for hosts that match DOMAIN, such as *.example.org; repeatable",
        "[DOMAIN=]FILE");
    line.option("--cert-passphrase", tls.passphrase, "passphrase for encrypted private keys", "TEXT");
    line.option("--confdir", tls.authority_folder, "directory of the certificate authority", "DIR");
    line.option("--ciphers", tls.ciphers, "OpenSSL cipher list; may include TLS 1.3 suite names", "LIST");
    line.option("--ssl-version", tls.versions, "TLS version: TLSv1, TLSv1_1, TLSv1_2, TLSv1_3, secure or all",
                "VERSION");
    line.values("--ssl-version", proxycore::tls::version_words);
    line.option("--tls-fault", tls.fault,
                "break the bytes that are sent over TLS: drecord2,rst cuts, c9 corrupts, precord2,1 pauses, "
                "arecord2,NAME alerts",
                "ACTION[:ACTION]");
    line.flag("--no-clinic", arguments.no_clinic,
              "with -s: present a good certificate also for names such as expired.localhost");
    line.flag("--clinic", arguments.options.show_clinic,
              "list the server names that get a wrong certificate or handshake, and exit");
    line.flag("--request-client-cert", tls.request_client_certificate, "request a client certificate; any is accepted");
    line.flag("-C,--plain-connect", arguments.plain_tunnels, "expect plain HTTP after CONNECT instead of TLS");
    line.flag("--connect-detect", arguments.detect_in_tunnels, "detect TLS or plain HTTP after CONNECT");
    line.option("--ssl-keylogfile", tls.key_log,
                "append TLS secrets to this file (NSS key log format); also SSLKEYLOGFILE", "FILE");
    line.excludes("--plain-connect", "--connect-detect");
}

void declare_limits(CommandLine& line, Arguments& arguments) {
    auto& daemon = arguments.options.daemon;
    line.group("Limits");
    line.option("-t,--timeout", arguments.time_limit, "idle timeout; 0 disables it");
    line.option("--limit-size", arguments.size_limit, "refuse specs of responses larger than this");
    line.flag("--nohang", daemon.nohang, "refuse specs with a pause, a rate with times, or hold");
    line.flag("--nocraft", arguments.no_craft, "refuse specs in paths; anchors are served");
    line.option("--max-connections", daemon.max_connections, "maximum number of open connections; further ones wait");
    line.option("--max-header", arguments.max_header, "maximum size of a request header, with any number of fields");
    line.option("--max-body", arguments.max_body, "maximum size of a request body");
    line.option("--max-message", arguments.max_message, "maximum size of an echoed WebSocket message");
}

void declare_logging(CommandLine& line, Arguments& arguments) {
    auto& daemon = arguments.options.daemon;
    line.group("Logging");
    line.flag("-e,--explain", daemon.explain, "print specs with all random values spelled out");
    line.flag("-q,--log-request", daemon.show_requests, "print the bytes read");
    line.flag("-r,--log-response", daemon.show_responses, "print the bytes written");
    line.flag("--http2-framedump", daemon.show_frames, "print the HTTP/2 frames read and written");
    line.flag("-x,--hex", daemon.hex, "print bytes as a hex dump");
    line.option("-f,--log-file", daemon.log_file, "append the output to this file too", "FILE");
    line.flag("--json", daemon.json, "print one JSON object per request");
    line.flag("--no-timestamp", arguments.no_timestamp, "print no timestamps");
}

void declare_manual(CommandLine& line) {
    line.manual({"Exit status",
                 {{"0", "ended by SIGTERM or SIGHUP, or a preview or the list of the clinic was written"},
                  {"1", "standard output or the log file cannot be written to"},
                  {"2", "invalid option, anchor or spec"},
                  {"3", "cannot listen"},
                  {"130", "ended by SIGINT"},
                  {"141", "the reader of a preview closed the pipe"}}});
    line.manual({"Environment", {{"SSLKEYLOGFILE", "the file of --ssl-keylogfile, unless that is given"}}});
    line.manual({"Files",
                 {{"~/.pathology/pathology-ca-cert.pem",
                   "certificate of the authority that signs generated certificates; clients may trust it"}}});
    line.examples({"pathod -a \"/foo=200:b'hello'\"", "pathod -a \"/pay=503 | 503 | 200\"",
                   "curl \"localhost:9999/p/200:b@1k:d500\"", "pathod --preview \"404:m'Nope'\""});
    line.footer("Manual: man pathod");
}

}  // namespace

Arguments::Arguments() {
    // The port of the original. The library has 0, since tests must not collide.
    options.daemon.port = 9999;
    if (auto const folder = proxycore::tls::default_authority_folder(); !folder.empty()) {
        options.daemon.tls.authority_folder = folder.string();
    }
}

boost::system::result<Arguments, Exit> read_arguments(int argc, char const* const* argv) {
    Arguments arguments;
    CommandLine line("pathod", "A pathological HTTP server; each request describes its response in its path.");
    declare_listening(line, arguments);
    declare_connections(line, arguments);
    declare_responses(line, arguments);
    declare_tls(line, arguments);
    declare_limits(line, arguments);
    declare_logging(line, arguments);
    declare_manual(line);
    if (auto const parsed = line.parse(argc, argv); !parsed) return parsed.error();
    return arguments;
}

}  // namespace pathology::pathod
