// What each matcher says of itself and of what it looked at.

#include <pathology/testkit/testkit.hpp>

#include <sstream>

#include "support/row_name.hpp"

namespace pathology::testkit {
namespace {

using testing::Matcher;
using testing::StartsWith;

Request a_request() {
    Request request;
    request.method = "PUT";
    request.target = "http://a.test/x?y";
    request.path = "/x?y";
    request.http_version = "HTTP/1.1";
    request.headers.add("Host", "a.test");
    request.headers.add("X-Two", "1");
    request.headers.add("x-two", "2");
    request.body = "hello";
    request.body_size = 5;
    request.raw = "PUT http://a.test/x?y HTTP/1.1\r\n…";
    request.connection = 3;
    request.index = 1;
    request.response.spec = "200:b'hi':d7:h'Content-Length'='2'";
    return request;
}

/// The same by HTTP/2 and TLS.
Request a_secure_request() {
    auto request = a_request();
    request.http_version = "HTTP/2.0";
    request.stream = 1;
    request.frames = {{.type = 0x4}, {.type = 0x1, .stream = 1}, {.type = 0x99, .stream = 1}};
    proxycore::record::RecordedTls tls;
    tls.version = "TLSv1.3";
    tls.sni = "a.test";
    tls.alpn = "h2";
    tls.client_certificate.emplace();
    tls.client_certificate->common_name = "me";
    tls.client_certificate->subject = "CN=me, O=Us";
    request.tls = std::make_shared<proxycore::record::RecordedTls const>(tls);
    return request;
}

/// A request that was answered by repeated HTTP/2 frames.
Request a_repeated_response() {
    Request request;
    request.stream = 1;
    request.response.spec = "200 h2f:PING:x3:i2,'x'";
    return request;
}

TEST(C1_AnsweredBy, ComparesRepetitions) {
    EXPECT_THAT(a_repeated_response(), AnsweredBy("200 h2f:PING:x3:i2,'x'"));
    EXPECT_THAT(a_repeated_response(), AnsweredBy("200 h2f:PING:ir,'x':x3"));
    EXPECT_THAT(a_repeated_response(), testing::Not(AnsweredBy("200 h2f:PING:i2,'x'")));
    EXPECT_THAT(a_repeated_response(), testing::Not(AnsweredBy("200 h2f:PING:x2:i2,'x'")));
}

struct RequestCase {
    std::string name;
    Matcher<Request const&> matcher;
    bool matches;
    std::string description;
    std::string explanation;
};

void PrintTo(RequestCase const& c, std::ostream* out) { *out << c.description; }

class OverRequests : public testing::TestWithParam<RequestCase> {};

TEST_P(OverRequests, MatchAndExplainThemselves) {
    auto const& c = GetParam();
    testing::StringMatchResultListener listener;
    EXPECT_EQ(c.matcher.MatchAndExplain(a_request(), &listener), c.matches) << listener.str();
    EXPECT_EQ(listener.str(), c.explanation);
    std::ostringstream described;
    c.matcher.DescribeTo(&described);
    EXPECT_EQ(described.str(), c.description);
}

INSTANTIATE_TEST_SUITE_P(
    Table, OverRequests,
    testing::Values(
        RequestCase{"Method", HasMethod("PUT"), true, "has a method that is equal to \"PUT\"",
                    "whose method is \"PUT\""},
        RequestCase{"OtherMethod", HasMethod("GET"), false, "has a method that is equal to \"GET\"",
                    "whose method is \"PUT\""},
        RequestCase{"Target", HasTarget(StartsWith("http:")), true, "has a target that starts with \"http:\"",
                    "whose target is \"http://a.test/x?y\""},
        RequestCase{"Path", HasPath("/x?y"), true, "has a path that is equal to \"/x?y\"", "whose path is \"/x?y\""},
        RequestCase{"Connection", IsOnConnection(3U), true, "has a connection that is equal to 3",
                    "whose connection is 3"},
        RequestCase{"Index", HasIndex(0U), false, "has an index on its connection that is equal to 0",
                    "whose index on its connection is 1"},
        RequestCase{"Header", HasHeader("host", "a.test"), true, "has a header host that is equal to \"a.test\"",
                    "whose header host is \"a.test\""},
        RequestCase{"SecondHeader", HasHeader("X-Two", "2"), true, "has a header X-Two that is equal to \"2\"",
                    "whose header X-Two is \"1\" and \"2\""},
        RequestCase{"MissingHeader", HasHeader("Accept"), false, "has a header Accept that is anything",
                    "which has no header Accept"},
        RequestCase{"NoHeader", HasNoHeader("Accept"), true, "has no header Accept", ""},
        RequestCase{"HeaderAfterAll", HasNoHeader("Host"), false, "has no header Host",
                    "whose header Host is \"a.test\""},
        RequestCase{"Body", HasBody("hello"), true, "has a body that is equal to \"hello\"", "whose body is \"hello\""},
        RequestCase{"Raw", HasRawBytes(StartsWith("PUT ")), true, "has a wire form that starts with \"PUT \"",
                    "whose wire form is \"PUT http://a.test/x?y HTTP/1.1\\r\\n\\xe2\\x80\\xa6\""},
        RequestCase{"Answer", AnsweredBy("200:b\"hi\":d7"), true, "is answered by 200:b\"hi\":d7",
                    "whose response is 200:b'hi':d7:h'Content-Length'='2'"},
        RequestCase{"ResponseByChance", AnsweredBy("200:b'hi':dr"), true, "is answered by 200:b'hi':dr",
                    "whose response is 200:b'hi':d7:h'Content-Length'='2'"},
        RequestCase{"OtherResponse", AnsweredBy("404"), false, "is answered by 404",
                    "whose response is 200:b'hi':d7:h'Content-Length'='2'"},
        RequestCase{"NoSpec", AnsweredBy("2x"), false, "is answered by 2x",
                    "but the spec to compare with is invalid:\n" +
                        [] {
                            testing::StringMatchResultListener listener;
                            AnsweredBy("2x").MatchAndExplain(a_request(), &listener);
                            return listener.str().substr(listener.str().find('\n') + 1);
                        }()},
        RequestCase{"ResponseText", HasResponse(StartsWith("200:")), true, "has a response that starts with \"200:\"",
                    "whose response is \"200:b'hi':d7:h'Content-Length'='2'\""}),
    test::row_name);

class OverSecureRequests : public testing::TestWithParam<RequestCase> {};

TEST_P(OverSecureRequests, MatchAndExplainThemselves) {
    auto const& c = GetParam();
    testing::StringMatchResultListener listener;
    EXPECT_EQ(c.matcher.MatchAndExplain(a_secure_request(), &listener), c.matches) << listener.str();
    EXPECT_EQ(listener.str(), c.explanation);
    std::ostringstream described;
    c.matcher.DescribeTo(&described);
    EXPECT_EQ(described.str(), c.description);
    EXPECT_FALSE(c.matcher.Matches(a_request())) << "there is no TLS and no HTTP/2";
}

INSTANTIATE_TEST_SUITE_P(
    Table, OverSecureRequests,
    testing::Values(
        RequestCase{"Version", HasTlsVersion("TLSv1.3"), true, "came with a TLS version that is equal to \"TLSv1.3\"",
                    "which came with a TLS version \"TLSv1.3\""},
        RequestCase{"Sni", HasSni("b.test"), false, "came with an SNI that is equal to \"b.test\"",
                    "which came with an SNI \"a.test\""},
        RequestCase{"Alpn", HasAlpn(StartsWith("h")), true, "came with an ALPN that starts with \"h\"",
                    "which came with an ALPN \"h2\""},
        RequestCase{"ClientCertificate", HasClientCertificate("me"), true,
                    "has a client certificate whose common name is equal to \"me\"",
                    "whose client showed a certificate of CN=me, O=Us"},
        RequestCase{"OtherClientCertificate", HasClientCertificate("you"), false,
                    "has a client certificate whose common name is equal to \"you\"",
                    "whose client showed a certificate of CN=me, O=Us"},
        RequestCase{"Frame", ReceivedFrame("HEADERS"), true, "has an HTTP/2 frame whose type is equal to \"HEADERS\"",
                    "whose frames are SETTINGS, HEADERS, 0x99"},
        RequestCase{"OtherFrame", ReceivedFrame("DATA"), false, "has an HTTP/2 frame whose type is equal to \"DATA\"",
                    "whose frames are SETTINGS, HEADERS, 0x99"}),
    test::row_name);

TEST(OverRequests, ReportThatThereWasNoTls) {
    testing::StringMatchResultListener listener;
    EXPECT_FALSE(HasSni(testing::_).MatchAndExplain(a_request(), &listener));
    EXPECT_EQ(listener.str(), "which came over no TLS");
    testing::StringMatchResultListener another;
    EXPECT_FALSE(ReceivedFrame(testing::_).MatchAndExplain(a_request(), &another));
    EXPECT_EQ(another.str(), "which came by HTTP/1.1");
}

TEST(OverReplies, LookAtAWholeResponse) {
    Response response;
    response.status = 404;
    response.reason = "Nope";
    response.headers.add("Location", "/x");
    response.body = "b";
    EXPECT_THAT(response, testing::AllOf(HasStatus(404U), HasReason("Nope"), HasHeader("location", "/x"), HasBody("b"),
                                         HasNoHeader("Host"), testing::Not(HasStatus(200U))));
}

TEST(OverReplies, ReportThatThereIsNone) {
    Response response;
    response.failure = "Timeout";
    response.raw = "HTT";
    testing::StringMatchResultListener listener;
    EXPECT_FALSE(HasStatus(200U).MatchAndExplain(response, &listener));
    EXPECT_EQ(listener.str(), "there is no response: Timeout");
    EXPECT_THAT(response, FailsWith("Timeout"));
    EXPECT_THAT(response, HasRawBytes("HTT"));
    EXPECT_THAT(response, testing::Not(HasBody("")));
}

// --- long values -----------------------------------------------------------------------------------------------------

/// A request of which 64 KiB were kept.
Request a_long_request() {
    auto request = a_request();
    request.target = request.path = "/" + std::string(50'000, 't');
    request.headers.add("X-Long", std::string(50'000, 'h'));
    request.body = std::string(65'536, 'b');
    request.body_size = 167'000;
    request.raw = std::string(65'536, 'r');
    request.raw_size = 170'000;
    return request;
}

struct LongCase {
    std::string name;
    Matcher<Request const&> matcher;
    std::string explanation;  // its end
};
void PrintTo(LongCase const& row, std::ostream* out) { *out << row.name; }
class D7_LongValues : public testing::TestWithParam<LongCase> {};

TEST_P(D7_LongValues, AreShownByTheirBeginningAndSize) {
    testing::StringMatchResultListener listener;
    EXPECT_FALSE(GetParam().matcher.MatchAndExplain(a_long_request(), &listener));
    EXPECT_LT(listener.str().size(), 600U);
    EXPECT_THAT(listener.str(), testing::EndsWith(GetParam().explanation));
    std::ostringstream described;
    GetParam().matcher.DescribeTo(&described);
    EXPECT_LT(described.str().size(), 1000U);
}

INSTANTIATE_TEST_SUITE_P(
    Table, D7_LongValues,
    testing::Values(LongCase{"Target", HasTarget("/"), "ttt...\""},
                    LongCase{"Header", HasHeader("X-Long", ""), "hhh...\""},
                    LongCase{"Body", HasBody(std::string(167'000, 'b')),
                             "bbb...\" (the first 65536 of 167000 bytes; the rest was not kept, see keep_bytes)"},
                    LongCase{"Raw", HasRawBytes("GET"),
                             "rrr...\" (the first 65536 of 170000 bytes; the rest was not kept, see keep_bytes)"}),
    test::row_name);

TEST(D7_LongValues, ArePrintedByTheirBeginningAndSize) {
    auto const printed = testing::PrintToString(a_long_request());
    EXPECT_LT(printed.size(), 2000U);
    EXPECT_THAT(printed, testing::HasSubstr("body of 167000 bytes, of which 65536 were kept (see keep_bytes): \"bbb"));
    Frame frame;
    frame.payload = std::string(1024, 'p');
    frame.payload_size = 5000;
    EXPECT_LT(testing::PrintToString(frame).size(), 600U);
    testing::StringMatchResultListener listener;
    EXPECT_FALSE(HasPayload("").MatchAndExplain(frame, &listener));
    EXPECT_THAT(listener.str(),
                testing::EndsWith("(the first 1024 of 5000 bytes; the rest was not kept, see keep_bytes)"));
}

TEST(Printed, RequestsAndResponsesCanBeRead) {
    EXPECT_EQ(
        testing::PrintToString(a_request()),
        "PUT http://a.test/x?y HTTP/1.1 (request 1 on connection 3)\n    Host: a.test\n    X-Two: 1\n    x-two: 2\n"
        "    body of 5 bytes: \"hello\"\n    answered by 200:b'hi':d7:h'Content-Length'='2'");
    EXPECT_THAT(
        testing::PrintToString(a_secure_request()),
        testing::HasSubstr("\n    over TLSv1.3, SNI \"a.test\", ALPN \"h2\", client certificate \"CN=me, O=Us\"\n"));
    Response response;
    response.http_version = "HTTP/1.1";
    response.status = 200;
    response.reason = "OK";
    EXPECT_EQ(testing::PrintToString(response), "HTTP/1.1 200 OK\n    body of 0 bytes");
    response.failure = "Server disconnected";
    EXPECT_EQ(testing::PrintToString(response), "no response: Server disconnected");
}

}  // namespace
}  // namespace pathology::testkit
