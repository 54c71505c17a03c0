// The program's TLS options, with curl and openssl as clients.
#include <gmock/gmock.h>

#include <algorithm>
#include <cstdlib>
#include <nlohmann/json.hpp>

#include "support/folder.hpp"
#include "support/process.hpp"

namespace pathology::pathod {
namespace {

using pathology::test::Ended;
using pathology::test::Folder;
using pathology::test::is_installed;
using pathology::test::Process;
using pathology::test::run;
using testing::HasSubstr;
using Json = nlohmann::json;

/// The program, with an authority in a folder of its own.
class Pathod {
public:
    explicit Pathod(std::vector<std::string> arguments, bool is_json = false) : arguments_(std::move(arguments)) {
        for (auto const* argument : {"-p", "0", "--no-timestamp", "--confdir"}) arguments_.emplace_back(argument);
        arguments_.push_back(conf());
        if (is_json) arguments_.emplace_back("--json");
        process_ = std::make_unique<Process>(PATHOD_PROGRAM, arguments_);
        auto const greeting = is_json ? process_->read_error_line() : process_->read_line();
        port_ = greeting.substr(greeting.rfind(':') + 1);
    }
    ~Pathod() {
        process_->signal(SIGTERM);
        process_->wait();
    }
    Pathod(Pathod const&) = delete;
    Pathod& operator=(Pathod const&) = delete;

    std::string conf() const { return (folder_.path() / "conf").string(); }
    std::string authority() const { return conf() + "/pathology-ca-cert.pem"; }
    std::string const& port() const { return port_; }
    std::string read_line() { return process_->read_line(); }

    /// curl, which trusts the authority and finds every host here.
    Ended curl(std::vector<std::string> arguments) const {
        for (auto const* argument : {"-sS", "--max-time", "25", "--connect-to"}) arguments.emplace_back(argument);
        arguments.push_back("::127.0.0.1:" + port_);
        return run("curl", std::move(arguments));
    }

private:
    Folder folder_;
    std::vector<std::string> arguments_;
    std::unique_ptr<Process> process_;
    std::string port_;
};

#define NEEDS(program) \
    if (!is_installed(program)) GTEST_SKIP() << (program) << " is not installed"

TEST(Program, ServesClientsThatTrustItsAuthority) {
    NEEDS("curl");
    Pathod pathod({"-s", "-a", "/foo=200:b'hello'"});
    auto const ended = pathod.curl({"--cacert", pathod.authority(), "https://any.host.test/foo"});
    EXPECT_EQ(ended.out, "hello") << ended.err;
}

TEST(Program, ServesInsideTunnels) {
    NEEDS("curl");
    Pathod pathod({"-a", "/foo=200:b'hello'"});
    auto const proxy = "http://127.0.0.1:" + pathod.port();
    auto const ended = run("curl", {"-sS", "--max-time", "25", "-x", proxy, "-k", "https://inner.test/foo"});
    EXPECT_EQ(ended.out, "hello") << ended.err;
    auto const again =
        run("curl", {"-sS", "--max-time", "25", "-x", proxy, "--cacert", pathod.authority(), "https://inner.test/foo"});
    EXPECT_EQ(again.out, "hello") << again.err;
}

TEST(Program, ReportsTlsInItsJson) {
    NEEDS("curl");
    Pathod pathod({"-s", "--request-client-cert"}, true);
    EXPECT_EQ(pathod.curl({"-k", "--http1.1", "--tls-max", "1.2", "https://any.test/p/200"}).status, 0);
    auto const entry = Json::parse(pathod.read_line());
    EXPECT_EQ(entry["cipher"].at(2), "TLSv1.2");
    EXPECT_EQ(entry["sni"], "any.test");
    EXPECT_EQ(entry["alpn"], "http/1.1");
    EXPECT_FALSE(entry.contains("clientcert"));
}

TEST(Program, ReportsInALineWhyAHandshakeFailed) {
    NEEDS("curl");
    Pathod pathod({"-s"});
    EXPECT_EQ(pathod.curl({"https://any.test/p/200"}).status, 60);
    EXPECT_EQ(pathod.read_line(), "TLS handshake failed: the client sent alert unknown_ca (48)");
}

TEST(Program, HoldsToVersionAndCiphers) {
    NEEDS("openssl");
    Pathod pathod({"-s", "--ssl-version", "TLSv1_2", "--ciphers", "ECDHE-RSA-AES128-GCM-SHA256"});
    auto const ended = run("openssl", {"s_client", "-connect", "127.0.0.1:" + pathod.port()});
    EXPECT_THAT(ended.out, HasSubstr("New, TLSv1.2, Cipher is ECDHE-RSA-AES128-GCM-SHA256")) << ended.err;
    auto const newer = run("openssl", {"s_client", "-connect", "127.0.0.1:" + pathod.port(), "-tls1_3"});
    EXPECT_NE(newer.status, 0);
    EXPECT_THAT(pathod.read_line(), HasSubstr("by alert protocol_version (70)"));
}

struct ClinicCase {
    std::string label, option, message;
    int status;
};

TEST(ClinicProgram, IsWhatCurlFinds) {
    NEEDS("curl");
    Pathod const pathod({"-s", "-a", "/=200:b'hello'"});
    ClinicCase const rows[] = {
        {"sha512", "", "", 0},
        {"ocsp-good", "--cert-status", "", 0},
        {"expired", "", "certificate has expired", 60},
        {"not-yet-valid", "", "certificate is not yet valid", 60},
        {"wrong.host", "", "no alternative certificate subject name matches", 60},
        {"self-signed", "", "self-signed certificate", 60},
        {"untrusted-root", "", "self-signed certificate in certificate chain", 60},
        {"incomplete-chain", "", "unable to get local issuer certificate", 60},
        {"sha1", "", "CA signature digest algorithm too weak", 60},
        {"rsa512", "", "EE certificate key too weak", 60},
        {"path-length", "", "path length constraint exceeded", 60},
        {"10000-sans", "", "excessive message size", 35},
        {"dh1024", "", "dh key too small", 35},
        {"alert-unrecognized-name", "", "unrecognized name", 35},
        {"must-staple", "--cert-status", "No OCSP response received", 91},
        {"revoked", "--cert-status", "revocation reason: keyCompromise", 91},
        {"ocsp-expired", "--cert-status", "OCSP response has expired", 91},
        {"ocsp-other", "--cert-status", "OCSP response verification failed", 91},
        {"ocsp-try-later", "--cert-status", "trylater", 91},
    };
    for (auto const& row : rows) {
        std::vector<std::string> arguments{"--cacert", pathod.authority(), "https://" + row.label + ".localhost/"};
        if (!row.option.empty()) arguments.push_back(row.option);
        auto const ended = pathod.curl(arguments);
        EXPECT_EQ(ended.status, row.status) << row.label << ": " << ended.err;
        EXPECT_THAT(ended.err, HasSubstr(row.message)) << row.label;
        EXPECT_EQ(ended.out, row.status == 0 ? "hello" : "") << row.label;
    }
}

/// Faults of the handshake that a client can be told to accept.
TEST(ClinicProgram, IsWhatOpensslFinds) {
    NEEDS("openssl");
    Pathod const pathod({"-s"});
    ClinicCase const rows[] = {
        {"null", "-tls1_2", "Cipher is ECDHE-ECDSA-NULL-SHA", 0},
        {"anonymous", "-tls1_2", "Cipher is ADH-AES256-GCM-SHA384", 0},
        {"static-rsa", "-tls1_2", "Cipher is AES256-GCM-SHA384", 0},
        {"cbc", "-tls1_2", "-SHA", 0},
        {"tls-v1-0", "-tls1", "New, TLSv1.0", 0},
        {"tls-v1-1", "-tls1_1", "Protocol  : TLSv1.1", 0},
        {"tls-v1-2", "-no_ssl3", "New, TLSv1.2", 0},
        {"tls-v1-3", "-no_ssl3", "New, TLSv1.3", 0},
        {"dh1024", "-tls1_2", "Server Temp Key: DH, 1024 bits", 0},
        {"tls-v1-3", "-tls1_2", "alert protocol version", 1},
        {"rc4", "-tls1_2", "alert handshake failure", 1},
    };
    for (auto const& row : rows) {
        auto const ended =
            run("openssl", {"s_client", "-connect", "127.0.0.1:" + pathod.port(), "-servername",
                            row.label + ".localhost", "-cipher", "ALL:COMPLEMENTOFALL:@SECLEVEL=0", row.option});
        EXPECT_THAT(ended.out + ended.err, HasSubstr(row.message)) << row.label;
        EXPECT_EQ(ended.status, row.status) << row.label << ": " << ended.err;
    }
}

TEST(ClinicProgram, IsListed) {
    auto const ended = run(PATHOD_PROGRAM, {"--clinic"});
    EXPECT_EQ(ended.status, 0);
    EXPECT_EQ(ended.err, "");
    EXPECT_THAT(ended.out, HasSubstr("\nwrong-host, wrong.host "));
    EXPECT_THAT(ended.out, HasSubstr(" certificate has expired "));
    EXPECT_THAT(ended.out, HasSubstr(" the validity ended yesterday (RFC 5280 §4.1.2.5)\n"));
    EXPECT_GE(std::count(ended.out.begin(), ended.out.end(), '\n'), 40);
}

TEST(Program, DoesATlsFaultAndPrintsIt) {
    NEEDS("curl");
    Pathod pathod({"-s", "--tls-fault", "p10,1ms:d40"});
    EXPECT_EQ(pathod.curl({"-k", "https://any.test/"}).status, 35);
    EXPECT_EQ(pathod.read_line(), "TLS fault: p10,1ms at byte 10, record 1+10");
    EXPECT_THAT(pathod.read_line(), HasSubstr("from 127.0.0.1:"));
    EXPECT_EQ(pathod.read_line(), "TLS fault: d40 at byte 40, record 1+40");
    EXPECT_THAT(pathod.read_line(), HasSubstr("from 127.0.0.1:"));
    EXPECT_THAT(pathod.read_line(),
                HasSubstr("TLS handshake failed: the connection was closed on this side (TLS fault: "));
    auto const wrong = run(PATHOD_PROGRAM, {"-p", "0", "--tls-fault", "q1"});
    EXPECT_EQ(wrong.status, 2);
    EXPECT_EQ(wrong.err, "pathod: --tls-fault:1:1: expected an action (p d i o c a)\nq1\n^\n");
}

TEST(Program, WritesTheKeyLogOfTheEnvironment) {
    NEEDS("curl");
    Folder const folder;
    auto const file = (folder.path() / "keys").string();
    ::setenv("SSLKEYLOGFILE", file.c_str(), 1);
    Pathod pathod({"-s"});
    ::unsetenv("SSLKEYLOGFILE");
    EXPECT_EQ(pathod.curl({"-k", "https://any.test/p/200"}).status, 0);
    EXPECT_THAT(folder.read("keys"), HasSubstr("SERVER_TRAFFIC_SECRET_0 "));
}

TEST(Program, RefusesABrokenAuthority) {
    Folder const folder;
    auto const file = folder.write("pathology-ca.pem", "garbage");
    auto const ended = run(PATHOD_PROGRAM, {"-s", "-p", "0", "--confdir", folder.path().string()});
    EXPECT_EQ(ended.status, 2);
    EXPECT_THAT(ended.err, HasSubstr(file));
    EXPECT_THAT(ended.err, HasSubstr("it holds no certificate"));
}

/// Good in the year 2020.
constexpr std::string_view old_authority = R"(-----BEGIN PRIVATE KEY-----
MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQgxdmVb0EsWwrcSiao
iS1Ac6x36mYns7Zd/2hN0N1f84yhRANCAASxyzAkvtS+Kuzg0NhbuNVrCdjCOQgR
2/vYvUA6fJeNG+pZTZD0y815AU086XJNGkOFOM2TTQC677h8zF/OkHlE
-----END PRIVATE KEY-----
-----BEGIN CERTIFICATE-----
MIIBHTCBxKADAgECAgEBMAoGCCqGSM49BAMCMA4xDDAKBgNVBAMMA29sZDAeFw0y
MDAxMDEwMDAwMDBaFw0yMTAxMDEwMDAwMDBaMA4xDDAKBgNVBAMMA29sZDBZMBMG
ByqGSM49AgEGCCqGSM49AwEHA0IABLHLMCS+1L4q7ODQ2Fu41WsJ2MI5CBHb+9i9
QDp8l40b6llNkPTLzXkBTTzpck0aQ4U4zZNNALrvuHzMX86QeUSjEzARMA8GA1Ud
EwEB/wQFMAMBAf8wCgYIKoZIzj0EAwIDSAAwRQIgWcI8U2S02GHG3C++XdS6hrVa
ghrQ2nxKIHc5ij/hCqsCIQD8YY+sD6I4Chrb3IPv7WsTaLzazT9qj/yQK20MQJbK
vQ==
-----END CERTIFICATE-----
)";

TEST(Program, WarnsOfAnAuthorityThatHasExpired) {
    Folder const folder;
    auto const file = folder.write("pathology-ca.pem", old_authority);
    Process process(PATHOD_PROGRAM, {"-s", "-p", "0", "--confdir", folder.path().string()});
    auto const warning = process.read_error_line();
    EXPECT_THAT(warning, HasSubstr(file));
    EXPECT_THAT(warning, HasSubstr("has expired"));
    EXPECT_THAT(process.read_line(), HasSubstr("listening"));  // all the same
    process.signal(SIGTERM);
    process.wait();
}

TEST(Program, MakesNoAuthorityUnlessItNeedsOne) {
    Pathod const pathod({});
    EXPECT_FALSE(std::filesystem::exists(pathod.conf()));
}

}  // namespace
}  // namespace pathology::pathod
