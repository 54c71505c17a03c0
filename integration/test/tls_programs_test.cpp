// TLS as doc/tls.md tells it, played with the built programs, curl and nginx.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "nginx.hpp"
#include "programs.hpp"
#include "support/folder.hpp"

namespace pathology::integration {
namespace {

using test::Folder;
using testing::HasSubstr;
using testing::StartsWith;

constexpr auto reported = ">> 'GET':/foo\n<< 200 OK: 5 bytes\n";

/// A daemon with an authority of its own.
class TlsPathod {
public:
    explicit TlsPathod(std::vector<std::string> arguments)
        : conf_((folder_.path() / "conf").string()), pathod_(with_conf(std::move(arguments), conf_)) {}

    std::string authority() const { return conf_ + "/pathology-ca-cert.pem"; }
    std::string port() const { return pathod_.port(); }
    Ended stop() { return pathod_.stop(); }

private:
    static std::vector<std::string> with_conf(std::vector<std::string> arguments, std::string const& conf) {
        arguments.insert(arguments.end(), {"--confdir", conf, "-a", "/foo=200:b'hello'"});
        return arguments;
    }

    Folder folder_;
    std::string conf_;
    Pathod pathod_;
};

TEST(TlsPrograms, AClientVerifiesADaemon) {
    TlsPathod const pathod({"-s"});
    EXPECT_EQ(pathoc({"-s", "--ca", pathod.authority(), "-p", pathod.port(), "localhost", "get:/foo"}).out, reported);
    EXPECT_EQ(pathoc({"-s", "--ca", pathod.authority(), "-p", pathod.port(), "127.0.0.1", "get:/foo"}).out, reported);
}

TEST(TlsPrograms, AClientDoesNotTrustAStranger) {
    TlsPathod pathod({"-s"});
    auto const ended = pathoc({"-s", "--verify", "-p", pathod.port(), "127.0.0.1", "get:/foo"});
    EXPECT_EQ(ended.status, 1);
    EXPECT_THAT(ended.err, StartsWith("TLS handshake failed: the certificate of the server was rejected: "));
    EXPECT_THAT(pathod.stop().out, HasSubstr("TLS handshake failed: the client sent alert unknown_ca (48)\n"));
}

TEST(TlsPrograms, AClientTunnelsToADaemonInsideADaemon) {
    TlsPathod const pathod({});
    auto const ended = pathoc({"-s", "-c", "inner.test:443", "-p", pathod.port(), "127.0.0.1", "get:/foo"});
    EXPECT_EQ(ended.out, reported) << ended.err;
    auto const verified = pathoc(
        {"-s", "--ca", pathod.authority(), "-c", "inner.test:443", "-p", pathod.port(), "127.0.0.1", "get:/foo"});
    EXPECT_EQ(verified.out, reported) << verified.err;
}

TEST(TlsPrograms, ADisconnectInTheSpecIsNoTruncationOfTls) {
    TlsPathod const pathod({"-s"});
    auto const ended = pathoc({"-s", "-p", pathod.port(), "127.0.0.1", "get:'/p/200:b@100:d60'"});
    EXPECT_THAT(ended.out, HasSubstr("unexpected end inside the body: 20 of 100 bytes"));
    EXPECT_THAT(ended.out, testing::Not(HasSubstr("close_notify")));
}

TEST(TlsPrograms, NginxIsSpokenToOverTls) {
    if (!Nginx::is_installed()) GTEST_SKIP() << "nginx is not installed";
    Folder const folder;
    auto const made = test::run(
        "openssl", {"req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-keyout",
                    (folder.path() / "key.pem").string(), "-out", (folder.path() / "cert.pem").string(), "-days", "3",
                    "-subj", "/CN=nginx.test", "-addext", "subjectAltName=IP:127.0.0.1"});
    ASSERT_EQ(made.status, 0) << made.err;
    auto const certificate = (folder.path() / "cert.pem").string();
    Nginx const nginx(
        "return 200 \"hello\";", "ssl",
        "ssl_certificate " + certificate + "; ssl_certificate_key " + (folder.path() / "key.pem").string() + ";");
    ASSERT_TRUE(nginx.is_running()) << nginx.failure();
    auto const ended = pathoc({"-s", "-S", "--ca", certificate, "-p", nginx.port(), "127.0.0.1", "get:/foo"});
    EXPECT_THAT(ended.out, StartsWith("Application Layer Protocol: http/1.1\nCipher: "));
    EXPECT_THAT(ended.out, HasSubstr("CN=nginx.test\n"));
    EXPECT_TRUE(ended.out.ends_with(reported)) << ended.out;
    EXPECT_EQ(pathoc({"-s", "-n", "3", "-p", nginx.port(), "127.0.0.1", "get:/foo"}).out,
              std::string(reported) + reported + reported);
}

}  // namespace
}  // namespace pathology::integration
