// Servers of HTTP/2 whose answers stop, lie or flood (RFC 9113, P13).
#include <gmock/gmock.h>

#include <tuple>

#include "faults/fault_fixture.hpp"

namespace pathology::integration {
namespace {

using testing::HasSubstr;

enum class Fate {
    no_head,  ///< a page, and no `responseheaders`
    no_data,  ///< a page
    cut,      ///< a page, or the begin of the response where it is streamed
    whole,
};

struct ResponseFault {
    char const* name;
    std::string response;  ///< of pathod
    Fate fate;
    std::string says;  ///< of the flow's error; of a whole response, its body
    std::vector<std::string> settings = {};
};
void PrintTo(ResponseFault const& row, std::ostream* out) { *out << row.name; }

struct Variant {
    Topology topology;
    bool is_streamed = false;
};
void PrintTo(Variant const& variant, std::ostream* out) {
    *out << to_string(variant.topology) << (variant.is_streamed ? "Streamed" : "");
}

class P13_a_Http2Origin : public testing::TestWithParam<std::tuple<Variant, ResponseFault>> {};

TEST_P(P13_a_Http2Origin, IsReportedOnceAndTheNextClientIsServed) {
    auto const& [variant, row] = GetParam();
    ProxySetup setup{.topology = variant.topology, .settings = row.settings, .tls = true, .http2 = true};
    if (variant.is_streamed) setup.settings.emplace_back("stream_large_bodies=0");
    FaultFixture fixture(setup);
    fixture.daemon.on("/fault$", row.response);
    auto const result = fixture.request("get:TARGET");
    fixture.expect_good_end();

    auto const hooks = fixture.hooks->flow_hooks().at(variant.topology == Topology::tunnel ? 1 : 0);
    auto const flow = fixture.proxy.flows().at(0);
    if (row.fate == Fate::whole) {
        EXPECT_EQ(result.status, 200U) << result.failure;
        EXPECT_EQ(result.body, row.says);
        EXPECT_EQ(hooks, "requestheaders request responseheaders response");
        return;
    }
    bool const is_page = row.fate != Fate::cut || !variant.is_streamed;
    EXPECT_EQ(result.is_whole, is_page) << result.failure;
    EXPECT_EQ(result.status, is_page ? 502U : 0U);
    if (!is_page) {
        EXPECT_THAT(result.failure, HasSubstr("reset"));
    }
    EXPECT_EQ(hooks, row.fate == Fate::no_head ? "requestheaders request error"
                                               : "requestheaders request responseheaders error");
    EXPECT_THAT(flow.error, HasSubstr(row.says));
}

std::string name_of(testing::TestParamInfo<P13_a_Http2Origin::ParamType> const& info) {
    auto const& [variant, row] = info.param;
    return std::string(row.name) + "_" + testing::PrintToString(variant);
}

auto const everywhere = testing::Values(Variant{Topology::reverse}, Variant{Topology::reverse, true},
                                        Variant{Topology::tunnel}, Variant{Topology::socks5});

std::string const begun = "h2f:HEADERS:END_HEADERS:':status'='200' ";
ResponseFault refused(char const* name, std::string response, std::string says = "") {
    return {name, std::move(response), Fate::no_head, std::move(says)};
}
ResponseFault cut(char const* name, std::string response, std::string says = "") {
    return {name, std::move(response), Fate::cut, std::move(says)};
}
ResponseFault no_data(char const* name, std::string response, std::string says = "") {
    return {name, std::move(response), Fate::no_data, std::move(says)};
}
ResponseFault whole(char const* name, std::string response, std::string body) {
    return {name, std::move(response), Fate::whole, std::move(body)};
}

INSTANTIATE_TEST_SUITE_P(
    Stops, P13_a_Http2Origin,
    testing::Combine(
        everywhere,
        testing::Values(refused("BeforeAnyByte", "200:d0", "ended the connection"),
                        refused("InAFrameHeader", "200:b'x':d5", "ended the connection"),
                        refused("InItsFields", "200:b'x':d12", "ended the connection"),
                        no_data("BehindItsFields", begun + "h2f:PING:d0", "ended the connection"),
                        cut("InItsBody", begun + "h2f:'half' h2f:'more':d11", "ended the connection"),
                        refused("ByResetOfTheStream", "h2f:RST_STREAM:CANCEL", "reset the stream: CANCEL"),
                        refused("ByResetWithoutError", "h2f:RST_STREAM:NO_ERROR", ""),
                        cut("ByResetInItsBody", begun + "h2f:'half' h2f:RST_STREAM:INTERNAL_ERROR",
                            "reset the stream: INTERNAL_ERROR"),
                        refused("ByRefusalEachTime", "h2f:RST_STREAM:REFUSED_STREAM", "REFUSED_STREAM"),
                        refused("ByGoawayEachTime", "h2f:GOAWAY:LAST_STREAM=0,NO_ERROR", ""),
                        refused("ByGoawayWithError", "h2f:GOAWAY:LAST_STREAM=1,INTERNAL_ERROR h2f:PING:da", ""),
                        whole("ByGoawayBehindItsResponse", "200:b'ok' h2f:GOAWAY:LAST_STREAM=1,NO_ERROR", "ok"),
                        whole("ByGoawayBeforeItsResponse", "h2f:GOAWAY:LAST_STREAM=1,NO_ERROR 200:b'ok'", "ok"))),
    name_of);

INSTANTIATE_TEST_SUITE_P(
    Lies, P13_a_Http2Origin,
    testing::Combine(
        everywhere,
        testing::Values(
            cut("OfALongerBody", "200:h'content-length'='99':b'short'", "is malformed"),
            cut("OfAShorterBody", "200:h'content-length'='3':b'longer'", "is malformed"),
            refused("OfNoBody", "200:h'content-length'='5'", ""),
            refused("OfABadLength", "200:h'content-length'='x':b'hello'", ""),
            refused("OfTwoLengths", "200:h'content-length'='5':h'content-length'='6':b'hello'", ""),
            whole("OfItsEnd", "200:b'ok' h2f:'more'", "ok"),
            refused("OfNoStatus", "h2f:HEADERS:END_HEADERS,END_STREAM:a=b"),
            refused("OfAStatusOfWords", "h2f:HEADERS:END_HEADERS,END_STREAM:':status'='two'"),
            refused("OfTwoStatuses", "h2f:HEADERS:END_HEADERS,END_STREAM:':status'='200',':status'='404'"),
            refused("OfAStatusBehindAField", "h2f:HEADERS:END_HEADERS,END_STREAM:a=b,':status'='200'"),
            refused("OfARequest", "h2f:HEADERS:END_HEADERS,END_STREAM:':status'='200',':path'='/'"),
            refused("OfAnUpperCaseName", "200:h'Upper'='x'"),
            refused("OfAConnectionField", "200:h'connection'='close'"),
            refused("OfATransferEncoding", "200:h'transfer-encoding'='chunked':b'x'"),
            refused("OfALineFeed", "200:h'a'='b\\nc: d'"),
            refused("OfSwitchedProtocols", "h2f:HEADERS:END_HEADERS:':status'='101' 200:b'x'"),
            refused("OfAnEndInAnInterimResponse", "h2f:HEADERS:END_HEADERS,END_STREAM:':status'='103'"),
            refused("OfDataBeforeItsFields", "h2f:'early' 200:b'x'"),
            cut("OfAPseudoFieldInItsTrailers", begun + "h2f:'x' h2f:HEADERS:END_HEADERS,END_STREAM:':status'='200'"),
            cut("OfTrailersThatGoOn", begun + "h2f:'x' h2f:HEADERS:END_HEADERS:a=b"),
            refused("OfAPush",
                    "h2f:PUSH_PROMISE:END_HEADERS:PROMISED=2,':method'='GET',':path'='/"
                    "',':scheme'='https',':authority'='a' 200"),
            refused("OfABlockThatIsNone", "h2f:HEADERS:END_HEADERS,END_STREAM:'\\xff\\xff\\xff\\xff\\xff\\xff'"),
            refused("OfAFrameInItsFields", "h2f:HEADERS:':status'='200' h2f:PING"),
            refused("OfSettings", "h2f:SETTINGS:INITIAL_WINDOW_SIZE=0x80000000"),
            refused("OfAFrameSize", "h2f:0xffffff:PING"), refused("OfAWindow", "h2f:WINDOW_UPDATE:0:INCREMENT=0"),
            no_data("OfItsPadding", begun + "h2f:DATA:PADDED:PAD_LENGTH=255,'abc'"))),
    name_of);

/// The windows of pathod begin with 1 MiB for a stream and 8 MiB for the connection: 0x7fefffff and 0x7f7fffff bytes below
/// the maximum.
INSTANTIATE_TEST_SUITE_P(
    Windows, P13_a_Http2Origin,
    testing::Combine(
        everywhere,
        testing::Values(
            refused("OfItsConnectionThatOverflows", "h2f:WINDOW_UPDATE:0:INCREMENT=0x7fffffff", "FLOW_CONTROL_ERROR"),
            refused("OfItsStreamThatOverflows", "h2f:WINDOW_UPDATE:this:INCREMENT=0x7fffffff", "window too wide"),
            refused("OfItsStreamThatGrowsBy0", "h2f:WINDOW_UPDATE:this:INCREMENT=0", "window_size_increment == 0"),
            refused("ThatOverflowBySettings",
                    "h2f:WINDOW_UPDATE:this:INCREMENT=0x7fefffff h2f:SETTINGS:INITIAL_WINDOW_SIZE=0x100001",
                    "SETTINGS that raise the window of a stream"),
            cut("OfItsStreamThatOverflowsInItsBody", begun + "h2f:'half' h2f:WINDOW_UPDATE:this:INCREMENT=0x7fffffff",
                "window too wide"),
            whole("ThatAreJustFull",
                  "h2f:WINDOW_UPDATE:0:INCREMENT=0x7f7fffff h2f:WINDOW_UPDATE:this:INCREMENT=0x7fefffff 200:b'ok'",
                  "ok"),
            whole("ThatItCloses", "h2f:SETTINGS:INITIAL_WINDOW_SIZE=0 200:b'ok'", "ok"))),
    name_of);

INSTANTIATE_TEST_SUITE_P(
    Floods, P13_a_Http2Origin,
    testing::Combine(
        everywhere,
        testing::Values(
            refused("Continuations", "h2f:HEADERS:':status'='200' h2f:CONTINUATION:a=b:x1000"),
            refused("ALargeField", "200:h'x'=@200k,digits"),
            refused("InterimResponses", "h2f:HEADERS:END_HEADERS:':status'='103':x500 200:b'x'",
                    "more than 100 interim"),
            whole("Settings", "h2f:SETTINGS:x500 200:b'ok'", "ok"), whole("Pings", "h2f:PING:x500 200:b'ok'", "ok"),
            whole("EmptyData", begun + "h2f:DATA:x500 h2f:DATA:END_STREAM:'ok'", "ok"),
            ResponseFault{"P61_b_OverTheLimit", "200:b@1m", Fate::no_data, "limit", {"body_size_limit=10k"}})),
    name_of);

}  // namespace
}  // namespace pathology::integration
