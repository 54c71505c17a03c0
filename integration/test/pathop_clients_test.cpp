// Clients that other people wrote, through pathop to pathod.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "pathop.hpp"
#include "support/row_name.hpp"

namespace pathology::integration {
namespace {

using testing::EndsWith;
using testing::HasSubstr;
using testing::StartsWith;

/// An origin over TLS with an authority of its own.
class SafeOrigin {
public:
    explicit SafeOrigin(std::vector<std::string> arguments = {})
        : pathod_(with_tls(std::move(arguments), folder_.path().string())) {}

    std::string authority() const { return (folder_.path() / "pathology-ca-cert.pem").string(); }
    std::string url(std::string const& path) const { return "https://127.0.0.1:" + pathod_.port() + path; }

private:
    static std::vector<std::string> with_tls(std::vector<std::string> arguments, std::string const& folder) {
        arguments.insert(arguments.end(), {"-s", "--confdir", folder});
        return arguments;
    }
    test::Folder folder_;
    Pathod pathod_;
};

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
    SafeOrigin const origin;
    Pathop pathop({"--json", "--upstream-trusted-ca", origin.authority()});
    auto const ended = curl_through(pathop.url(), {"--http1.1", origin.url("/p/200:b'hello'")});
    EXPECT_EQ(ended.out, "hello") << ended.err;
    auto const flow = pathop.flow();
    EXPECT_EQ(flow["relay"]["url"], origin.url("/p/200:b'hello'"));
    EXPECT_EQ(flow["alpn"], "http/1.1");
    EXPECT_EQ(flow["relay"]["cipher"][2], "TLSv1.3");
}

TEST(PathopClients, CurlSpeaksHttp2) {
    SafeOrigin const origin;
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
    SafeOrigin const origin({"-a", "/echo=201:b'made'"});
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
    SafeOrigin const origin;
    Pathop pathop({"--json", "--no-http2", "--upstream-trusted-ca", origin.authority()});
    auto const ended =
        curl_through(pathop.url(), {"--http2", "--write-out", " %{http_version}", origin.url("/p/200:b'one'")});
    EXPECT_EQ(ended.out, "one 1.1") << ended.err;
}

TEST(PathopClients, CurlIsToldOfAnOriginThatNobodyTrusts) {
    SafeOrigin const origin;
    Pathop pathop({"--json"});
    auto const ended = curl_through(pathop.url(), {"--include", origin.url("/p/200:b'hello'")});
    EXPECT_THAT(ended.out, HasSubstr("502 Bad Gateway")) << ended.err;
    EXPECT_THAT(ended.out, HasSubstr("ertificate"));
}

TEST(PathopClients, CurlDoesNotTrustThePagesOfAStranger) {
    SafeOrigin const origin;
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
    SafeOrigin const safe;
    Pathop pathop({"--mode", "socks5", "--json", "-k"});
    auto const proxy = std::string(GetParam().scheme) + "://" + pathop.at();
    EXPECT_EQ(curl_through(proxy, {plain.url("/p/200:b'plain'")}).out, "plain");
    EXPECT_EQ(curl_through(proxy, {safe.url("/p/200:b'safe'")}).out, "safe");
    EXPECT_EQ(pathop.flow()["relay"]["mode"], "socks5");
    EXPECT_EQ(pathop.flow()["response"]["body"], "safe");
}

INSTANTIATE_TEST_SUITE_P(Pathop, CurlBySocks,
                         testing::Values(SocksCase{"Address", "socks5"}, SocksCase{"Name", "socks5h"}), test::row_name);

TEST(PathopClients, P62_h_CurlSaysWhoItIs) {
    Pathod const plain;
    SafeOrigin const safe;
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
    SafeOrigin const safe;
    Pathop const pathop({"-k"});
    auto const ended = test::run("/usr/bin/python3", {"-c", R"(
import ssl, sys, urllib.request
proxy, authority, plain, safe = sys.argv[1:]
opener = urllib.request.build_opener(
    urllib.request.ProxyHandler({"http": proxy, "https": proxy}),
    urllib.request.HTTPSHandler(context=ssl.create_default_context(cafile=authority)))
for url, body in [(plain + "/p/200:b'plain'", None), (plain + "/echo", b"x" * 100000), (safe + "/p/200:b'safe'", None)]:
    reply = opener.open(url, body, timeout=10)
    print(reply.status, reply.read().decode())
)",
                                                      pathop.url(), Pathop::authority(), plain.url(""), safe.url("")});
    EXPECT_EQ(ended.out, "200 plain\n201 made\n200 safe\n") << ended.err;
}

TEST(PathopClients, P16_c_PythonTalksWebSocket) {
    SafeOrigin const origin({"--ws-echo"});
    Pathop pathop({"--mode", "reverse:" + origin.url(""), "--json", "-k"});
    auto const ended = test::run("/usr/bin/python3", {"-c", R"(
import asyncio, ssl, sys, websockets
async def talk():
    trust = ssl.create_default_context(cafile=sys.argv[2])
    async with websockets.connect("wss://" + sys.argv[1] + "/chat", ssl=trust, max_size=2**21) as socket:
        for message in ["hello", b"\0\1", "", "x" * 2**20]:
            await socket.send(message)
            assert await socket.recv() == message
        await socket.close(4001, "done")
asyncio.run(asyncio.wait_for(talk(), 20))
)",
                                                      pathop.at(), Pathop::authority()});
    if (ended.err.find("No module named 'websockets'") != ended.err.npos) GTEST_SKIP() << ended.err;
    EXPECT_EQ(ended.status, 0) << ended.err;
    auto const flow = pathop.flow();
    EXPECT_EQ(flow["protocol"], "websockets");
    EXPECT_EQ(flow["relay"]["message_count"], 8);
    EXPECT_EQ(flow["relay"]["messages"][0]["content"], "hello");
    EXPECT_EQ(flow["relay"]["close"]["code"], 4001);
    EXPECT_EQ(flow["relay"]["close"]["reason"], "done");
}

TEST(PathopClients, NodeFetchesThroughAReverseProxy) {
    if (!test::is_installed("node")) GTEST_SKIP() << "node is not installed";
    SafeOrigin const origin({"-a", "/echo=201:b'made'"});
    Pathop const pathop({"--mode", "reverse:" + origin.url(""), "-k"});
    auto const ended = test::run("node", {"-e", R"(
const tell = async (path, init) => {
    const reply = await fetch(process.argv[1] + path, init);
    console.log(reply.status, (await reply.arrayBuffer()).byteLength);
};
(async () => {
    await tell("/p/200:b@100k");
    await tell("/echo", {method: "POST", body: "x".repeat(100000)});
    await tell("/p/204");
})().catch((error) => { console.error(error); process.exit(1); });
)",
                                          pathop.url()});
    EXPECT_EQ(ended.out, "200 102400\n201 4\n204 0\n") << ended.err;
}

/// A shell that makes a repository with one file, and serves it as files.
constexpr auto git_server = R"(set -e
git init -q work && cd work
echo hello > file && git add file
git -c user.name=ada -c user.email=ada@origin.test commit -q -m first
git clone -q --bare . ../repository.git && git -C ../repository.git update-server-info
exec /usr/bin/python3 -u -m http.server --bind 127.0.0.1 --directory .. 0
)";

TEST(PathopClients, GitClonesARepository) {
    if (!test::is_installed("git")) GTEST_SKIP() << "git is not installed";
    test::Folder const there, here;
    test::Process origin("sh", {"-c", git_server}, there.path().string());
    auto const greeting = origin.read_line();  // Serving HTTP on 127.0.0.1 port 40001 (http://127.0.0.1:40001/) ...
    auto const from = greeting.find("(http://") + 1;
    ASSERT_NE(from, 0U) << greeting;
    auto const url = greeting.substr(from, greeting.find(')') - from) + "repository.git";
    Pathop pathop({"--json"});
    auto const ended =
        test::run("git", {"-c", "http.proxy=" + pathop.url(), "clone", "-q", url, "copy"}, here.path().string());
    EXPECT_EQ(ended.status, 0) << ended.err;
    EXPECT_EQ(here.read("copy/file"), "hello\n");
    EXPECT_EQ(pathop.flow()["relay"]["url"], url + "/info/refs?service=git-upload-pack");
    origin.signal(SIGTERM);
    origin.wait();
}

}  // namespace
}  // namespace pathology::integration
