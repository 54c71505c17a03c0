// Servers and proxies that other people wrote, on the far side of pathop.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "nghttpd.hpp"
#include "nginx.hpp"
#include "pathop.hpp"
#include "support/free_port.hpp"
#include "support/row_name.hpp"

namespace pathology::integration {
namespace {

using testing::HasSubstr;
using testing::StartsWith;

/// A certificate for 127.0.0.1 that vouches for itself.
struct Certificate {
    Certificate() {
        made = test::run("openssl", {"req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes",
                                     "-keyout", key(), "-out", file(), "-days", "3", "-subj", "/CN=origin.test",
                                     "-addext", "subjectAltName=IP:127.0.0.1,DNS:origin.test"});
    }
    std::string file() const { return (folder.path() / "cert.pem").string(); }
    std::string key() const { return (folder.path() / "key.pem").string(); }

    test::Folder folder;
    Ended made;
};

// --- servers ---------------------------------------------------------------------------------------------------------

struct NginxCase {
    char const* name;
    char const* listening;
    char const* scheme;
    char const* protocol;  ///< what is agreed on with nginx, by ALPN
    char const* version;   ///< what curl speaks
};
class PathopBeforeNginx : public testing::TestWithParam<NginxCase> {};

TEST_P(PathopBeforeNginx, MovesPages) {
    if (!Nginx::is_installed()) GTEST_SKIP() << "nginx is not installed";
    Certificate const certificate;
    ASSERT_EQ(certificate.made.status, 0) << certificate.made.err;
    Nginx const nginx("return 200 \"hello\";", GetParam().listening,
                      "ssl_certificate " + certificate.file() + "; ssl_certificate_key " + certificate.key() + ";");
    ASSERT_TRUE(nginx.is_running()) << nginx.complaint();
    Pathop pathop({"--json", "--upstream-trusted-ca", certificate.file()});
    auto const url = std::string(GetParam().scheme) + "://127.0.0.1:" + nginx.port() + "/page";
    auto const ended = curl_through(pathop.url(), {"--write-out", " %{http_version}\n", url, url});
    auto const line = std::string("hello ") + GetParam().version + "\n";
    EXPECT_EQ(ended.out, line + line) << ended.err;
    for (int i = 0; i < 2; ++i) {
        auto const flow = pathop.flow();
        EXPECT_EQ(flow["relay"]["url"], url);
        EXPECT_EQ(flow["relay"].value("alpn", ""), GetParam().protocol);
    }
}

INSTANTIATE_TEST_SUITE_P(Pathop, PathopBeforeNginx,
                         testing::Values(NginxCase{"Plain", "", "http", "", "1.1"},
                                         NginxCase{"Safe", "ssl", "https", "http/1.1", "1.1"},
                                         NginxCase{"Http2", "ssl http2", "https", "h2", "2"}),
                         test::row_name);

TEST(PathopPeers, NghttpdServesManyStreams) {
    if (!test::is_installed("nghttpd")) GTEST_SKIP() << "nghttpd is not installed";
    Certificate const certificate;
    Nghttpd const nghttpd(certificate.key(), certificate.file());
    ASSERT_TRUE(nghttpd.is_running());
    Pathop const pathop(
        {"--mode", "reverse:https://127.0.0.1:" + nghttpd.port(), "--upstream-trusted-ca", certificate.file()});
    auto const ended =
        test::run("h2load", {"-n", "20", "-c", "2", "-m", "10", "-T", "20", "https://" + pathop.at() + "/hello"});
    EXPECT_EQ(ended.status, 0) << ended.err;
    EXPECT_THAT(ended.out, HasSubstr("20 succeeded, 0 failed")) << ended.out;
}

// --- upstream proxies ------------------------------------------------------------------------------------------------

TEST(PathopPeers, P07_g_AChainOfTwoCarriesPlainAndSafePages) {
    Pathod const plain, safe({"-s"});
    Pathop second({"--json", "-k"});
    Pathop first({"--json", "-k", "--mode", "upstream:" + second.url()});
    EXPECT_EQ(curl_through(first.url(), {plain.url("/p/200:b'plain'")}).out, "plain");
    EXPECT_EQ(second.flow()["request"]["first_line_format"], "absolute");
    EXPECT_EQ(curl_through(first.url(), {"https://127.0.0.1:" + safe.port() + "/p/200:b'safe'"}).out, "safe");
    EXPECT_EQ(second.flow()["response"]["body"], "safe");
    EXPECT_EQ(first.flow()["relay"]["via"], second.url());
}

/// squid with room for CONNECT to any port.
class Squid {
public:
    static bool is_installed() { return test::is_installed("/usr/sbin/squid"); }
    Squid() {
        for (int attempt = 0; attempt < 5 && !running_; ++attempt) start();
    }
    ~Squid() {
        if (!process_) return;
        process_->signal(SIGTERM);
        process_->wait();
    }
    bool is_running() const { return running_; }
    std::string url() const { return "http://127.0.0.1:" + std::to_string(port_); }

private:
    void start() {
        port_ = test::free_port();
        auto const configuration = folder_.write(
            "squid.conf",
            "http_port 127.0.0.1:" + std::to_string(port_) +
                "\nhttp_access allow all\ncache deny all\nshutdown_lifetime 0 seconds\npid_filename none\n"
                "access_log none\ncache_log stdio:/dev/stderr\ncache_store_log none\n"
                "pinger_enable off\ncoredump_dir " +
                folder_.path().string() + "\n");
        process_ = std::make_unique<test::Process>("/usr/sbin/squid",
                                                   std::vector<std::string>{"-N", "-d", "1", "-f", configuration});
        running_ = process_->read_until("Accepting HTTP Socket connections");
    }

    test::Folder folder_;
    std::unique_ptr<test::Process> process_;
    bool running_ = false;
    std::uint16_t port_ = 0;
};

TEST(PathopPeers, P07_SquidIsAnUpstreamProxy) {
    if (!Squid::is_installed()) GTEST_SKIP() << "squid is not installed";
    Squid const squid;
    ASSERT_TRUE(squid.is_running());
    Pathod const plain, safe({"-s"});
    Pathop pathop({"--json", "-k", "--mode", "upstream:" + squid.url()});
    EXPECT_EQ(curl_through(pathop.url(), {plain.url("/p/200:b'plain'")}).out, "plain");
    EXPECT_EQ(curl_through(pathop.url(), {"https://127.0.0.1:" + safe.port() + "/p/200:b'safe'"}).out, "safe");
    EXPECT_THAT(pathop.flow()["response"]["headers"].dump(), HasSubstr("squid"));
    EXPECT_EQ(pathop.flow()["response"]["body"], "safe");
}

/// mitmdump, which writes its authority into a folder of the test.
class Mitmdump {
public:
    Mitmdump() {
        for (int attempt = 0; attempt < 5 && !running_; ++attempt) start();
    }
    ~Mitmdump() {
        process_->signal(SIGTERM);
        process_->wait();
    }
    bool is_running() const { return running_; }
    std::string url() const { return "http://127.0.0.1:" + std::to_string(port_); }
    std::string authority() const { return (folder_.path() / "mitmproxy-ca-cert.pem").string(); }

private:
    void start() {
        port_ = test::free_port();
        process_ = std::make_unique<test::Process>(
            "env", std::vector<std::string>{"PYTHONUNBUFFERED=1", "/usr/bin/mitmdump", "--listen-host", "127.0.0.1",
                                            "-p", std::to_string(port_), "--set", "confdir=" + folder_.path().string(),
                                            "--ssl-insecure"});
        running_ = process_->read_until("roxy server listening at");
    }

    test::Folder folder_;
    std::unique_ptr<test::Process> process_;
    bool running_ = false;
    std::uint16_t port_ = 0;
};

TEST(PathopPeers, P07_MitmproxyIsAnUpstreamProxy) {
    if (!test::is_installed("/usr/bin/mitmdump")) GTEST_SKIP() << "mitmproxy is not installed";
    Mitmdump const mitmdump;
    if (!mitmdump.is_running()) GTEST_SKIP() << "mitmdump does not start here";
    Pathod const plain, safe({"-s"});
    Pathop pathop({"--json", "--mode", "upstream:" + mitmdump.url(), "--upstream-trusted-ca", mitmdump.authority()});
    EXPECT_EQ(curl_through(pathop.url(), {plain.url("/p/200:b'plain'")}).out, "plain");
    EXPECT_EQ(curl_through(pathop.url(), {"https://127.0.0.1:" + safe.port() + "/p/200:b'safe'"}).out, "safe");
}

}  // namespace
}  // namespace pathology::integration
