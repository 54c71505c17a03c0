// Every place at which a peer of pathop can stop, stall, lie or flood: it answers with the right page, tells the flow's
// end once, and serves the next one.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "pathop.hpp"
#include "support/row_name.hpp"

namespace pathology::integration {
namespace {

using testing::HasSubstr;
using testing::StartsWith;

/// Asks through a proxy, with the path percent-encoded as far as curl needs it.
std::string status_through(Pathop const& pathop, std::string const& url) {
    return curl_through(pathop.url(), {"--output", "/dev/null", "--write-out", "%{http_code}", url}).out;
}

/// The proxy still works.
void expect_service(Pathop& pathop, Pathod const& origin) {
    EXPECT_EQ(curl_through(pathop.url(), {origin.url("/p/200:b'alive'")}).out, "alive");
    EXPECT_EQ(pathop.flow()["response"]["body"], "alive");
}

// --- servers ---------------------------------------------------------------------------------------------------------

struct ServerCase {
    char const* name;
    char const* path;
    char const* says;  ///< of the flow's error
    std::vector<std::string> arguments = {};
    char const* status = "502";
};
class FaultyServer : public testing::TestWithParam<ServerCase> {};

TEST_P(FaultyServer, IsReportedToTheClient) {
    Pathod const origin;
    auto arguments = GetParam().arguments;
    arguments.emplace_back("--json");
    Pathop pathop(std::move(arguments));
    EXPECT_EQ(status_through(pathop, origin.url(GetParam().path)), GetParam().status);
    EXPECT_THAT(pathop.flow()["msg"].get<std::string>(), HasSubstr(GetParam().says));
    expect_service(pathop, origin);
    EXPECT_EQ(pathop.stop().status, 0);
}

INSTANTIATE_TEST_SUITE_P(
    Pathop, FaultyServer,
    testing::Values(
        ServerCase{"StopsBeforeAnyByte", "/p/200:d0", "closed the connection without a response"},
        ServerCase{"StopsInTheStatusLine", "/p/200:d7", "unexpected end"},
        ServerCase{"StopsInTheFields", "/p/200:b@100:d30", "unexpected end"},
        ServerCase{"StopsInTheBody", "/p/200:b@1k:d300", "unexpected end inside the body: 259 of 1024 bytes"},
        ServerCase{"StopsInAChunk", "/p/200:h'Transfer-Encoding'='chunked':r:b'a%0d%0nabc':da", "is malformed"},
        ServerCase{"ClaimsTooMuch", "/p/200:h'Content-Length'='10':b'short':da", "5 of 10 bytes"},
        ServerCase{"ClaimsTwoLengths", "/p/200:h'Content-Length'='5':h'Content-Length'='6'", "bad Content-Length"},
        ServerCase{"ClaimsANegativeLength", "/p/200:h'Content-Length'='-1'", "bad Content-Length"},
        ServerCase{"SmugglesAResponse", "/p/200:h'Transfer-Encoding'='chunked':h'Content-Length'='3'",
                   "Transfer-Encoding beside Content-Length"},
        ServerCase{"SpeaksNoHttp", "/p/200:i0,'SSH-2.0-x'", "is malformed"},
        ServerCase{"HasABadFieldName", "/p/200:h'bad%20name'='x'", "is malformed"},
        ServerCase{"FloodsTheHead", "/p/200:h'X'=@200k,ascii_letters", "is malformed"},
        ServerCase{"FloodsTheBody", "/p/200:b@20k,digits", "limit", {"-Z", "10k"}},
        ServerCase{"FloodsWithoutALength", "/p/200:r:b@20k,digits:da", "limit", {"-Z", "10k"}},
        ServerCase{"Stalls", "/p/200:p0,f", "silent", {"--set", "tcp_timeout=1"}, "504"}),
    test::row_name);

TEST(PathopFaults, P03_c_AClosedPortIsNamed) {
    Pathop pathop({"--json"});
    auto const ended = curl_through(pathop.url(), {"--include", "http://127.0.0.1:1/"});
    EXPECT_THAT(ended.out, StartsWith("HTTP/1.1 502 Bad Gateway\r\n"));
    EXPECT_THAT(ended.out, HasSubstr("127.0.0.1:1"));
    EXPECT_THAT(pathop.flow()["msg"].get<std::string>(), HasSubstr("127.0.0.1:1"));
}

TEST(PathopFaults, ABodyThatIsStreamedBreaksOff) {
    Pathod const origin;
    Pathop pathop({"--json", "--stream", "1k"});
    auto const ended = curl_through(pathop.url(), {"--output", "/dev/null", origin.url("/p/200:b@100k:d50000")});
    EXPECT_EQ(ended.status, 18) << ended.err;  // partial file
    auto const flow = pathop.flow();
    EXPECT_EQ(flow["response"]["status_code"], "200");
    EXPECT_THAT(flow["msg"].get<std::string>(), HasSubstr("unexpected end inside the body"));
    expect_service(pathop, origin);
}

TEST(PathopFaults, AClientThatLeavesEndsTheExchange) {
    Pathod const origin;
    Pathop pathop({"--json"});
    auto const ended = curl_through(pathop.url(), {"--max-time", "1", origin.url("/p/200:p0,f")});
    EXPECT_EQ(ended.status, 28);  // curl gave up
    EXPECT_THAT(pathop.flow()["msg"].get<std::string>(), HasSubstr("the client disconnected"));
    expect_service(pathop, origin);
}

// --- clients ---------------------------------------------------------------------------------------------------------

struct ClientCase {
    char const* name;
    char const* spec;      ///< of a request for ORIGIN
    char const* response;  ///< how the response begins, as pathoc shows it
};
class FaultyClient : public testing::TestWithParam<ClientCase> {};

TEST_P(FaultyClient, IsInformed) {
    Pathod const origin;
    Pathop pathop({"--json", "--set", "tcp_timeout=2"});
    std::string spec = GetParam().spec;
    spec.replace(spec.find("ORIGIN"), 6, origin.url("/p/200"));
    auto const ended = pathoc({"-t", "10", "-p", pathop.port(), "127.0.0.1", spec});
    EXPECT_THAT(ended.out, HasSubstr(GetParam().response)) << ended.err;
    EXPECT_EQ(curl_through(pathop.url(), {origin.url("/p/200:b'alive'")}).out, "alive");
    EXPECT_EQ(pathop.stop().status, 0);
}

INSTANTIATE_TEST_SUITE_P(
    Pathop, FaultyClient,
    testing::Values(ClientCase{"HasTwoLengths", "get:'ORIGIN':h'Content-Length'='1':h'Content-Length'='2':b'x'",
                               "<< 400"},
                    ClientCase{"SmugglesARequest",
                               "post:'ORIGIN':h'Transfer-Encoding'='chunked':h'Content-Length'='3':b'x'", "<< 400"},
                    ClientCase{"HasABadFieldName", "get:'ORIGIN':h'bad name'='x'", "<< 400"},
                    ClientCase{"FloodsTheHead", "get:'ORIGIN':h'X'=@100k,ascii_letters", "<< 431"},
                    ClientCase{"ClaimsNoLength", "post:'ORIGIN':h'Content-Length'='-1'", "<< 400"},
                    ClientCase{"BeginsWithGarbage", "get:'ORIGIN':i0,'{}{}{}'", "<< 400"}),
    test::row_name);

TEST(PathopFaults, ARequestThatBreaksOffReachesNobody) {
    Pathod origin;
    Pathop pathop({"--json"});
    for (auto const* place : {"5", "60", "150"}) {
        auto const spec = "post:'" + origin.url("/p/200") + "':b@200:d" + place;
        pathoc({"-t", "10", "-p", pathop.port(), "127.0.0.1", spec});
    }
    EXPECT_EQ(curl_through(pathop.url(), {origin.url("/p/200:b'alive'")}).out, "alive");
    EXPECT_THAT(origin.stop().out, testing::Not(HasSubstr("crafting spec: 200\n")));
}

TEST(PathopFaults, AClientThatStallsIsLetGo) {
    Pathod const origin;
    Pathop pathop({"--json", "--set", "tcp_timeout=1"});
    auto const ended =
        pathoc({"-t", "20", "-p", pathop.port(), "127.0.0.1", "get:'" + origin.url("/p/200") + "':p20,f"});
    EXPECT_THAT(ended.out + ended.err, testing::Not(HasSubstr("200 OK")));
    EXPECT_EQ(pathop.stop().status, 0);
}

}  // namespace
}  // namespace pathology::integration
