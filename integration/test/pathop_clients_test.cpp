// Clients that other people wrote, through pathop to pathod.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <set>
#include <sstream>

#include "certificate.hpp"
#include "nginx.hpp"
#include "pathop.hpp"
#include "support/row_name.hpp"

namespace pathology::integration {
namespace {

using testing::EndsWith;
using testing::HasSubstr;
using testing::StartsWith;

// --- curl ------------------------------------------------------------------------------------------------------------

TEST(PathopClients, P03_CurlAsksForAPlainPage) {
    Pathod const origin;
    Pathop pathop;
    auto const ended = curl_through(pathop.url(), {"--include", origin.url("/p/200:b'hello'")});
    EXPECT_EQ(ended.out, "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello") << ended.err;
    EXPECT_THAT(pathop.process().read_line(), EndsWith(": GET " + origin.url("/p/200:b'hello'")));
    EXPECT_THAT(pathop.process().read_line(), EndsWith(" << 200 OK 5b"));
    EXPECT_EQ(pathop.stop().status, 0);
}

TEST(PathopClients, P04_b_CurlAsksForASafePage) {
    SafePathod const origin;
    Pathop pathop({"--json", "--upstream-trusted-ca", origin.authority()});
    auto const ended = curl_through(pathop.url(), {"--http1.1", origin.url("/p/200:b'hello'")});
    EXPECT_EQ(ended.out, "hello") << ended.err;
    auto const flow = pathop.flow();
    EXPECT_EQ(flow["relay"]["url"], origin.url("/p/200:b'hello'"));
    EXPECT_EQ(flow["alpn"], "http/1.1");
    EXPECT_EQ(flow["relay"]["cipher"][2], "TLSv1.3");
}

TEST(PathopClients, CurlSpeaksHttp2) {
    SafePathod const origin;
    Pathop pathop({"--json", "--upstream-trusted-ca", origin.authority()});
    auto const ended = curl_through(pathop.url(), {"--http2", "--write-out", " %{http_version} %{num_connects}\n",
                                                   origin.url("/p/200:b'one'"), origin.url("/p/404:b@20k,digits")});
    EXPECT_THAT(ended.out, StartsWith("one 2 1\n")) << ended.err;
    EXPECT_THAT(ended.out, EndsWith(" 2 0\n"));
    for (auto const* status : {"200", "404"}) {
        auto const flow = pathop.flow();
        EXPECT_EQ(flow["protocol"], "http2");
        EXPECT_EQ(flow["alpn"], "h2");
        EXPECT_EQ(flow["relay"]["alpn"], "h2");
        EXPECT_EQ(flow["response"]["status_code"], status);
    }
}

TEST(PathopClients, CurlMovesMegabytesByHttp2) {
    SafePathod const origin({"-a", "/echo=201:b'made'"});
    Pathop const pathop({"-k"});
    auto const fetched = curl_through(pathop.url(), {"--http2", "--output", "/dev/null", "--write-out",
                                                     "%{size_download}", origin.url("/p/200:b@5m")});
    EXPECT_EQ(fetched.out, "5242880") << fetched.err;
    test::Folder const folder;
    auto const body = folder.write("body", std::string(5'000'000, 'x'));
    auto const sent = curl_through(
        pathop.url(), {"--http2", "--data-binary", "@" + body, "--write-out", " %{size_upload}", origin.url("/echo")});
    EXPECT_EQ(sent.out, "made 5000000") << sent.err;
}

TEST(PathopClients, CurlSpeaksHttp1ToAnOriginOfHttp2Alone) {
    SafePathod const origin;
    Pathop pathop({"--json", "--no-http2", "--upstream-trusted-ca", origin.authority()});
    auto const ended =
        curl_through(pathop.url(), {"--http2", "--write-out", " %{http_version}", origin.url("/p/200:b'one'")});
    EXPECT_EQ(ended.out, "one 1.1") << ended.err;
}

TEST(PathopClients, CurlLearnsOfAnOriginThatNobodyTrusts) {
    SafePathod const origin;
    Pathop pathop({"--json"});
    auto const ended = curl_through(pathop.url(), {"--include", origin.url("/p/200:b'hello'")});
    EXPECT_THAT(ended.out, HasSubstr("502 Bad Gateway")) << ended.err;
    EXPECT_THAT(ended.out, HasSubstr("ertificate"));
}

TEST(PathopClients, CurlDoesNotTrustThePagesOfAStranger) {
    SafePathod const origin;
    Pathop pathop({"-k"});
    auto const ended = curl({"--proxy", pathop.url(), "--noproxy", "", origin.url("/p/200")});
    EXPECT_EQ(ended.status, 60) << ended.err;  // the peer's certificate cannot be authenticated
    EXPECT_THAT(pathop.stop().err, HasSubstr("does not trust our certificate"));
}

struct SocksCase {
    char const* name;
    char const* scheme;
};
class CurlBySocks : public testing::TestWithParam<SocksCase> {};

TEST_P(CurlBySocks, P08_a_ReachesPlainAndSafePages) {
    Pathod const plain;
    SafePathod const safe;
    Pathop pathop({"--mode", "socks5", "--json", "-k"});
    auto const proxy = std::string(GetParam().scheme) + "://" + pathop.at();
    EXPECT_EQ(curl_through(proxy, {plain.url("/p/200:b'plain'")}).out, "plain");
    EXPECT_EQ(curl_through(proxy, {safe.url("/p/200:b'safe'")}).out, "safe");
    EXPECT_EQ(pathop.flow()["relay"]["mode"], "socks5");
    EXPECT_EQ(pathop.flow()["response"]["body"], "safe");
}

INSTANTIATE_TEST_SUITE_P(Pathop, CurlBySocks,
                         testing::Values(SocksCase{"Address", "socks5"}, SocksCase{"Name", "socks5h"}), test::row_name);

TEST(PathopClients, P62_h_CurlSendsItsCredentials) {
    Pathod const plain;
    SafePathod const safe;
    Pathop const pathop({"-k", "--proxyauth", "ada:love:lace"});
    auto const status = [&](std::string const& user, std::string const& url) {
        auto const* const shown = "%{http_code} %{http_connect}";
        return curl_through(pathop.url(), {"--output", "/dev/null", "--write-out", shown, "--proxy-user", user, url})
            .out;
    };
    EXPECT_EQ(status("ada:love:lace", plain.url("/p/200")), "200 000");
    EXPECT_EQ(status("ada:love:lace", safe.url("/p/200")), "200 200");
    EXPECT_EQ(status("ada:wrong", plain.url("/p/200")), "407 000");
    EXPECT_EQ(status("ada:wrong", safe.url("/p/200")), "000 407");
}

TEST(PathopClients, P28_a_CurlGetsTheAuthority) {
    Pathop const pathop;
    std::ostringstream pem;
    pem << std::ifstream(Pathop::authority()).rdbuf();
    EXPECT_EQ(curl_through(pathop.url(), {"http://mitm.it/cert/pem"}).out, pem.str());
}

// --- others ----------------------------------------------------------------------------------------------------------

TEST(PathopClients, PythonAsksForPages) {
    Pathod const plain({"-a", "/echo=201:b'made'"});
    SafePathod const safe;
    Pathop pathop({"--json", "--upstream-trusted-ca", safe.authority()});
    auto const ended = test::run("/usr/bin/python3", {"-c", R"(
import ssl, sys, urllib.request
proxy, authority, plain, safe = sys.argv[1:]
opener = urllib.request.build_opener(
    urllib.request.ProxyHandler({"http": proxy, "https": proxy}),
    urllib.request.HTTPSHandler(context=ssl.create_default_context(cafile=authority)))
for url, body in [(plain + "/p/200:b'plain'", None), (plain + "/echo", b"x" * 30000), (safe + "/p/200:b'safe'", None)]:
    reply = opener.open(url, body, timeout=10)
    print(reply.status, reply.read().decode())
)",
                                                      pathop.url(), Pathop::authority(), plain.url(""), safe.url("")});
    EXPECT_EQ(ended.out, "200 plain\n201 made\n200 safe\n") << ended.err;
    EXPECT_EQ(pathop.flow()["relay"]["url"], plain.url("/p/200:b'plain'"));
    EXPECT_EQ(pathop.flow()["request"]["body_size"], 30'000);
    EXPECT_EQ(pathop.flow()["relay"]["url"], safe.url("/p/200:b'safe'"));
}

TEST(PathopClients, NodeFetchesThroughAReverseProxy) {
    if (!test::is_installed("node")) GTEST_SKIP() << "node is not installed";
    SafePathod const origin({"-a", "/echo=201:b'made'"});
    Pathop pathop({"--json", "--mode", "reverse:" + origin.url(""), "--upstream-trusted-ca", origin.authority()});
    auto const ended = test::run("env", {"NODE_EXTRA_CA_CERTS=" + Pathop::authority(), "node", "-e", R"(
const tell = async (path, init) => {
    const reply = await fetch(path, init);
    console.log(reply.status, (await reply.arrayBuffer()).byteLength);
};
(async () => {
    for (const at of process.argv.slice(1)) {
        await tell(at + "/p/200:b@9k");
        await tell(at + "/echo", {method: "POST", body: "x".repeat(9000)});
        await tell(at + "/p/204");
    }
})().catch((error) => { console.error(error); process.exit(1); });
)",
                                         pathop.url(), "https://" + pathop.at()});
    std::string const reported = "200 9216\n201 4\n204 0\n";
    EXPECT_EQ(ended.out, reported + reported) << ended.err;
    for (bool const is_safe : {false, true}) {
        for (auto const* status : {"200", "201", "204"}) {
            auto const flow = pathop.flow();
            EXPECT_EQ(flow["response"]["status_code"], status);
            EXPECT_EQ(flow["request"]["body_size"], std::string_view(status) == "201" ? 9'000 : 0);
            EXPECT_EQ(flow.contains("cipher"), is_safe);
            EXPECT_EQ(flow["relay"]["cipher"][2], "TLSv1.3");
        }
    }
}

TEST(PathopClients, P04_b_NodeAsksThroughATunnel) {
    if (!test::is_installed("node")) GTEST_SKIP() << "node is not installed";
    SafePathod const origin;
    Pathop pathop({"--json", "--upstream-trusted-ca", origin.authority()});
    auto const ended = test::run("env", {"NODE_EXTRA_CA_CERTS=" + Pathop::authority(), "node", "-e", R"(
const http = require("http"), http2 = require("http2"), tls = require("tls");
const [proxyPort, port] = process.argv.slice(1), at = "localhost:" + port;
const tunnel = () => new Promise((resolve, reject) =>
    http.request({host: "127.0.0.1", port: proxyPort, method: "CONNECT", path: at})
        .on("connect", (answer, socket) => resolve(socket)).on("error", reject).end());
const tell = (status, stream) => new Promise((resolve) => {
    let body = "";
    stream.on("data", (piece) => body += piece).on("end", () => { console.log(status, body); resolve(); });
});
(async () => {
    const secured = tls.connect({socket: await tunnel(), servername: "localhost"});
    await new Promise((resolve, reject) =>
        http.get({createConnection: () => secured, path: "/p/200:b'one'", headers: {host: at}},
                  (answer) => tell(answer.statusCode, answer).then(resolve)).on("error", reject));
    const socket = await tunnel();
    const session = http2.connect("https://" + at, {
        createConnection: () => tls.connect({socket, servername: "localhost", ALPNProtocols: ["h2"]})});
    await Promise.all(["two", "three"].map((word) => new Promise((resolve, reject) => {
        const stream = session.request({":path": "/p/200:b'" + word + "'"});
        stream.on("error", reject).on("response", (fields) => tell(fields[":status"], stream).then(resolve));
    })));
    session.close();
})().catch((error) => { console.error(error); process.exit(1); });
)",
                                         pathop.port(), origin.port()});
    std::istringstream sent_bytes(ended.out);
    std::set<std::string> lines;
    for (std::string line; std::getline(sent_bytes, line);) lines.insert(line);
    EXPECT_EQ(lines, (std::set<std::string>{"200 one", "200 three", "200 two"})) << ended.err;
    for (auto const* protocol : {"http", "http2", "http2"}) {
        auto const flow = pathop.flow();
        EXPECT_EQ(flow["protocol"], protocol);
        EXPECT_EQ(flow["sni"], "localhost");
        EXPECT_EQ(flow["relay"]["mode"], "regular");
        EXPECT_THAT(flow["relay"]["url"].get<std::string>(),
                    StartsWith("https://localhost:" + origin.port() + "/p/200:"));
    }
}

/// A shell that makes a repository with a file that does not fit into one packet, to be served as it lies there.
constexpr auto git_repository = R"(set -e
git init -q work && cd work
seq 20000 > file && git add file
git -c user.name=ada -c user.email=ada@origin.test commit -q -m first
git clone -q --bare . ../repository.git && git -C ../repository.git update-server-info
)";

struct GitCase {
    char const* name;
    char const* listening;
    char const* scheme;
};
class GitClient : public testing::TestWithParam<GitCase> {};

TEST_P(GitClient, ClonesARepository) {
    if (!test::is_installed("git")) GTEST_SKIP() << "git is not installed";
    if (!Nginx::is_installed()) GTEST_SKIP() << "nginx is not installed";
    test::Folder const there, here;
    auto const made = test::run("sh", {"-c", git_repository}, there.path().string());
    ASSERT_EQ(made.status, 0) << made.err;
    Certificate const certificate;
    Nginx const nginx("root " + there.path().string() + ";", GetParam().listening,
                      "ssl_certificate " + certificate.file() + "; ssl_certificate_key " + certificate.key() + ";");
    ASSERT_TRUE(nginx.is_running()) << nginx.failure();
    Pathop pathop({"--json", "--upstream-trusted-ca", certificate.file()});
    auto const url = std::string(GetParam().scheme) + "://127.0.0.1:" + nginx.port() + "/repository.git";
    auto const ended = test::run("env",
                                 {"GIT_SSL_CAINFO=" + Pathop::authority(), "no_proxy=", "NO_PROXY=", "git", "-c",
                                  "http.proxy=" + pathop.url(), "clone", "-q", url, "copy"},
                                 here.path().string());
    EXPECT_EQ(ended.status, 0) << ended.err;
    EXPECT_TRUE(here.read("copy/file") == there.read("work/file"));
    auto const first = pathop.flow();
    EXPECT_EQ(first["relay"]["url"], url + "/info/refs?service=git-upload-pack");
    EXPECT_EQ(first["response"]["status_code"], "200");
    EXPECT_EQ(pathop.flow()["relay"]["url"], url + "/HEAD");
}

INSTANTIATE_TEST_SUITE_P(Pathop, GitClient,
                         testing::Values(GitCase{"Plain", "", "http"}, GitCase{"Safe", "ssl http2", "https"}),
                         test::row_name);

}  // namespace
}  // namespace pathology::integration
