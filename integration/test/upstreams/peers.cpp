#include "upstreams/peers.hpp"

#include <map>
#include <string_view>

#include "upstreams/targets.hpp"

namespace pathology::integration {
namespace {

using test::RealProxy;

struct Account {
    std::string user, password;
    std::string encoded;  ///< both, as in a URL
};

/// With the characters that URLs reserve, for programs that accept them.
Account account_of(std::string_view program) {
    if (program == "squid" || program == "microsocks") return {"a@b", "p:w/\xC3\xA4%", "a%40b:p%3Aw%2F%C3%A4%25"};
    return {"me", "secret", "me:secret"};
}

/// Files that the programs read.
test::Folder const& files() {
    static test::Folder const folder;
    return folder;
}

std::string squid_lines(Account const& account) {
    auto const hashed = test::run("openssl", {"passwd", "-apr1", account.password}).out;
    auto const file = files().write("users", account.user + ":" + hashed);
    std::filesystem::permissions(files().path(), std::filesystem::perms::all);  // squid changes its user
    return "auth_param basic program /usr/lib/squid/basic_ncsa_auth " + file +
           "\nauth_param basic children 1 startup=1\nacl known proxy_auth REQUIRED\nhttp_access deny !known\n";
}

std::unique_ptr<RealProxy> start_squid(PeerCase const& row, Account const& account) {
    auto const lines = row.login == Login::none ? "" : squid_lines(account);
    if (std::string_view(row.scheme) == "http") return RealProxy::squid(lines, row.host);
    auto const certificate = files().write("squid.pem", Targets::all().certificate.text());
    return RealProxy::squid(lines, row.host, "https_port HOST:PORT tls-cert=" + certificate);
}

std::unique_ptr<RealProxy> start(PeerCase const& row) {
    if (!test::is_installed(row.program)) return {};
    std::string_view const program = row.program;
    auto const account = account_of(program);
    bool const has_login = row.login != Login::none;
    if (program == "squid") return start_squid(row, account);
    if (program == "tinyproxy") {
        auto const lines = has_login ? "BasicAuth " + account.user + " " + account.password + "\n" : "";
        return RealProxy::tinyproxy(lines, row.host);
    }
    if (program == "danted") return RealProxy::dante(row.host);
    std::vector<std::string> arguments;
    if (program == "microsocks") {
        if (has_login) arguments = {"-u", account.user, "-P", account.password};
        return RealProxy::microsocks(arguments, row.host);
    }
    auto const trusted = files().write("targets.pem", Targets::all().authorities());
    arguments = {"--set", "ssl_verify_upstream_trusted_ca=" + trusted, "--set", "stream_large_bodies=1m"};
    if (has_login) arguments.insert(arguments.end(), {"--proxyauth", account.user + ":" + account.password});
    return RealProxy::mitmdump(arguments, row.host);
}

/// `host:port`, and the part in front of it, of a URL with a port.
std::string authority_of(std::string const& url) {
    auto const begin = url.find("://") + 3;
    return url.substr(begin, url.find('/', begin) - begin);
}

}  // namespace

void PrintTo(PeerCase const& row, std::ostream* out) { *out << row.name; }

Peer::Peer(PeerCase const& row) : row_(row), proxy_(start(row)) {}

Peer& Peer::of(PeerCase const& row) {
    static std::map<std::string, std::unique_ptr<Peer>> running;
    Targets::all();  // ends after the peers
    auto& peer = running[row.name];
    if (!peer) peer.reset(new Peer(row));
    return *peer;
}

std::string Peer::configuration() const {
    auto const account = account_of(row_.program);
    if (row_.login == Login::in_fields)
        return configuration_with("username: '" + account.user + "', password: '" + account.password + "', ");
    return configuration_with("", row_.login == Login::in_url ? account.encoded + "@" : "");
}

std::string Peer::configuration_with(std::string const& fields, std::string const& user_info) const {
    return "proxies:\n  - {name: peer, url: '" + std::string(row_.scheme) + "://" + user_info + proxy_->at() + "', " +
           fields + "rules: [{type: host_pattern, pattern: '*'}]}\n";
}

std::vector<std::string> Peer::secrets() const {
    if (row_.login == Login::none) return {};
    auto const account = account_of(row_.program);
    return {account.password, account.encoded.substr(account.encoded.find(':') + 1)};
}

std::string Peer::authority() const {
    if (std::string_view(row_.program) != "mitmdump") return {};
    std::ifstream in(proxy_->folder() / "mitmproxy-ca-cert.pem");
    return {std::istreambuf_iterator<char>(in), {}};
}

bool Peer::has_logged(std::string const& url, bool is_plain) {
    std::string_view const program = row_.program;
    auto const target = authority_of(url);
    auto const port = target.substr(target.rfind(':') + 1);
    if (program == "danted") return proxy_->log().read_past("." + port + "\n");
    if (program == "microsocks") return proxy_->log().read_past(":" + port + "\n");
    if (program == "mitmdump") return proxy_->log().read_past("GET http") && proxy_->log().read_past(target);
    return proxy_->log().read_past(is_plain ? "GET " + url + " " : "CONNECT " + target + " ");
}

}  // namespace pathology::integration
