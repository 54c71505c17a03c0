// What servers send to pathop, and what is decoded, printed or made for it: none of it holds the event loop.
#include <gtest/gtest.h>

#include <ostream>
#include <pathology/proxycore/addons/dumper.hpp>
#include <pathology/proxycore/content/encoder.hpp>
#include <pathology/proxycore/net/connect.hpp>
#include <pathology/proxycore/tls/engine.hpp>
#include <pathology/proxycore/tls/tls_stream.hpp>
#include <pathology/testkit/testkit.hpp>

#include "faults/scripted_server.hpp"
#include "support/folder.hpp"
#include "support/row_name.hpp"
#include "support/streams.hpp"
#include "turns/turns.hpp"

namespace pathology::integration {
namespace {

using namespace std::string_literals;
using testkit::Daemon;
using testkit::Proxy;
namespace asio = boost::asio;
namespace tls = proxycore::tls;

/// A request to a proxy, for a path of the server at that port.
std::string request_of(std::uint16_t port, std::string_view path, std::string_view fields = {}) {
    auto const host = "127.0.0.1:" + std::to_string(port);
    return "GET http://" + host + std::string(path) + " HTTP/1.1\r\nHost: " + host + "\r\n" + std::string(fields) +
           "\r\n";
}

/// The other client of a proxy.
Bystander through(Proxy const& proxy, Daemon const& daemon) {
    return {proxy.port(), request_of(daemon.port(), "/p/200:b'ok'")};
}

// --- responses -------------------------------------------------------------------------------------------------------

struct Row {
    std::string name;
    std::function<std::string()> response;
};
void PrintTo(Row const& row, std::ostream* out) { *out << row.name; }

std::string ok(std::string_view fields, std::string_view content = {}) {
    return "HTTP/1.1 200 OK\r\n" + std::string(fields) + "\r\n" + std::string(content);
}

std::vector<Row> const rows{
    {"InterimResponses", [] { return repeated("HTTP/1.1 103 Early Hints\r\nLink: <a>\r\n\r\n", 50'000); }},
    {"OneByteChunks",
     [] { return ok("Transfer-Encoding: chunked\r\n", repeated("1\r\nx\r\n", 300'000) + "0\r\n\r\n"); }},
    {"ManyFields", [] { return ok(repeated("a:b\r\n", 5'000) + "Content-Length: 0\r\n"); }},
    {"ManyCookies",
     [] { return ok(repeated("Set-Cookie: a=b; Path=/; Secure\r\n", 1'500) + "Content-Length: 0\r\n"); }},
    {"EndlessHead", [] { return "HTTP/1.1 200 OK\r\na: " + std::string(5 << 20, 'b'); }},
    {"LargeBody", [] { return ok("", std::string(100 << 20, 'x')); }},
    {"ManyTrailers",
     [] { return ok("Transfer-Encoding: chunked\r\n", "0\r\n" + repeated("a:b\r\n", 5'000) + "\r\n"); }},
};

class ServerTurns : public testing::TestWithParam<Row> {};
TEST_P(ServerTurns, AreShort) {
    Daemon daemon;  // of the other client
    ScriptedServer const server({{"\r\n\r\n", GetParam().response(), proxycore::test::Turn::Then::fin}});
    Proxy proxy;
    auto const bytes = request_of(server.port(), "/", "Connection: close\r\n");
    expect_short_turns(through(proxy, daemon), [&] { return send_and_read(proxy.port(), bytes); });
}
INSTANTIATE_TEST_SUITE_P(Responses, ServerTurns, testing::ValuesIn(rows), test::row_name);

// --- decoding and printing -------------------------------------------------------------------------------------------

/// Content that is small on the wire and large when it is decoded, in each coding; printed as a whole.
class PrintedTurns : public testing::TestWithParam<std::string> {};
TEST_P(PrintedTurns, AreShort) {
    test::Folder const folder;
    std::string const content = repeated("\x1b[31m\xe2\x80\xae\n"s, 4 << 20);
    folder.write("content", proxycore::content::encode(content, GetParam()).value());
    Daemon daemon({.files_folder = folder.path().string()});
    Proxy proxy;
    std::size_t printed = 0;
    proxy.add(std::make_shared<proxycore::addons::Dumper>(
        proxycore::addons::DumpSink{.write = [&](std::string_view block) { printed += block.size(); }}));
    proxy.set("flow_detail=4");
    proxy.set("content_view_lines_cutoff=1000000");
    auto const path = "/p/200:b<content:h'Content-Encoding'='" + GetParam() + "'";
    auto const request = request_of(daemon.port(), path, "Connection: close\r\n");
    expect_short_turns(through(proxy, daemon), [&] { return send_and_read(proxy.port(), request); });
    proxy.stop();
    EXPECT_GT(printed, 1U << 20);
}
INSTANTIATE_TEST_SUITE_P(Codings, PrintedTurns, testing::Values("identity", "gzip", "deflate", "br", "zstd"),
                         [](auto const& row) { return row.param; });

// --- certificates ----------------------------------------------------------------------------------------------------

/// A client that accepts RSA keys alone: the authority of the kit has another one, so a key has to be made.
asio::awaitable<void> shake_hands_with_rsa(std::uint16_t proxy, std::uint16_t server) {
    auto connected = co_await proxycore::net::connect("127.0.0.1", proxy, std::chrono::seconds(20));
    auto stream = std::move(connected).value();
    auto const target = "127.0.0.1:" + std::to_string(server);
    auto const request = "CONNECT " + target + " HTTP/1.1\r\nHost: " + target + "\r\n\r\n";
    (void)co_await proxycore::net::send(*stream, request);
    for (std::string response; !response.ends_with("\r\n\r\n");) {
        auto const next = co_await proxycore::test::read_exactly(*stream, 1);
        if (next.empty()) throw std::runtime_error("no tunnel: " + response);
        response += next;
    }
    tls::ConnectSettings settings;
    settings.versions = {tls::Version::tls1_2, tls::Version::tls1_2};
    settings.ciphers.list = "ECDHE-RSA-AES128-GCM-SHA256";
    tls::Engine engine(tls::ConnectContext::make(settings).value(), tls::ServerName::of("rsa.test"));
    tls::TlsStream secured(std::move(stream), std::move(engine));
    auto const done = co_await secured.handshake(std::chrono::seconds(20));
    EXPECT_TRUE(done) << done.error().message;
    EXPECT_EQ(secured.info().peer_chain.at(0).key_type, "RSA");
}

TEST(CertificateTurns, AreShortWhereAnRsaKeyIsMadeByPathod) {
    Daemon daemon;
    expect_short_turns({daemon.port()}, [&] { return shake_hands_with_rsa(daemon.port(), daemon.port()); });
}

TEST(CertificateTurns, AreShortWhereAnRsaKeyIsMadeByPathop) {
    Daemon daemon;
    Proxy proxy({.settings = {"connection_strategy=lazy"}});
    expect_short_turns(through(proxy, daemon), [&] { return shake_hands_with_rsa(proxy.port(), daemon.port()); });
}

}  // namespace
}  // namespace pathology::integration
