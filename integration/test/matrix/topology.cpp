#include "matrix/topology.hpp"

#include <boost/asio/post.hpp>
#include <mutex>
#include <pathology/proxycore/tunnel/hop.hpp>
#include <pathology/proxycore/upstream/selector.hpp>
#include <stdexcept>
#include <utility>

#include "matrix/tcp_server.hpp"
#include "support/network_namespace.hpp"

namespace pathology::integration::matrix {
namespace {

namespace upstream = proxycore::upstream;
using kit::Daemon;
using kit::Proxy;
using kit::ProxyOptions;
using proxycore::flow::HttpFlow;
using proxycore::proxy::test::TestClient;
using proxycore::test::HookRecorder;

constexpr std::chrono::milliseconds client_patience{5000},
    short_patience{1000};  // short: of a client that gets nothing

/// The route of every request in the modes that have none of their own.
class FixedRoute final : public upstream::Selector {
public:
    explicit FixedRoute(std::string const& hops) { route_.hops = proxycore::tunnel::parse_hops(hops).value(); }
    boost::asio::awaitable<upstream::Route> select(upstream::RouteRequest const& /*request*/) override {
        co_return route_;
    }

private:
    upstream::Route route_;
};

ProxyOptions relay_options(std::string mode) {
    return {.mode = std::move(mode), .settings = {"ssl_insecure=true", "ignore_hosts=.", "stream_large_bodies=64k"}};
}

kit::DaemonOptions daemon_options(Place const& place, std::string folder) {
    kit::DaemonOptions options;
    options.files_folder = std::move(folder);
    if (place.security == Security::tls) options.tls = kit::DaemonTls{.names = {"127.0.0.1"}};
    options.http2 = place.server == Http::h2;
    options.websocket_echo = true;
    options.keep_bytes = 1U << 20U;
    options.on_hanging = kit::ignore_hanging;
    return options;
}

}  // namespace

Place Place::of(Cell const& cell) {
    return {cell.mode(), cell.route(), cell.security(), cell.server(), cell.exchange() == Exchange::tcp};
}

std::string const& large_content() {
    static std::string const content = [] {
        std::string text;
        for (std::size_t line = 0; text.size() < large_size; ++line) text += "line " + std::to_string(line) + "\n";
        text.resize(large_size);
        return text;
    }();
    return content;
}

Topology::Topology(Place const& place) : place_(place) {
    folder_.write("files/large", large_content());
    if (place.is_tcp) {
        tcp = std::make_unique<TcpServer>(place.security);
    } else {
        daemon = std::make_unique<Daemon>(daemon_options(place, (folder_.path() / "files").string()));
    }
    if (place.route == Route::http || place.route == Route::https || place.route == Route::chain)
        http_upstream_ = std::make_unique<Proxy>(relay_options("regular"));
    if (place.route == Route::socks5 || place.route == Route::chain)
        socks5_upstream_ = std::make_unique<Proxy>(relay_options("socks5"));
    for (auto const* const hook : {"requestheaders", "request"}) {
        bool const is_head = std::string_view(hook) == "requestheaders";
        hooks->on_hook[hook] = [this, is_head](HttpFlow& flow) { perform_addon(flow, is_head); };
    }
    proxy = std::make_unique<Proxy>(proxy_options());
    proxy->add(hooks);
    if (place.mode == Mode::transparent) redirect_clients();
}

Topology::~Topology() = default;

std::uint16_t Topology::server_port() const { return tcp ? tcp->port() : daemon->port(); }

// --- the proxy -------------------------------------------------------------------------------------------------------

std::string Topology::upstream_url() const {
    switch (place_.route) {
        case Route::direct: return {};
        case Route::http: return "http://" + http_upstream_->address();
        case Route::https: return "https://" + http_upstream_->address();
        case Route::socks5: return "socks5://" + socks5_upstream_->address();
        case Route::chain: break;
    }
    return "http://" + http_upstream_->address() + ",socks5://" + socks5_upstream_->address();
}

ProxyOptions Topology::proxy_options() {
    ProxyOptions options;
    options.settings = {"ssl_insecure=true", "stream_large_bodies=64k"};
    // With the certificate of the server at hand, clients are offered the version that the server chose.
    if (place_.security == Security::tls && place_.server == Http::h1)
        options.settings.insert(options.settings.end(), {"upstream_cert=false", "connection_strategy=lazy"});
    options.on_request = [this](HttpFlow& flow) {
        if (addon != Addon::edits) return;
        flow.request.headers.set("x-edited", "request");
        if (flow.request.raw_content && !flow.request.raw_content->empty()) flow.request.set_content("edited");
    };
    options.on_response = [this](HttpFlow& flow) {
        if (addon != Addon::edits || !flow.response) return;
        flow.response->headers.set("x-edited", "response");
        if (flow.response->raw_content && !flow.response->raw_content->empty()) flow.response->set_content("edited");
    };
    auto const url = upstream_url();
    std::string const scheme = place_.is_tcp ? (place_.security == Security::tls ? "tls://" : "tcp://")
                                             : (place_.security == Security::tls ? "https://" : "http://");
    switch (place_.mode) {
        case Mode::regular: break;
        case Mode::transparent: options.mode = "transparent"; break;
        case Mode::reverse: options.mode = "reverse:" + scheme + server_address(); break;
        case Mode::upstream: options.mode = "upstream:" + url; return options;
        case Mode::socks5: options.mode = "socks5"; break;
        case Mode::multiupstream: {
            auto const entry = "proxies:\n  - {name: peer, url: '" + (url.empty() ? "http://127.0.0.1:9" : url) +
                               "', rules: [" +
                               (url.empty() ? "{type: host_pattern, pattern: none.test}" : "{type: default}") + "]}\n";
            folder_.write("upstreams/proxies.yaml", entry);
            options.mode = "multiupstream:" + (folder_.path() / "upstreams").string();
            if (url.empty()) options.settings.emplace_back("multiupstream_no_match=direct");
            return options;
        }
        case Mode::forwarder:
            options.settings.emplace_back("forwarder=true");
            options.settings.push_back("forwarder_env=" + write_forwarder());
            return options;
    }
    if (!url.empty()) options.selector = std::make_shared<FixedRoute>(url);
    return options;
}

std::string Topology::write_forwarder() {
    auto const protocol = std::string(axes()[1].values[static_cast<std::size_t>(place_.route)]);
    auto const& address = (place_.route == Route::socks5 ? socks5_upstream_ : http_upstream_)->address();
    auto const choice = R"(200:b'{"id": 1, "address": ")" + address + R"(", "protocol": ")" + protocol + R"("}')";
    backend_ = std::make_unique<Daemon>(
        kit::DaemonOptions{.anchors = {{"/proxy", choice}, {"/blacklist", "200:b'[]'"}, {"/activity", "201:b'{}'"}},
                           .on_hanging = kit::ignore_hanging});
    return folder_.write("forwarder.env",
                         "SYSTEM_TOKEN=secret\nREQUIRE_USER_JWT=false\nFASTAPI_BASE_URL=" + backend_->url() + "\n");
}

void Topology::perform_addon(HttpFlow& flow, bool is_head) {
    if (flow.request.method() == "CONNECT") return;
    if (is_head && addon == Addon::responds)
        flow.response = proxycore::flow::Response::make(403, "responded", {{"x-responded", "yes"}});
    if (is_head || addon != Addon::holds) return;
    flow.intercept();
    auto const held = std::static_pointer_cast<HttpFlow>(flow.shared_from_this());
    boost::asio::post(flow.loop, [this, held] {
        was_held = held->intercepted();
        held->resume();
    });
}

// --- clients ---------------------------------------------------------------------------------------------------------

void Topology::redirect_clients() const {
    static std::mutex one_at_a_time;  // iptables has one lock
    std::scoped_lock const lock(one_at_a_time);
    auto const refusal = test::redirect(server_port(), proxy->port(), "127.0.0.1");
    if (!refusal.empty()) throw std::runtime_error(refusal);
}

bool Topology::takes_proxy_requests() const {
    return place_.mode != Mode::transparent && place_.mode != Mode::reverse && place_.mode != Mode::socks5;
}

pathoc::Client Topology::client(Cell const& cell) const {
    pathoc::ClientOptions options;
    options.port = proxy->port();
    options.time_limit = cell.fault() == Fault::stall ? short_patience : client_patience;
    options.seed = 1;
    options.http2 = cell.client() == Http::h2;
    options.tls.use = cell.is_tls();
    if (takes_proxy_requests() && (cell.is_tls() || options.http2))
        options.tunnel = proxycore::HostPort{"127.0.0.1", server_port()};
    if (place_.mode == Mode::transparent || place_.mode == Mode::socks5) options.port = server_port();
    if (place_.mode == Mode::socks5) options.socks = proxycore::HostPort{"127.0.0.1", proxy->port()};
    return pathoc::Client(std::move(options));
}

std::string Topology::target(Cell const& cell, std::string_view path) const {
    bool const is_absolute = takes_proxy_requests() && !cell.is_tls() && cell.client() == Http::h1;
    return "'" + (is_absolute ? "http://" + server_address() : "") + std::string(path) + "'";
}

bool Topology::is_read_by_upstream(Cell const& cell) const {
    bool const is_http = cell.route() == Route::http || cell.route() == Route::https;
    bool const is_in_tunnel = !takes_proxy_requests() || cell.client() == Http::h2;
    return is_http && !cell.is_tls() && !is_in_tunnel && !is_websocket(cell.exchange());
}

std::unique_ptr<TestClient> Topology::connect(std::vector<std::string> const& alpn) const {
    auto const port = place_.mode == Mode::transparent ? server_port() : proxy->port();
    auto client = std::make_unique<TestClient>(port);
    if (takes_proxy_requests()) {
        auto const connect = "CONNECT " + server_address() + " HTTP/1.1\r\nHost: " + server_address() + "\r\n\r\n";
        auto const status = client->request(connect, "CONNECT").status;
        if (status != 200) throw std::runtime_error("CONNECT got the status " + std::to_string(status));
    } else if (place_.mode == Mode::socks5) {
        using namespace std::string_literals;
        client->send("\5\1\0"s);
        (void)client->read(2);
        auto const number = server_port();
        client->send("\5\1\0\1\x7f\0\0\1"s + static_cast<char>(number >> 8U) + static_cast<char>(number & 0xffU));
        if (client->read(10).substr(0, 2) != "\5\0"s) throw std::runtime_error("SOCKS5 got a refusal");
    }
    if (place_.security == Security::tls) client->start_tls("origin.test", alpn);
    return client;
}

}  // namespace pathology::integration::matrix
