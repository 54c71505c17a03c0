#include "program/arguments.hpp"

#include <pathology/proxycore/tls/version_words.hpp>

namespace pathology::pathoc {
namespace {

namespace console = proxycore::console;

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

}  // namespace

boost::system::result<Arguments, console::Exit> read_arguments(int argc, char const* const* argv) {
    Arguments arguments;
    console::CommandLine line("pathoc", "A pathological HTTP client: sends crafted requests and prints the responses.");
    declare_target(line, arguments);
    declare_tls(line, arguments);
    declare_run(line, arguments);
    declare_output(line, arguments);
    declare_manual(line);
    if (auto const parsed = line.parse(argc, argv); !parsed) return parsed.error();
    return arguments;
}

}  // namespace pathology::pathoc
