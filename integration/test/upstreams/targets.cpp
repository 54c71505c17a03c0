#include "upstreams/targets.hpp"

#include <gmock/gmock.h>

#include <fstream>
#include <iterator>

#include "websocket_peers.hpp"

namespace pathology::integration {
namespace {

using testing::EndsWith;

std::string content_of(std::string const& file) {
    std::ifstream in(file, std::ios::binary);
    return {std::istreambuf_iterator<char>(in), {}};
}

/// Bytes without a period that a buffer may have.
std::string large_content() {
    std::string content(Targets::large_size, '\0');
    std::uint32_t state = 1;
    for (auto& byte : content) byte = static_cast<char>((state = state * 1664525U + 1013904223U) >> 24U);
    return content;
}

void expect_page(Pathop& pathop, std::string const& url, std::string const& option, std::string const& expected) {
    auto const ended = curl_through(pathop.url(), {option, "--write-out", " %{http_code} %{http_version}", url});
    EXPECT_EQ(ended.out, expected) << ended.err;
}

void fetch_http1(Pathop& pathop, std::string const& url) { expect_page(pathop, url, "--http1.1", "hello 200 1.1"); }
void fetch_http2(Pathop& pathop, std::string const& url) { expect_page(pathop, url, "--http2", "hello 200 2"); }

void fetch_large(Pathop& pathop, std::string const& url) {
    test::Folder const folder;
    auto const file = (folder.path() / "received").string();
    auto const ended = curl_through(pathop.url(), {"--fail", "--output", file, url});
    EXPECT_EQ(ended.status, 0) << ended.err;
    EXPECT_EQ(test::run("cmp", {file, Targets::all().large_file()}).out, "");
}

void exchange_messages(Pathop& pathop, std::string const& url) {
    if (auto const why = why_no_python_websockets(); !why.empty()) GTEST_SKIP() << why;
    auto const ended = exchange_by_http1({url, Pathop::authority(), "connect", pathop.at()});
    EXPECT_THAT(ended.out, EndsWith(echoed)) << ended.err;
}

}  // namespace

Targets& Targets::all() {
    static Targets targets;
    return targets;
}

Targets::Targets() : nginx("root " + folder_.path().string() + ";"), nghttpd(certificate.key(), certificate.file()) {
    folder_.write("large", large_content());
}

std::string Targets::authorities() const {
    return content_of(safe.authority()) + content_of(ipv6.authority()) + content_of(certificate.file());
}

void PrintTo(TargetCase const& row, std::ostream* out) { *out << row.name; }

std::vector<TargetCase> target_cases() {
    static constexpr char page[] = "/p/200:b'hello'", asked[] = "GET /p/200", upgraded[] = "GET /chat";
    auto const plain = [](Targets& t) { return &t.plain.process(); };
    auto const safe = [](Targets& t) { return &t.safe.pathod().process(); };
    auto const ipv6 = [](Targets& t) { return &t.ipv6.pathod().process(); };
    auto const nghttpd = [](Targets& t) { return &t.nghttpd.process(); };
    return {
        {"Http", [](Targets& t) { return "http://localhost:" + t.plain.port() + page; }, true, fetch_http1, plain,
         asked},
        {"Https", [](Targets& t) { return "https://localhost:" + t.safe.port() + page; }, false, fetch_http1, safe,
         asked},
        {"Http2", [](Targets& t) { return "https://localhost:" + t.nghttpd.port() + "/hello"; }, false, fetch_http2,
         nghttpd, ":path: /hello"},
        {"Ipv6", [](Targets& t) { return "https://[::1]:" + t.ipv6.port() + page; }, false, fetch_http1, ipv6, asked},
        {"Large", [](Targets& t) { return "http://localhost:" + t.nginx.port() + "/large"; }, true, fetch_large},
        {"Ws", [](Targets& t) { return "ws://localhost:" + t.plain.port() + "/chat"; }, false, exchange_messages, plain,
         upgraded},
        {"Wss", [](Targets& t) { return "wss://localhost:" + t.safe.port() + "/chat"; }, false, exchange_messages, safe,
         upgraded}};
}

}  // namespace pathology::integration
