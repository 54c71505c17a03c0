#include <pathology/proxycore/proxy/options.hpp>

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
    options.declare({"mode", TextList{"regular"},
                     "What the proxy does, once for each listener: regular, transparent, socks5, reverse:SERVER, "
                     "upstream:SERVER; each with @[HOST:]PORT for a place of its own."});
    options.declare({"listen_host", text(""), "Address to listen on; empty for every one of this machine."});
    options.declare({"listen_port", OptionalNumber{},
                     "Port to listen on; without it 1080 for socks5 and 8080 for the rest; 0 for a free one."});
    options.declare({"server", true, "Listen at all."});
}

void declare_connections(Options& options) {
    options.declare({"connection_strategy",
                     text("lazy"),
                     "When servers are connected to: as soon as they are known, or when their data is needed.",
                     {"eager", "lazy"}});
    options.declare({"tcp_timeout", number(600), "Seconds after which a connection without traffic is closed."});
    options.declare({"connect_timeout", number(30), "Seconds that a server has for each step of connecting."});
    options.declare({"tunnel_probe_timeout", number(500),
                     "Milliseconds for which a client in a tunnel may stay silent before its server is asked."});
    options.declare(
        {"upstream_auth", OptionalText{}, "USER:PASSWORD for the upstream proxy, or for the server in reverse mode."});
    options.declare({"http_connect_send_host_header", true, "Send a Host field with our own CONNECT requests."});
}

void declare_hosts(Options& options) {
    options.declare(
        {"ignore_hosts", TextList{}, "Regular expressions: matching host:port is passed through, not looked into."});
    options.declare({"allow_hosts", TextList{}, "Regular expressions: only matching host:port is looked into."});
    options.declare({"tcp_hosts", TextList{}, "Regular expressions: matching hosts are taken for plain TCP."});
    options.declare({"show_ignored_hosts", false, "Record what is passed through, as TCP flows."});
}

void declare_http(Options& options) {
    options.declare({"http2", true, "Speak HTTP/2, with clients and servers."});
    options.declare({"websocket", true, "Look into WebSockets; otherwise their bytes pass as they are."});
    options.declare({"rawtcp", true, "Pass on what does not look like HTTP as plain TCP."});
    options.declare({"keep_host_header", false, "Leave the Host field alone in reverse mode."});
    options.declare(
        {"validate_inbound_headers", true, "Refuse messages whose length two readers might read differently."});
    options.declare({"stream_large_bodies", OptionalText{},
                     "Pass bodies above this size on piece by piece, and do not keep them: 512k, 3m."});
    options.declare({"store_streamed_bodies", false, "Keep a copy of what was streamed."});
    options.declare({"body_size_limit", OptionalText{}, "Refuse bodies above this size: 512k, 3m."});
}

void declare_authority(Options& options) {
    options.declare({"confdir", text(""), "Folder of the certificate authority; empty for ~/.pathology."});
    options.declare({"ca_basename", text(""), "Name of the authority's files, before -ca.pem; empty for ours."});
    options.declare({"key_size", number(2048), "Bits of the RSA key of a new authority."});
    options.declare({"cert_passphrase", OptionalText{}, "Opens encrypted keys."});
    options.declare({"certs", TextList{}, "[DOMAIN=]FILE: a certificate to show for a domain, * for all."});
    options.declare({"sslkeylogfile", text(""), "File that gets the secrets of every TLS connection; empty for none."});
}

void declare_tls(Options& options) {
    options.declare({"tls_version_client_min", text("TLS1_2"), "Lowest version of TLS with clients.", versions});
    options.declare({"tls_version_client_max", text("UNBOUNDED"), "Highest version of TLS with clients.", versions});
    options.declare({"tls_version_server_min", text("TLS1_2"), "Lowest version of TLS with servers.", versions});
    options.declare({"tls_version_server_max", text("UNBOUNDED"), "Highest version of TLS with servers.", versions});
    options.declare({"ciphers_client", OptionalText{}, "Ciphers with clients, in OpenSSL's notation."});
    options.declare({"ciphers_server", OptionalText{}, "Ciphers with servers, in OpenSSL's notation."});
    options.declare({"upstream_cert", true, "Look at the server's certificate before the client gets one."});
    options.declare({"add_upstream_certs_to_client_chain", false, "Append the server's certificates to ours."});
    options.declare({"ssl_insecure", false, "Do not verify servers."});
    options.declare({"tls_resume_server", true, "Go on with earlier TLS sessions of servers that offer it."});
    options.declare({"ssl_verify_upstream_trusted_ca", OptionalText{}, "PEM file with the authorities to trust."});
    options.declare({"ssl_verify_upstream_trusted_confdir", OptionalText{},
                     "Folder with the authorities to trust, as `openssl rehash` prepares it."});
    options.declare({"client_certs", OptionalText{},
                     "Our certificate for servers that want one: a PEM file, or a folder with one for each host."});
    options.declare({"request_client_cert", false, "Ask clients for a certificate."});
}

}  // namespace

void declare_options(Options& options) {
    declare_listening(options);
    declare_connections(options);
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
