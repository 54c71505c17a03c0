#include "faults/bench.hpp"

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

DaemonOptions daemon_options(Scene const& scene) {
    DaemonOptions options;
    options.anchors = {{"/alive$", "200:b'alive'"}};
    if (scene.tls) options.tls = DaemonTls{.names = {"127.0.0.1", some_host}};
    options.websocket_echo = scene.websocket_echo;
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

/// The status of the last head among the bytes of an answer that broke off.
unsigned last_status(std::string_view raw) {
    unsigned status = 0;
    for (std::size_t at = 0; (at = raw.find("HTTP/1.", at)) != raw.npos; at += 9)
        status = static_cast<unsigned>(std::atoi(std::string(raw.substr(at + 9, 3)).c_str()));
    return status;
}

}  // namespace

std::string to_string(Way way) {
    switch (way) {
        case Way::regular: return "Regular";
        case Way::tunnel: return "Tunnel";
        case Way::socks5: return "Socks5";
        case Way::reverse: return "Reverse";
        case Way::upstream: return "Upstream";
        case Way::chain: break;
    }
    return "Chain";
}

void PrintTo(Way way, std::ostream* out) { *out << to_string(way); }

Bench::Bench(Scene scene)
    : scene_(std::move(scene)),
      daemon(daemon_options(scene_)),
      second(scene_.way == Way::chain ? std::make_unique<Proxy>(ProxyOptions{.settings = settings()}) : nullptr),
      proxy(ProxyOptions{.mode = mode(), .settings = settings()}) {
    proxy.add(hooks);
}

std::string Bench::mode() const {
    std::string const scheme = scene_.tls ? "https://" : "http://";
    switch (scene_.way) {
        case Way::regular:
        case Way::tunnel: return "regular";
        case Way::socks5: return "socks5";
        case Way::reverse: return "reverse:" + scheme + at(server_port());
        case Way::upstream: return "upstream:" + scheme + at(server_port());
        case Way::chain: break;
    }
    return "upstream:" + second->url();
}

std::vector<std::string> Bench::settings() const {
    auto settings = scene_.settings;
    constexpr std::string_view trust = "ssl_verify_upstream_trusted_ca=";
    auto const names_trust = [&](std::string const& setting) { return setting.starts_with(trust); };
    if (!scene_.tls) {
        settings.emplace_back("ssl_insecure=true");  // to read the system's anchors takes longer than all the rest
    } else if (std::none_of(settings.begin(), settings.end(), names_trust)) {
        settings.push_back(std::string(trust) + daemon.authority_file());
    }
    return settings;
}

pathoc::Client Bench::client_of(std::uint16_t server) const {
    pathoc::ClientOptions options;
    options.port = proxy.port();
    options.time_limit = patience;
    options.seed = 1;
    options.http2 = scene_.http2;
    options.tls.use = scene_.tls;
    options.tls.sni = scene_.sni;
    if (scene_.way == Way::tunnel) options.tunnel = pathoc::Host{"127.0.0.1", server};
    if (scene_.way == Way::socks5) {
        options.port = server;
        options.socks = pathoc::Host{"127.0.0.1", proxy.port()};
    }
    return pathoc::Client(std::move(options));
}

std::string Bench::target_on(std::uint16_t server, std::string_view path) const {
    switch (scene_.way) {
        case Way::regular:
        case Way::chain: return "http://" + at(server) + std::string(path);
        case Way::upstream: return "http://" + some_host + std::string(path);
        default: return std::string(path);
    }
}

Told Bench::ask(std::string spec) const {
    auto asking = client();
    auto reply = asking.request(replaced(std::move(spec), target_word, in_quotes(target("/fault"))));
    return told_by(asking, std::move(reply));
}

std::string Bench::play(proxycore::test::Script script) const {
    for (auto& turn : script) turn.send = replaced(std::move(turn.send), target_word, target("/fault"));
    std::string heard;
    auto const conversation = [&]() -> boost::asio::awaitable<void> {
        auto stream = co_await net::connect("127.0.0.1", proxy.port(), patience);
        if (!stream) throw std::runtime_error(stream.error().message);
        (*stream)->set_time_limit(patience);
        co_await proxycore::test::play_script(**stream, script, heard);
    };
    proxycore::test::play(conversation);
    return heard;
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

Told told_by(pathoc::Client const& client, pathoc::Result<pathoc::Reply> reply) {
    Told told;
    if (!reply) {
        told.failure = reply.error().message;
        told.raw = client.partial();
        told.status = last_status(told.raw);
        return told;
    }
    told.status = reply->status();
    told.is_whole = true;
    told.body = std::move(reply->body);
    told.raw = std::move(reply->raw);
    return told;
}

void Bench::expect_good_end() {
    {
        auto const server = leads_to_one_server() ? server_port() : daemon.port();
        auto fresh = client_of(server);
        auto const told = told_by(fresh, fresh.request("get:" + in_quotes(target_on(server, "/alive"))));
        EXPECT_EQ(told.status, 200U) << "the next client is not served: " << told.failure;
        EXPECT_EQ(told.body, "alive");
    }
    expect_silence();
}

void Bench::expect_silence() {
    EXPECT_TRUE(proxy.wait_for_silence(patience));
    if (second != nullptr) {
        EXPECT_TRUE(second->wait_for_silence(patience));
    }
    EXPECT_TRUE(daemon.wait_for_silence(patience));
    EXPECT_EQ(hooks->imbalance(), "");
}

}  // namespace pathology::integration
