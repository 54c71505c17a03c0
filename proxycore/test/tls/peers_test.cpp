// Our engine against other people's: `openssl s_client`, `openssl s_server`, curl.
#include <gmock/gmock.h>

#include <pathology/proxycore/net/connect.hpp>
#include <pathology/proxycore/net/server.hpp>
#include <pathology/proxycore/tls/tls_stream.hpp>

#include "support/folder.hpp"
#include "support/play.hpp"
#include "support/process.hpp"
#include "support/row_name.hpp"
#include "support/streams.hpp"
#include "tls/engine_pair.hpp"

namespace pathology::proxycore::tls {
namespace {

using pathology::test::Ended;
using pathology::test::Folder;
using pathology::test::is_installed;
using pathology::test::Process;
using pathology::test::run;
using proxycore::test::play;
using testing::HasSubstr;
using Played = asio::awaitable<void>;

constexpr auto patience = proxycore::test::patience;

/// Answers every request with 200 and what was agreed on, and says how each connection ended.
class Origin {
public:
    explicit Origin(AcceptSettings const& settings = {})
        : context_(AcceptContext::make(settings).value()),
          server_({}, [this](net::Connection connection) { return serve(std::move(connection)); }) {
        server_.start().value();
    }

    std::string port() const { return std::to_string(server_.port()); }
    std::string endpoint() const { return "127.0.0.1:" + port(); }
    /// How the connections ended, once all have.
    std::vector<std::string> const& endings() {
        EXPECT_TRUE(server_.wait_until_empty(patience));
        return endings_;
    }

private:
    Played serve(net::Connection connection) {
        Engine engine(context_, test::show_origin());
        TlsStream stream(std::move(connection.stream), std::move(engine));
        auto const done = co_await stream.handshake(patience);
        if (!done) {
            endings_.push_back(done.error().message);
            co_return;
        }
        std::string request;
        std::array<char, 4096> block{};
        while (request.find("\r\n\r\n") == std::string::npos) {
            auto const [ec, n] = co_await stream.read_some(asio::buffer(block));
            if (ec) {
                endings_.push_back(stream.failure() ? stream.failure()->message : net::describe(ec));
                co_return;
            }
            request.append(block.data(), n);
        }
        auto const info = stream.info();
        auto const text = info.version + " " + info.cipher + (info.resumed ? " resumed" : "") + " sni=" + info.sni +
                          " client=" + (info.peer_chain.empty() ? "" : info.peer_chain[0].subject_value("CN")) + "\n";
        auto const response = "HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: " + std::to_string(text.size()) +
                              "\r\n\r\n" + text;
        co_await net::send(stream, response);
        endings_.push_back("answered");
    }

    AcceptContext context_;
    std::vector<std::string> endings_;
    net::Server server_;
};

Ended curl(std::vector<std::string> arguments) {
    for (auto const* argument : {"-sS", "--max-time", "25"}) arguments.emplace_back(argument);
    return run("curl", std::move(arguments));
}

/// Two arguments by which curl finds it under that name.
std::vector<std::string> found_as_origin(Origin const& origin) {
    return {"--resolve", "origin.test:" + origin.port() + ":127.0.0.1", "https://origin.test:" + origin.port() + "/"};
}

#define NEEDS(program) \
    if (!is_installed(program)) GTEST_SKIP() << (program) << " is not installed"

TEST(Curl, TrustsOurAuthority) {
    NEEDS("curl");
    Origin origin;
    auto arguments = found_as_origin(origin);
    arguments.insert(arguments.end(), {"--cacert", test::trusted_file()});
    auto const ended = curl(arguments);
    EXPECT_EQ(ended.status, 0) << ended.err;
    EXPECT_THAT(ended.out, HasSubstr("TLSv1.3 TLS_AES_256_GCM_SHA384 sni=origin.test"));
    EXPECT_EQ(origin.endings(), std::vector<std::string>{"answered"});
}

TEST(Curl, ThatDoesNotTrustUsIsUnderstood) {
    NEEDS("curl");
    Origin origin;
    auto const ended = curl(found_as_origin(origin));
    EXPECT_EQ(ended.status, 60);
    EXPECT_EQ(origin.endings(),
              std::vector<std::string>{"TLS handshake failed: the client sent alert unknown_ca (48)"});
}

TEST(Curl, ThatSpeaksPlainlyIsUnderstood) {
    NEEDS("curl");
    Origin origin;
    curl({"http://" + origin.endpoint() + "/x"});
    EXPECT_EQ(
        origin.endings(),
        std::vector<std::string>{"TLS handshake failed: the client does not speak TLS but sent \"GET /x HTTP/1.1\""});
}

struct PinCase {
    std::string_view name;
    std::vector<std::string> client;
    std::string_view server, agreed;
};
class VersionPin : public testing::TestWithParam<PinCase> {};
TEST_P(VersionPin, HoldsAgainstSClient) {
    NEEDS("openssl");
    AcceptSettings settings;
    settings.versions = parse_versions(GetParam().server).value();
    Origin origin(settings);
    std::vector<std::string> arguments{"s_client", "-connect", origin.endpoint(), "-servername", "origin.test"};
    for (auto const& argument : GetParam().client) arguments.push_back(argument);
    auto const ended = run("openssl", arguments);  // its standard input is empty: it ends after the handshake
    if (GetParam().agreed.empty()) {
        EXPECT_NE(ended.status, 0);
        ASSERT_EQ(origin.endings().size(), 1U);
        EXPECT_THAT(origin.endings()[0], HasSubstr("protocol_version (70)"));
    } else {
        EXPECT_THAT(ended.out, HasSubstr("New, " + std::string(GetParam().agreed))) << ended.err;
    }
}
std::vector<std::string> at_level_0(std::string version) {
    return {std::move(version), "-cipher", "DEFAULT:@SECLEVEL=0"};
}
INSTANTIATE_TEST_SUITE_P(Openssl, VersionPin,
                         testing::Values(PinCase{"Newest", {}, "secure", "TLSv1.3"},
                                         PinCase{"Tls12", {"-tls1_2"}, "secure", "TLSv1.2"},
                                         PinCase{"Tls11", at_level_0("-tls1_1"), "all", "TLSv1.0, Cipher"},
                                         PinCase{"Tls10", at_level_0("-tls1"), "TLSv1", "TLSv1.0, Cipher"},
                                         PinCase{"Tls11Refused", at_level_0("-tls1_1"), "secure", ""},
                                         PinCase{"Tls12Refused", {"-tls1_2"}, "TLSv1_3", ""}),
                         pathology::test::row_name);

TEST(SClient, IsResumedByATicket) {
    NEEDS("openssl");
    for (auto const* version : {"-tls1_2", "-tls1_3"}) {
        Folder const folder;
        auto const session = (folder.path() / "session").string();
        Origin origin;
        auto const client = "printf 'GET / HTTP/1.1\\r\\n\\r\\n' | openssl s_client -quiet -no_ign_eof -ign_eof " +
                            std::string(version) + " -connect " + origin.endpoint();
        auto const ask = [&](std::string const& option) {
            auto command = client;
            command.append(" ").append(option).append(" ").append(session);
            return run("sh", {"-c", command});
        };
        auto const first = ask("-sess_out");
        EXPECT_THAT(first.out, Not(HasSubstr("resumed"))) << first.err;
        EXPECT_THAT(first.out, HasSubstr("200 OK")) << first.err;
        EXPECT_THAT(ask("-sess_in").out, HasSubstr(" resumed")) << version;
    }
}

TEST(Curl, ShowsItsCertificateWhenAsked) {
    NEEDS("curl");
    Folder const folder;
    auto const file = folder.write("client.pem", test::identity_for({"client.test"}).pem());
    AcceptSettings settings;
    settings.client_certificates = ClientCertificates::request;
    Origin origin(settings);
    EXPECT_THAT(curl({"-k", "--cert", file, "https://" + origin.endpoint() + "/"}).out,
                HasSubstr("client=client.test"));
    EXPECT_THAT(curl({"-k", "https://" + origin.endpoint() + "/"}).out, HasSubstr("client=\n"));
}

// --- our client ------------------------------------------------------------------------------------------------------

/// `openssl s_server -www` with a certificate of ours.
class SServer {
public:
    explicit SServer(Identity const& identity, std::vector<std::string> further = {})
        : file_(folder_.write("server.pem", identity.pem())) {
        std::vector<std::string> arguments{"s_server", "-accept", "127.0.0.1:0", "-www", "-cert", file_};
        for (auto& argument : further) arguments.push_back(std::move(argument));
        process_ = std::make_unique<Process>("openssl", arguments);
        for (auto line = process_->read_line(); !line.empty(); line = process_->read_line()) {
            if (!line.starts_with("ACCEPT ")) continue;
            port_ = static_cast<std::uint16_t>(std::stoi(line.substr(line.rfind(':') + 1)));
            break;
        }
    }
    ~SServer() {
        process_->signal(SIGTERM);
        process_->wait();
    }

    std::uint16_t port() const { return port_; }

private:
    Folder folder_;
    std::string file_;
    std::unique_ptr<Process> process_;
    std::uint16_t port_ = 0;
};

/// Connects, and gives the failure's message, or what was agreed on.
std::string outcome_with(SServer const& server, ConnectSettings const& settings, std::string const& host) {
    std::string outcome;
    play([&]() -> Played {
        auto opened = co_await net::connect("127.0.0.1", server.port(), patience);
        Engine engine(ConnectContext::make(settings).value(), ServerName::of(host));
        TlsStream stream(std::move(*opened), std::move(engine));
        auto const done = co_await stream.handshake(patience);
        if (!done) {
            outcome = done.error().message;
            co_return;
        }
        auto const info = stream.info();
        outcome = info.version + " " + info.cipher + " chain=" + std::to_string(info.peer_chain.size());
        co_await net::send(stream, "GET / HTTP/1.0\r\n\r\n");
        std::string page;
        auto const ec = co_await proxycore::test::read_to_end(stream, page);
        if (page.find("200 ok") == std::string::npos) outcome = net::describe(ec) + ": " + page;
    });
    return outcome;
}

TEST(SServer, IsVerified) {
    NEEDS("openssl");
    SServer const server(test::identity_for({"origin.test", "127.0.0.1"}));
    EXPECT_THAT(outcome_with(server, test::verifying(), "origin.test"),
                HasSubstr("TLSv1.3 TLS_AES_256_GCM_SHA384 chain=1"));
    EXPECT_THAT(outcome_with(server, test::verifying(), "127.0.0.1"), HasSubstr("TLSv1.3"));
    EXPECT_THAT(outcome_with(server, test::verifying(), "wrong.test"), HasSubstr("rejected: hostname mismatch"));
    ConnectSettings with_the_systems_authorities;
    with_the_systems_authorities.verify = Trust{};
    EXPECT_THAT(outcome_with(server, with_the_systems_authorities, "origin.test"),
                HasSubstr("unable to get local issuer"));
    EXPECT_THAT(outcome_with(server, {}, "wrong.test"), HasSubstr("TLSv1.3")) << "where nothing is verified";
}

TEST(SServer, IsHeldToVersionsAndCiphers) {
    NEEDS("openssl");
    SServer const server(test::identity_for({"origin.test"}));
    ConnectSettings settings;
    settings.versions = {Version::tls1_2, Version::tls1_2};
    settings.ciphers.list = "ECDHE-ECDSA-CHACHA20-POLY1305";
    EXPECT_THAT(outcome_with(server, settings, "origin.test"), HasSubstr("TLSv1.2 ECDHE-ECDSA-CHACHA20-POLY1305"));
    settings.ciphers.list = "ECDHE-RSA-AES128-GCM-SHA256";
    EXPECT_EQ(outcome_with(server, settings, "origin.test"),
              "TLS handshake failed: the server sent alert handshake_failure (40)");
}

TEST(SServer, WithAnExpiredCertificateIsRejected) {
    NEEDS("openssl");
    SServer const server(test::expired_identity("origin.test"));
    auto const settings = test::verifying();
    EXPECT_EQ(outcome_with(server, settings, "origin.test"),
              "TLS handshake failed: the certificate of the server was rejected: certificate has expired");
}

TEST(SServer, GetsOurCertificate) {
    NEEDS("openssl");
    SServer const server(test::identity_for({"origin.test"}),
                         {"-Verify", "1", "-CAfile", test::trusted_file(), "-verify_return_error", "-tls1_2"});
    EXPECT_THAT(outcome_with(server, {}, "origin.test"), HasSubstr("the server sent alert handshake_failure (40)"));
    ConnectSettings settings;
    settings.identity = test::identity_for({"client.test"});
    auto const outcome = outcome_with(server, settings, "origin.test");
    EXPECT_THAT(outcome, Not(HasSubstr("handshake_failure"))) << outcome;
}

}  // namespace
}  // namespace pathology::proxycore::tls
