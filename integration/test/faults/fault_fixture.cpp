#include "faults/fault_fixture.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <ostream>
#include <pathology/proxycore/net/connect.hpp>
#include <stdexcept>
#include <utility>

#include "support/play.hpp"

namespace pathology::integration {
namespace {

namespace net = proxycore::net;
using proxycore::test::patience;
using testkit::DaemonOptions;
using testkit::DaemonTls;
using testkit::Proxy;
using testkit::ProxyOptions;

constexpr std::string_view target_word = "TARGET";
std::string const some_host = "origin.test";  // that only an upstream proxy is asked for

DaemonOptions daemon_options(ProxySetup const& setup) {
    DaemonOptions options;
    options.anchors = {{"/alive$", "200:b'alive'"}};
    if (setup.tls) options.tls = DaemonTls{.names = {"127.0.0.1", some_host}};
    options.websocket_echo = setup.websocket_echo;
    options.on_hanging = testkit::ignore_hanging;
    return options;
}

std::string at(std::uint16_t port) { return "127.0.0.1:" + std::to_string(port); }

std::string replaced(std::string text, std::string_view word, std::string_view by) {
    for (std::size_t at = 0; (at = text.find(word, at)) != text.npos; at += by.size())
        text.replace(at, word.size(), by);
    return text;
}

std::string in_quotes(std::string_view target) { return "'" + std::string(target) + "'"; }

/// The status of the last head among the bytes of a response that broke off.
unsigned last_status(std::string_view raw) {
    unsigned status = 0;
    for (std::size_t at = 0; (at = raw.find("HTTP/1.", at)) != raw.npos; at += 9)
        status = static_cast<unsigned>(std::atoi(std::string(raw.substr(at + 9, 3)).c_str()));
    return status;
}

}  // namespace

std::string to_string(Topology topology) {
    switch (topology) {
        case Topology::regular: return "Regular";
        case Topology::tunnel: return "Tunnel";
        case Topology::socks5: return "Socks5";
        case Topology::reverse: return "Reverse";
        case Topology::upstream: return "Upstream";
        case Topology::chain: break;
    }
    return "Chain";
}

void PrintTo(Topology topology, std::ostream* out) { *out << to_string(topology); }

FaultFixture::FaultFixture(ProxySetup setup)
    : setup_(std::move(setup)),
      daemon(daemon_options(setup_)),
      second(setup_.topology == Topology::chain ? std::make_unique<Proxy>(ProxyOptions{.settings = settings()})
                                                : nullptr),
      proxy(ProxyOptions{.mode = mode(), .settings = settings()}) {
    proxy.add(hooks);
}

std::string FaultFixture::mode() const {
    std::string const scheme = setup_.tls ? "https://" : "http://";
    switch (setup_.topology) {
        case Topology::regular:
        case Topology::tunnel: return "regular";
        case Topology::socks5: return "socks5";
        case Topology::reverse: return "reverse:" + scheme + at(server_port());
        case Topology::upstream: return "upstream:" + scheme + at(server_port());
        case Topology::chain: break;
    }
    return "upstream:" + second->url();
}

std::vector<std::string> FaultFixture::settings() const {
    auto settings = setup_.settings;
    constexpr std::string_view trust = "ssl_verify_upstream_trusted_ca=";
    auto const names_trust = [&](std::string const& setting) { return setting.starts_with(trust); };
    if (!setup_.tls) {
        settings.emplace_back("ssl_insecure=true");  // to read the system's anchors takes longer than all the rest
    } else if (std::none_of(settings.begin(), settings.end(), names_trust)) {
        settings.push_back(std::string(trust) + daemon.authority_file());
    }
    return settings;
}

pathoc::Client FaultFixture::client_of(std::uint16_t server) const {
    pathoc::ClientOptions options;
    options.port = proxy.port();
    options.time_limit = patience;
    options.seed = 1;
    options.http2 = setup_.http2;
    options.tls.use = setup_.tls;
    options.tls.sni = setup_.sni;
    if (setup_.topology == Topology::tunnel) options.tunnel = proxycore::HostPort{"127.0.0.1", server};
    if (setup_.topology == Topology::socks5) {
        options.port = server;
        options.socks = proxycore::HostPort{"127.0.0.1", proxy.port()};
    }
    return pathoc::Client(std::move(options));
}

std::string FaultFixture::target_on(std::uint16_t server, std::string_view path) const {
    switch (setup_.topology) {
        case Topology::regular:
        case Topology::chain: return "http://" + at(server) + std::string(path);
        case Topology::upstream: return "http://" + some_host + std::string(path);
        default: return std::string(path);
    }
}

ClientResult FaultFixture::request(std::string spec) const {
    auto connection = client();
    auto response = connection.request(replaced(std::move(spec), target_word, in_quotes(target("/fault"))));
    return result_of(connection, std::move(response));
}

std::string FaultFixture::play(proxycore::test::Script script) const {
    for (auto& turn : script) turn.send = replaced(std::move(turn.send), target_word, target("/fault"));
    std::string received;
    auto const conversation = [&]() -> boost::asio::awaitable<void> {
        auto stream = co_await net::connect("127.0.0.1", proxy.port(), patience);
        if (!stream) throw std::runtime_error(stream.error().message);
        (*stream)->set_time_limit(patience);
        co_await proxycore::test::play_script(**stream, script, received);
    };
    proxycore::test::play(conversation);
    return received;
}

std::string bytes(std::string_view text) {
    std::string spec = "200:i0,'";
    for (char const c : text) {
        constexpr std::string_view digits = "0123456789abcdef";
        auto const byte = static_cast<unsigned char>(c);
        spec += {'\\', 'x', digits[byte / 16], digits[byte % 16]};
    }
    return spec + "':d0";
}

std::string repeated(std::string_view text, std::size_t times) {
    std::string all;
    for (std::size_t n = 0; n < times; ++n) all += text;
    return all;
}

ClientResult result_of(pathoc::Client const& client, pathoc::Result<pathoc::Response> response) {
    ClientResult result;
    if (!response) {
        result.failure = response.error().message;
        result.raw = client.partial();
        result.status = last_status(result.raw);
        return result;
    }
    result.status = response->status();
    result.is_whole = true;
    result.body = std::move(response->body);
    result.raw = std::move(response->raw);
    return result;
}

void FaultFixture::expect_good_end() {
    {
        auto const server = leads_to_one_server() ? server_port() : daemon.port();
        auto fresh = client_of(server);
        auto const result = result_of(fresh, fresh.request("get:" + in_quotes(target_on(server, "/alive"))));
        EXPECT_EQ(result.status, 200U) << "the next client is not served: " << result.failure;
        EXPECT_EQ(result.body, "alive");
    }
    expect_silence();
}

void FaultFixture::expect_silence() {
    EXPECT_TRUE(proxy.wait_until_idle(patience));
    if (second != nullptr) {
        EXPECT_TRUE(second->wait_until_idle(patience));
    }
    EXPECT_TRUE(daemon.wait_until_idle(patience));
    EXPECT_EQ(hooks->imbalance(), "");
}

}  // namespace pathology::integration
