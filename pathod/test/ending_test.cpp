// How responses end connections: what a client on the wire sees of each ending.
#include <gtest/gtest.h>

#include <pathology/pathod/daemon.hpp>
#include <string>
#include <string_view>

#include "http2/frames.hpp"
#include "support/client.hpp"
#include "support/row_name.hpp"
#include "support/websocket_outcome.hpp"

namespace pathology::pathod {
namespace {

using test::Client;

constexpr std::string_view head = "HTTP/1.1 200 OK\r\n\r\n";

std::string get(std::string_view path) { return "GET " + std::string(path) + " HTTP/1.1\r\nHost: x\r\n\r\n"; }

/// A client of a daemon that runs as long as the test.
class EndingTest : public testing::Test {
protected:
    void SetUp() override { daemon.start().value(); }

    Daemon daemon{DaemonOptions{}};
};

TEST_F(EndingTest, AResetComesBehindTheBytes) {
    Client client(daemon.port());
    EXPECT_EQ(client.send(get("/p/200:r:b'abc':da,rst")).read_to_end(), std::string(head) + "abc[error]");
}

TEST_F(EndingTest, AResetLosesNoByteOfALargeResponse) {
    Client client(daemon.port());
    auto const received = client.send(get("/p/200:r:b@8m,digits:da,rst")).read_to_end();
    EXPECT_EQ(received.size(), head.size() + (8U << 20U) + std::string_view("[error]").size());
}

TEST_F(EndingTest, AHalfCloseLetsTheClientGoOn) {
    Client client(daemon.port());
    EXPECT_EQ(client.send(get("/p/200:r:b'abc':da,half")).read_to_end(), std::string(head) + "abc");
    // A daemon that had closed its socket would reset the connection for this.
    for (int i = 0; i < 10; ++i) client.send(std::string(100'000, 'x'));
    EXPECT_EQ(client.half_close().read_to_end(), "");
}

TEST_F(EndingTest, RequestsBehindAHalfCloseGetNoResponse) {
    Client client(daemon.port());
    EXPECT_EQ(client.send(get("/p/200:r:da,half") + get("/p/201")).read_to_end(), head);
}

TEST_F(EndingTest, ACutWithoutTlsIsAnEnd) {
    Client client(daemon.port());
    EXPECT_EQ(client.send(get("/p/200:r:b'abc':d10,cut")).read_to_end(), head.substr(0, 10));
}

TEST_F(EndingTest, AHoldEndsWithTheClient) {
    Client client(daemon.port());
    client.send(get("/p/200:r:d5,hold"));
    EXPECT_EQ(client.read(5), "HTTP/");
    EXPECT_EQ(client.half_close().read_to_end(), "");
}

TEST_F(EndingTest, AHoldDoesNotRead) {
    Client client(daemon.port());
    client.send(get("/p/200:r:d5,hold"));
    EXPECT_EQ(client.read(5), "HTTP/");
    EXPECT_LT(client.send_until_full(), 64U << 20U);
}

TEST_F(EndingTest, AHoldEndsWithTheDaemon) {
    Client client(daemon.port());
    client.send(get("/p/200:r:d5,hold"));
    EXPECT_EQ(client.read(5), "HTTP/");
    daemon.stop();
    EXPECT_EQ(client.read(1), "");
}

TEST_F(EndingTest, AnAnchorMayRefuseByAReset) {
    Daemon refusing({.anchors = {"/=200:d0,rst"}});
    refusing.start().value();
    Client client(refusing.port());
    EXPECT_EQ(client.send(get("/")).read_to_end(), "[error]");
}

TEST_F(EndingTest, WhatDoesNotWaitIsNoPause) {
    Daemon strict({.nohang = true});
    strict.start().value();
    Client client(strict.port());
    EXPECT_EQ(client.send(get("/p/200:r:t0,1/0:d3,rst")).read_to_end(), "HTT[error]");
}

// --- frames ----------------------------------------------------------------------------------------------------------

TEST_F(EndingTest, AWebsocketFrameMayReset) {
    Client client(daemon.port());
    client.send(test::handshake("/p/ws"));
    test::read_until(client, "\r\n\r\n");
    constexpr std::string_view asking = "wf:b'hi':da,rst";
    std::string frame("\x81\x80\0\0\0\0", 6);
    frame[1] = static_cast<char>(0x80U | (7 + asking.size()));
    EXPECT_EQ(client.send(frame + "pathod!" + std::string(asking)).read_to_end(), "\x01\x02hi[error]");
}

// --- HTTP/2 ----------------------------------------------------------------------------------------------------------

namespace h2 = proxycore::http2::test;

std::string preface_and_get(std::string_view path) {
    return h2::hello() +
           h2::headers(1, {{":method", "GET"}, {":scheme", "http"}, {":path", path}, {":authority", "x"}}, 5);
}

TEST_F(EndingTest, OverHttp2AResetEndsTheConnection) {
    Client client(daemon.port());
    auto const received = client.send(preface_and_get("/p/200:r:b'abc':dhead,rst")).read_to_end();
    EXPECT_TRUE(received.ends_with("\x88[error]")) << received;
}

TEST_F(EndingTest, OverHttp2AHalfCloseLetsTheClientGoOn) {
    Client client(daemon.port());
    auto const received = client.send(preface_and_get("/p/200:r:b'abc':da,half")).read_to_end();
    EXPECT_TRUE(received.ends_with("abc")) << received;
    std::string const ping("\0\0\x08\x06\0\0\0\0\0pingpong", 17);
    for (int i = 0; i < 10; ++i) client.send(ping);
    EXPECT_EQ(client.half_close().read_to_end(), "");
}

TEST_F(EndingTest, OverHttp2AHoldEndsWithTheClient) {
    Client client(daemon.port());
    client.send(preface_and_get("/p/200:r:b'abc':dhead,hold"));
    EXPECT_TRUE(test::read_until(client, "\x88").ends_with("\x88"));
    EXPECT_EQ(client.half_close().read_to_end(), "");
}

TEST_F(EndingTest, OverHttp2AHoldDoesNotRead) {
    Client client(daemon.port());
    client.send(preface_and_get("/p/200:r:b'abc':dhead,hold"));
    EXPECT_TRUE(test::read_until(client, "\x88").ends_with("\x88"));
    EXPECT_LT(client.send_until_full(), 64U << 20U);
}

}  // namespace
}  // namespace pathology::pathod
