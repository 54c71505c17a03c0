#include "addons/proxy_auth.hpp"

#include <algorithm>
#include <pathology/proxycore/addons/host.hpp>
#include <pathology/proxycore/modes/mode.hpp>

namespace pathology::proxycore::addons {
namespace {

constexpr char metadata_key[] = "proxyauth";
constexpr char user_key = 0;  // its address is the key of the attachment
constexpr char modes_name[] = "mode";
// The realm of the original, for clients with stored passwords.
constexpr std::string_view challenge = "Basic realm=\"mitmproxy\"";

bool is_mode(std::string const& specification, std::string_view name) {
    auto const mode = modes::parse_mode(specification);
    return mode.has_value() && modes::name_of(*mode) == name;
}

/// The status and the fields of authentication by a proxy or by a server (RFC 9110 §11.6, §11.7).
struct Dialect {
    unsigned status;
    std::string_view credentials, challenge;
};
constexpr Dialect of_proxy{407, "Proxy-Authorization", "Proxy-Authenticate"};
constexpr Dialect of_server{401, "Authorization", "WWW-Authenticate"};

Dialect const& dialect_of(flow::HttpFlow const& flow) {
    return is_mode(flow.client_conn->proxy_mode, "reverse") ? of_server : of_proxy;
}

flow::Response refusal(Dialect const& dialect) {
    std::string const title = std::to_string(dialect.status) + " " + std::string(flow::reason_of(dialect.status));
    auto const page = "<html><head><title>" + title + "</title></head><body><h1>" + title + "</h1></body></html>";
    return flow::Response::make(dialect.status, page, {{dialect.challenge, challenge}, {"Content-Type", "text/html"}});
}

}  // namespace

std::string_view user_of(flow::Client const& client) {
    auto const user = client.attachments.get<std::string>(&user_key);
    return user ? std::string_view(*user) : std::string_view();
}

void ProxyAuth::load(Host& host) {
    host.option("proxyauth", rule_text_,
                "Require a user and a password of clients: any, USER:PASSWORD, or @FILE with an htpasswd file.");
}

void ProxyAuth::configure(Options const& options, std::set<std::string> const& changed) {
    if (changed.contains("proxyauth")) rule_ = rule_text_ ? parse_credential_rule(*rule_text_) : CredentialRule{};
    if (!rule_) connections_.clear();
    if (!rule_text_ || !options.contains(modes_name)) return;
    auto const& specifications = options.get<TextList>(modes_name);
    if (std::any_of(specifications.begin(), specifications.end(),
                    [](auto const& specification) { return is_mode(specification, "transparent"); }))
        throw OptionsError("proxyauth cannot be used in transparent mode: clients do not know that there is a proxy");
}

HookSet ProxyAuth::unused() const {
    if (rule_) return {};
    return {Hook::client_disconnected, Hook::socks5_auth, Hook::http_connect, Hook::requestheaders};
}

asio::awaitable<void> ProxyAuth::client_disconnected(flow::Client& client) {
    connections_.erase(client.id);
    co_return;
}

asio::awaitable<void> ProxyAuth::socks5_auth(Socks5AuthData& data) {
    if (!rule_) co_return;
    Credentials const credentials{data.username, data.password};
    data.valid = rule_(credentials);
    if (data.valid) remember(data.client, credentials);
}

void ProxyAuth::remember(flow::Client& client, Credentials const& credentials) {
    connections_.insert_or_assign(client.id, credentials);
    client.attachments.set(&user_key, std::make_shared<std::string>(credentials.user));
}

asio::awaitable<void> ProxyAuth::http_connect(flow::HttpFlow& flow) {
    if (!rule_) co_return;
    if (auto const credentials = authenticate(flow)) remember(*flow.client_conn, *credentials);
}

asio::awaitable<void> ProxyAuth::requestheaders(flow::HttpFlow& flow) {
    // A replayed request has no client that could authenticate.
    if (!rule_ || flow.is_replay == flow::Replay::request) co_return;
    auto const known = connections_.find(flow.client_conn->id);
    if (known == connections_.end())
        authenticate(flow);
    else
        flow.metadata[metadata_key] = std::vector{known->second.user, known->second.password};
}

std::optional<Credentials> ProxyAuth::authenticate(flow::HttpFlow& flow) {
    auto const& dialect = dialect_of(flow);
    auto const field = flow.request.headers.first(dialect.credentials);
    auto credentials = field ? parse_basic(*field) : std::nullopt;
    if (!credentials || !rule_(*credentials)) {
        flow.request.add_secret(dialect.credentials);  // almost right ones are not for the log
        flow.response = refusal(dialect);
        return std::nullopt;
    }
    // The credentials are for this proxy only; the next server must not learn them.
    flow.request.headers.remove(dialect.credentials);
    flow.metadata[metadata_key] = std::vector{credentials->user, credentials->password};
    return credentials;
}

}  // namespace pathology::proxycore::addons
