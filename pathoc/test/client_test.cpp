#include <pathology/pathoc/client.hpp>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "support/scripted_server.hpp"

namespace pathology::pathoc::test {
namespace {

using namespace std::chrono_literals;
using testing::HasSubstr;

std::string const ok = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\nX-A: 1\r\n\r\nhi";

ClientOptions to(ScriptedServer const& server) {
    ClientOptions options;
    options.port = server.port();
    options.time_limit = 10s;
    return options;
}

TEST(Client, GivesTheWholeResponse) {
    ScriptedServer const server({"HTTP/1.1 100 Continue\r\n\r\n" + ok});
    Client client(to(server));
    auto const reply = client.request("get:/").value();
    EXPECT_EQ(reply.status(), 200U);
    EXPECT_EQ(reply.reason(), "OK");
    EXPECT_EQ(reply.head.version, (proxycore::http::Version{1, 1}));
    EXPECT_EQ(reply.head.fields.first("x-a"), "1");
    EXPECT_EQ(reply.body, "hi");
    EXPECT_EQ(reply.interim.size(), 1U);
    EXPECT_THAT(reply.raw, testing::EndsWith("\r\n\r\nhi"));
    EXPECT_LE(reply.timings.sent, reply.timings.head);
    EXPECT_LE(reply.timings.head, reply.timings.whole);
}

TEST(Client, KeepsTheConnectionAndOpensANewOneAfterIt) {
    ScriptedServer const server({ok, ok});
    Client client(to(server));
    EXPECT_EQ(client.request("get:/:x2").value().body, "hi");
    EXPECT_TRUE(client.is_open());
    EXPECT_EQ(client.request("get:/").error().code, Errc::server_closed);
    EXPECT_FALSE(client.is_open());
    EXPECT_EQ(client.request("get:/").value().body, "hi");
    EXPECT_EQ(server.accepted(), 2U);
}

TEST(Client, GetsTheResponseToARequestThatEndsItsSide) {
    ScriptedServer const server({ok, ok});
    Client client(to(server));
    EXPECT_EQ(client.request("get:/:da,half").value().body, "hi");
    EXPECT_FALSE(client.is_open()) << "nothing more can be sent on it";
    EXPECT_EQ(client.request("get:/").value().body, "hi");
    EXPECT_EQ(server.accepted(), 2U);
}

class ClientEnding : public testing::TestWithParam<char const*> {};

TEST_P(ClientEnding, EndsTheExchange) {
    ScriptedServer const server({ok});
    Client client(to(server));
    auto const failure = client.request(std::string("get:/:d9,") + GetParam()).error();
    EXPECT_EQ(failure.code, Errc::closed_by_spec);
    EXPECT_EQ(failure.bytes_sent, 9U);
    EXPECT_FALSE(client.is_open());
}

INSTANTIATE_TEST_SUITE_P(, ClientEnding, testing::Values("fin", "rst", "cut"),
                         [](auto const& row) { return row.param; });

TEST(Client, HoldsTheConnectionUntilTheServerEndsIt) {
    ScriptedServer const server({ok});
    Client client(to(server));
    EXPECT_EQ(client.request("post:/:b'x':da-1,hold").error().code, Errc::closed_by_spec);
    EXPECT_EQ(server.accepted(), 1U);
}

TEST(Client, GivesFailuresWithNumbers) {
    ScriptedServer const server({"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nabc"});
    Client client(to(server));
    auto const failure = client.request("get:/").error();
    EXPECT_EQ(failure.code, Errc::server_closed);
    EXPECT_THAT(failure.message, HasSubstr("3 of 9 bytes"));
    EXPECT_EQ(failure.bytes_sent, client.last_sent().raw.size());
    EXPECT_EQ(failure.bytes_received, 41U);
    EXPECT_THROW(client.request("get:/").value(), ClientError);
}

TEST(Client, EndsEveryWaitByTheTimeLimit) {
    ScriptedServer const server({""}, Then::stay);
    auto options = to(server);
    options.time_limit = 100ms;
    Client client(options);
    auto const begun = std::chrono::steady_clock::now();
    EXPECT_EQ(client.request("get:/").error().code, Errc::timed_out);
    EXPECT_LT(std::chrono::steady_clock::now() - begun, 5s);
}

TEST(Client, RefusesABadSpecWithACaret) {
    ScriptedServer const server({ok});
    Client client(to(server));
    auto const failure = client.request("get:/:z").error();
    EXPECT_EQ(failure.code, Errc::bad_spec);
    EXPECT_THAT(failure.message, HasSubstr("get:/:z\n"));
    EXPECT_EQ(client.request("get:/:x0").error().code, Errc::bad_spec);
    EXPECT_EQ(server.accepted(), 0U);
}

TEST(Client, KnowsASpecThatReplaysWhatWasSent) {
    ScriptedServer const server({ok});
    Client client(to(server));
    ASSERT_TRUE(client.send("get:/:b@20:ir,@1"));  // which may well keep the server waiting
    auto const first = client.last_sent();
    Client other(to(server));
    ASSERT_TRUE(other.send(first.spec)) << first.spec;
    EXPECT_EQ(other.last_sent().raw, first.raw);
}

TEST(Client, TheSameSeedSendsTheSame) {
    ScriptedServer const server({ok});
    auto options = to(server);
    options.seed = 42;
    std::array<std::string, 2> sent;
    for (auto& raw : sent) {
        Client client(options);
        ASSERT_TRUE(client.request("get:/:b@20"));
        raw = client.last_sent().raw;
    }
    EXPECT_EQ(sent[0], sent[1]);
}

TEST(Client, PipelinesAndReceives) {
    ScriptedServer const server({ok, "HTTP/1.1 404 No\r\nContent-Length: 0\r\n\r\n"});
    Client client(to(server));
    EXPECT_EQ(client.send("get:/a get:/b").value().bytes, 72U);
    EXPECT_EQ(client.receive().value().status(), 200U);
    EXPECT_EQ(client.receive().value().status(), 404U);
}

TEST(Client, ReceivesFrames) {
    ScriptedServer const server({"HTTP/1.1 101 Switching Protocols\r\n\r\n" + std::string("\x81\x02hi", 4)});
    Client client(to(server));
    ASSERT_EQ(client.request("ws:/").value().status(), 101U);
    ASSERT_TRUE(client.send("wf:b'hello'"));
    EXPECT_EQ(client.receive_frame().value().payload, "hi");
    EXPECT_EQ(client.receive_frame().error().code, Errc::server_closed);
    EXPECT_EQ(client.receive_frame().error().code, Errc::not_a_conversation);
    EXPECT_EQ(client.receive().error().code, Errc::not_a_conversation);
}

TEST(Client, ClosesWhereTheSpecSaysSo) {
    ScriptedServer const server({ok});
    Client client(to(server));
    EXPECT_EQ(client.request("get:/:d3").error().code, Errc::closed_by_spec);
    EXPECT_EQ(client.last_sent().bytes, 3U);
    EXPECT_TRUE(client.last_sent().disconnected);
    EXPECT_TRUE(client.send("get:/:d0").value().disconnected);
}

TEST(Client, UsesATunnel) {
    ScriptedServer const proxy({"HTTP/1.1 200 Yes\r\n\r\n", ok});
    auto options = to(proxy);
    options.tunnel = proxycore::HostPort{"origin.test", 81};
    Client client(options);
    EXPECT_EQ(client.request("get:/").value().body, "hi");
    EXPECT_THAT(proxy.heads(), testing::ElementsAre(HasSubstr("CONNECT origin.test:81 "), HasSubstr("GET / ")));
}

TEST(Client, ReportsWhyThereIsNoConnection) {
    ClientOptions options;
    {
        ScriptedServer const gone({});
        options.port = gone.port();
    }
    Client client(options);
    auto const failure = client.request("get:/").error();
    EXPECT_EQ(failure.code, Errc::cannot_connect);
    EXPECT_THAT(failure.message, HasSubstr(std::to_string(options.port)));
}

}  // namespace
}  // namespace pathology::pathoc::test
