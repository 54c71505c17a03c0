// Responses that are several messages, chunks, trailers or just bytes: what is on the wire, and what comes after it.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <pathology/pathod/daemon.hpp>
#include <string>
#include <string_view>

#include "support/client.hpp"
#include "support/row_name.hpp"
#include "support/websocket_outcome.hpp"

namespace pathology::pathod {
namespace {

using test::Client;

constexpr std::string_view ok = "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n";

struct MessagesCase {
    std::string_view name;
    std::string spec, received;
    std::string_view method = "GET";
};
void PrintTo(MessagesCase const& row, std::ostream* out) { *out << row.name; }

class Messages : public testing::TestWithParam<MessagesCase> {
protected:
    void SetUp() override { daemon.start().value(); }

    Daemon daemon{DaemonOptions{.anchors = {"/x=" + GetParam().spec, "/next=200"}}};
    std::string const request = std::string(GetParam().method) + " /x HTTP/1.1\r\nHost: x\r\n\r\n";
};

TEST_P(Messages, AreSentAndTheConnectionGoesOn) {
    std::string const next = "GET /next HTTP/1.1\r\nHost: x\r\n\r\n";
    EXPECT_EQ(Client(daemon.port()).ask(request + next), GetParam().received + std::string(ok));
}

TEST_P(Messages, AreTheSameByteByByte) {
    Client client(daemon.port());
    for (char const c : request) client.send({&c, 1});
    EXPECT_EQ(client.half_close().read_to_end(), GetParam().received);
}

INSTANTIATE_TEST_SUITE_P(
    Of, Messages,
    testing::Values(
        MessagesCase{"AnInterimResponse", "103:h'Link'='</a>' 200:b'x'",
                     "HTTP/1.1 103 Unknown code\r\nLink: </a>\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\nx"},
        MessagesCase{"AGroup", "(100 )x2 204:r",
                     "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 204 No Content\r\n\r\n"},
        MessagesCase{"AnUnaskedResponse", "200:b'a' 200:b'b'",
                     "HTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\naHTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\nb"},
        MessagesCase{"Bytes", R"(raw:'ICY 200 OK\n\n')", "ICY 200 OK\n\n"}, MessagesCase{"NoBytes", "raw", ""},
        MessagesCase{"RepeatedBytes", "raw:'ab':x3", "ababab"},
        MessagesCase{"LineFeeds", R"(200:n'\n')", "HTTP/1.1 200 OK\nContent-Length: 0\n\n"},
        MessagesCase{"OldVersion", "200:v'HTTP/1.0'", "HTTP/1.0 200 OK\r\nContent-Length: 0\r\n\r\n"},
        MessagesCase{"Chunks", "200:k'a':e'A'='1'",
                     "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1\r\na\r\n0\r\nA: 1\r\n\r\n"},
        MessagesCase{"AChunkThatLies", "200:r:k'FF;x'='a'", "HTTP/1.1 200 OK\r\n\r\nFF;x\r\na\r\n"},
        MessagesCase{"ChunksToHead", "200:k'a'", "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n", "HEAD"},
        MessagesCase{"ABodyToHead", "200:h'Content-Length'='2' raw:'hi'",
                     "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi", "HEAD"},
        MessagesCase{"RepeatedFields", "200:r:h'A'='1'*3", "HTTP/1.1 200 OK\r\nA: 1\r\nA: 1\r\nA: 1\r\n\r\n"}),
    pathology::test::row_name);

TEST(MessagesTest, SixThousandFieldsAreSent) {
    Daemon daemon{DaemonOptions{}};
    daemon.start().value();
    auto const received = Client(daemon.port()).ask("GET /p/200:r:h'A'='1'*6000 HTTP/1.1\r\nHost: x\r\n\r\n");
    EXPECT_EQ(received.size(), std::string_view("HTTP/1.1 200 OK\r\n\r\n").size() + 6000 * 6);
}

TEST(MessagesTest, RepetitionsAreBounded) {
    Daemon daemon{DaemonOptions{}};
    daemon.start().value();
    auto const received =
        Client(daemon.port()).ask("GET /p/200:h'A'='1'*900000:h'B'='1'*900000 HTTP/1.1\r\nHost: x\r\n\r\n");
    EXPECT_THAT(received, testing::HasSubstr("the repetitions of a message have at most 1000000 parts"));
}

TEST(MessagesTest, FramesStandBehindAHandshake) {
    Daemon daemon{DaemonOptions{.anchors = {"/chat=ws wf:fin:b'hi' wf:fin:cping"}}};
    daemon.start().value();
    Client client(daemon.port());
    client.send(test::handshake("/chat"));
    auto const received = test::read_until(client, "\x89" + std::string(1, '\0'));
    EXPECT_THAT(received, testing::HasSubstr("\r\n\r\n\x81\x02hi\x89"));
}

TEST(MessagesTest, AnEndingEndsThoseBehindIt) {
    Daemon daemon{DaemonOptions{.anchors = {"/=100:da,rst 200"}}};
    daemon.start().value();
    Client client(daemon.port());
    EXPECT_EQ(client.send("GET / HTTP/1.1\r\nHost: x\r\n\r\n").read_to_end(), "HTTP/1.1 100 Continue\r\n\r\n[error]");
}

TEST(MessagesTest, TheLogHasAllOfThem) {
    Daemon daemon{DaemonOptions{.anchors = {"/=(100 )x2 200:k'ab'*3:k'c'"}}};
    daemon.start().value();
    Client(daemon.port()).ask("GET / HTTP/1.1\r\nHost: x\r\n\r\n");
    auto const log = daemon.log().wait_for(1, std::chrono::seconds(20)).value();
    ASSERT_EQ(log.size(), 1U);
    auto const& response = *log.front().response;
    EXPECT_EQ(response.spec, "(100 )x2 200:k'ab'*3:k'c':h'Transfer-Encoding'='chunked':k''");
    EXPECT_EQ(response.status_code, "100");
    EXPECT_EQ(response.body, "abababc");
    EXPECT_EQ(response.body_size, 7U);
}

}  // namespace
}  // namespace pathology::pathod
