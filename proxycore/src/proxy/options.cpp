#include "proxy/options.hpp"

#include "proxy/option_names.hpp"

namespace pathology::proxycore::proxy {
namespace {

using addons::OptionalNumber;
using addons::OptionalText;
using addons::Options;
using addons::OptionValue;
using addons::TextList;

std::int64_t number(std::int64_t value) { return value; }
std::string text(std::string_view value) { return std::string(value); }

addons::TextList const versions{"UNBOUNDED", "TLS1", "TLS1_1", "TLS1_2", "TLS1_3"};

void declare_listening(Options& options) {
    options.declare({option::mode, TextList{"regular"},
                     "Mode of each listener: regular, transparent, socks5, reverse:SERVER, upstream:PROXY[,PROXY] or "
                     "multiupstream:DIR, optionally "
                     "with @[HOST:]PORT."});
    options.declare({option::listen_host, text(""), "Address to listen on; default: all interfaces."});
    options.declare({option::listen_port, OptionalNumber{},
                     "Port to listen on; default: 1080 for socks5, otherwise 8080; 0 selects a free one."});
    options.declare({option::server, true, "Start listeners."});
}

void declare_connections(Options& options) {
    options.declare(
        {option::connection_strategy,
         text("lazy"),
         "When to connect to servers: as soon as they are known (eager), or when their data is needed (lazy).",
         {"eager", "lazy"}});
    options.declare({option::max_servers_per_address, number(2000),
                     "Server connections that may be open for all clients at one address."});
    options.declare({option::tcp_timeout, number(600), "Idle timeout of connections in seconds."});
    options.declare(
        {option::connect_timeout, number(30), "Timeout of each step of connecting to a server, in seconds."});
    options.declare(
        {option::tunnel_probe_timeout, number(500),
         "Milliseconds to wait for the first bytes of a client in a tunnel before connecting to its server."});
    options.declare({option::upstream_auth, OptionalText{},
                     "Credentials (USER:PASSWORD) for the upstream proxy, or for the server in reverse mode."});
    options.declare(
        {option::http_connect_send_host_header, true, "Send a Host field in CONNECT requests to upstream proxies."});
}

void declare_multiupstream(Options& options) {
    options.declare({option::multiupstream_policy, text("weighted"),
                     "How one of several matching upstreams is chosen: weighted, random, least_connections, latency, "
                     "or hash:KEY[,KEY], KEY: host, client, user, user:PARAMETER, header:NAME, cookie:NAME."});
    options.declare({option::multiupstream_seed, number(0), "Seed of the policy random."});
    options.declare({option::multiupstream_no_match,
                     text("refuse"),
                     "What a request gets that no rule matches: an error, or a direct connection.",
                     {"refuse", "direct"}});
    options.declare({option::multiupstream_max_retries, number(5),
                     "Other upstreams that are tried for a request of which nothing was sent."});
    options.declare({option::multiupstream_first_rest, number(1),
                     "Seconds that an upstream is not used after a failure; doubled by each further one."});
    options.declare({option::multiupstream_max_rest, number(60), "The longest of these times in seconds."});
    options.declare({option::multiupstream_explain, false,
                     "Record for each flow how its upstream was chosen; -v and --json set it."});
    options.declare({option::multiupstream_shared_state, text(""),
                     "Redis server in which several proxies share affinities and rests of upstreams: "
                     "redis://[USER:PASSWORD@]HOST[:PORT][/DATABASE]; empty: not shared."});
    options.declare(
        {option::multiupstream_shared_timeout, number(50),
         "Milliseconds that a choice waits for each response of that server; then the proxy chooses alone."});
    options.declare(
        {option::multiupstream_shared_lease, number(60), "Seconds that a shared affinity lives after its last use."});
    options.declare(
        {option::multiupstream_check, number(0), "Seconds between active checks of an upstream; 0 = no checks."});
    options.declare({option::multiupstream_check_target, OptionalText{},
                     "HOST:PORT that checks connect to through the upstream; default: the upstream itself."});
    options.declare({option::multiupstream_metrics, OptionalText{},
                     "[HOST:]PORT of this machine alone at which /metrics has the counters of the upstreams for "
                     "Prometheus; 0 selects a free one; default: nowhere."});
}

void declare_forwarder(Options& options) {
    options.declare({option::forwarder, false,
                     "Forward each request through the proxy that a backend chooses for it; see doc/forwarder.md."});
    options.declare({option::forwarder_env, OptionalText{},
                     "File with variables of the forwarder, which the environment overrides; default: .env."});
}

void declare_hosts(Options& options) {
    options.declare({option::ignore_hosts, TextList{}, "Regular expressions: do not intercept matching host:port."});
    options.declare({option::allow_hosts, TextList{}, "Regular expressions: intercept only matching host:port."});
    options.declare({option::tcp_hosts, TextList{}, "Regular expressions: treat matching hosts as plain TCP."});
    options.declare({option::show_ignored_hosts, false, "Record connections that are not intercepted as TCP flows."});
}

void declare_http(Options& options) {
    options.declare({option::http2, true, "Enable HTTP/2 with clients and servers."});
    options.declare({option::websocket, true, "Intercept WebSocket messages; otherwise their bytes are relayed."});
    options.declare({option::rawtcp, true, "Relay connections that are not HTTP as plain TCP."});
    options.declare({option::keep_host_header, false, "Keep the Host field of requests in reverse mode."});
    options.declare({option::validate_inbound_headers, true,
                     "Reject messages with ambiguous length, Host, target or status, which allow request smuggling."});
    options.declare({option::stream_large_bodies, OptionalText{},
                     "Stream bodies larger than this without keeping them: 512k, 3m."});
    options.declare({option::store_streamed_bodies, false, "Keep a copy of streamed bodies."});
    options.declare(
        {option::stream_types, TextList{"text/event-stream", "application/grpc", "multipart/x-mixed-replace"},
         "Media types that are always streamed, since their bodies may have no end; the first part is kept."});
    options.declare({option::body_size_limit, OptionalText{}, "Reject bodies larger than this: 512k, 3m."});
}

void declare_authority(Options& options) {
    options.declare({option::confdir, text(""), "Directory of the certificate authority; default: ~/.pathology."});
    options.declare(
        {option::ca_basename, text(""), "Base name of the authority's files, before -ca.pem; default: pathology."});
    options.declare({option::key_size, number(2048), "RSA key size of a new authority in bits."});
    options.declare({option::cert_passphrase, OptionalText{}, "Passphrase for encrypted private keys."});
    options.declare({option::certs, TextList{}, "Certificates for domains: [DOMAIN=]FILE, * for all."});
    options.declare({option::sslkeylogfile, text(""), "Write TLS secrets to this file (NSS key log format)."});
}

void declare_tls(Options& options) {
    options.declare({option::tls_version_client_min, text("TLS1_2"), "Minimum TLS version with clients.", versions});
    options.declare({option::tls_version_client_max, text("UNBOUNDED"), "Maximum TLS version with clients.", versions});
    options.declare({option::tls_version_server_min, text("TLS1_2"), "Minimum TLS version with servers.", versions});
    options.declare({option::tls_version_server_max, text("UNBOUNDED"), "Maximum TLS version with servers.", versions});
    options.declare({option::ciphers_client, OptionalText{}, "OpenSSL cipher list for clients."});
    options.declare({option::ciphers_server, OptionalText{}, "OpenSSL cipher list for servers."});
    options.declare(
        {option::upstream_cert, true, "Connect to the server first, and generate the certificate from the server's."});
    options.declare(
        {option::add_upstream_certs_to_client_chain, false, "Append the server's certificates to the generated one."});
    options.declare({option::ssl_insecure, false, "Do not verify the certificates of servers."});
    options.declare({option::tls_resume_server, true, "Resume TLS sessions offered by servers."});
    options.declare({option::ssl_verify_upstream_trusted_ca, OptionalText{}, "Trusted authorities: PEM file."});
    options.declare({option::ssl_verify_upstream_trusted_confdir, OptionalText{},
                     "Trusted authorities: directory prepared by `openssl rehash`."});
    options.declare({option::client_certs, OptionalText{},
                     "Client certificate for servers: PEM file, or directory with one per host."});
    options.declare({option::request_client_cert, false, "Request client certificates."});
}

}  // namespace

void declare_options(Options& options) {
    declare_listening(options);
    declare_connections(options);
    declare_multiupstream(options);
    declare_forwarder(options);
    declare_hosts(options);
    declare_http(options);
    declare_authority(options);
    declare_tls(options);
}

bool concerns_tls(std::string_view option) {
    static addons::Options const of_tls = [] {
        addons::Options options;
        declare_authority(options);
        declare_tls(options);
        return options;
    }();
    return of_tls.contains(option);
}

}  // namespace pathology::proxycore::proxy
