#include "responder.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "support/folder.hpp"

namespace pathology::pathod {
namespace {

using proxycore::http::RequestHead;

class ResponderTest : public testing::Test {
protected:
    RequestHead request(std::string method = "GET") {
        RequestHead head;
        head.method = std::move(method);
        return head;
    }
    RequestHead handshake() {
        auto head = request();
        head.fields.add("Connection", "Upgrade");
        head.fields.add("Upgrade", "WebSocket");
        head.fields.add("Sec-WebSocket-Key", "dGhlIHNhbXBsZSBub25jZQ==");
        return head;
    }
    OutgoingResponse ask(RequestHead const& head, std::string_view path) {
        auto anchors = Anchors::read(options.anchors, anchor_options(options));
        EXPECT_TRUE(anchors) << anchors.error().message;
        anchors_ = std::move(*anchors);
        responder_.emplace(options, anchors_, protocol);
        return responder_->respond(head, path, {.seed = 1, .details = {.client = "192.0.2.7:40000"}});
    }
    std::string spec_for(std::string_view path) { return ask(request(), path).rendered_response().record.spec; }

    /// The body of a response of pathod itself.
    std::string page(RequestHead const& head, std::string_view path) {
        return ask(head, path).rendered_response().record.body.value_or("");
    }

    DaemonOptions options;
    language::Protocol protocol = language::Protocol::http1;

private:
    Anchors anchors_;
    std::optional<Responder> responder_;
};

TEST_F(ResponderTest, PrefersAnchorsToTheCraftingPath) {
    options.anchors = {"/p/200=404", "/foo=201"};
    EXPECT_EQ(spec_for("/p/200"), "404:h'Content-Length'='0'");
    EXPECT_EQ(spec_for("/foobar"), "201:h'Content-Length'='0'");
    EXPECT_EQ(spec_for("/p/202"), "202:h'Content-Length'='0'");
}

TEST_F(ResponderTest, DecodesTheSpecOnceAndKeepsTheQuery) {
    EXPECT_EQ(spec_for("/p/200:b'a%20b'"), "200:b'a b':h'Content-Length'='3'");
    EXPECT_EQ(spec_for("/p/200:b'a+b'"), "200:b'a+b':h'Content-Length'='3'");
    EXPECT_EQ(ask(request(), "/p/200:b'a'?x=1").origin, ResponseOrigin::builtin);
    EXPECT_EQ(ask(request(), "/P/200").prepared->line().find("crafting spec: 800"), 0U);
}

TEST_F(ResponderTest, ServesHandshakesWithoutASpecAsWs) {
    for (auto const* path : {"/", "/p/", "/chat"}) {
        auto const response = ask(handshake(), path);
        EXPECT_TRUE(response.prepared->is_websocket()) << path;
        EXPECT_THAT(response.rendered_response().record.spec, testing::HasSubstr("s3pPLMBiTxaQ9kYGzzhZRbK+xOo="))
            << path;
    }
    EXPECT_FALSE(ask(handshake(), "/p/200").prepared->is_websocket());
}

TEST_F(ResponderTest, ReportsWhyWsNeedsAHandshake) {
    auto const response = ask(request(), "/p/ws");
    EXPECT_EQ(response.origin, ResponseOrigin::builtin);
    EXPECT_EQ(response.rendered_response().record.reason, "Parse Error");
}

TEST_F(ResponderTest, RespondsNotFoundElsewhere) {
    for (auto const* path : {"/", "/p/", "/foo", "*"}) {
        auto const response = ask(request(), path);
        EXPECT_EQ(response.rendered_response().record.reason, "Not found") << path;
        EXPECT_EQ(response.origin, ResponseOrigin::builtin) << path;
    }
}

TEST_F(ResponderTest, C14_NamesTheRequestThatFoundNothingAndTheWayOut) {
    EXPECT_EQ(
        page(request("PUT"), "/foo?x\x01"),
        "pathod error: No valid craft request found: PUT /foo?x\\x01 from 192.0.2.7:40000 matches no anchor, and its "
        "path does not begin with /p/.\nRequest /p/SPEC, such as /p/200:b'hello', or start pathod with -a "
        "PATTERN=SPEC, such as -a '/foo=200'.\n");
    EXPECT_THAT(page(request(), "/p/"), testing::HasSubstr("GET /p/ from 192.0.2.7:40000 has no spec behind /p/.\n"));
    EXPECT_THAT(page(request(), "/" + std::string(300, 'x')), testing::HasSubstr("xxx... from"));
    options.craft_prefix = "/craft/";
    EXPECT_THAT(page(request(), "/p/200"),
                testing::HasSubstr("Request /craft/SPEC, such as /craft/200:b'hello', or start"));
    options.craft = false;
    EXPECT_THAT(page(request(), "/p/200"), testing::HasSubstr("Specs in paths are disabled: start pathod with -a"));
}

TEST_F(ResponderTest, TellsThatThePatternOfAnAnchorWasGivenUp) {
    options.anchors = {"/(a+)+$=200"};
    auto const path = "/" + std::string(60, 'a') + "!";
    auto const response = ask(request(), path);
    EXPECT_EQ(response.origin, ResponseOrigin::builtin);
    EXPECT_EQ(response.rendered_response().record.status_code, "800");
    EXPECT_THAT(response.error, testing::StartsWith("Anchor error: the regular expression '/(a+)+$' was given up on"));
    EXPECT_THAT(page(request(), path), testing::HasSubstr("No anchor can be chosen: the regular expression"));
}

struct ProtocolCase {
    std::string_view name, spec;
    language::Protocol protocol;
    std::string_view hint;  // empty = there is none
};
class OtherProtocol : public ResponderTest, public testing::WithParamInterface<ProtocolCase> {};

TEST_P(OtherProtocol, C13_IsNamedForAnchorsAndPaths) {
    auto const& row = GetParam();
    protocol = row.protocol;
    options.anchors = {"/bye=" + std::string(row.spec)};
    for (auto const& path : {std::string("/bye"), "/p/" + std::string(row.spec)}) {
        auto const response = ask(request(), path);
        EXPECT_EQ(response.origin, ResponseOrigin::builtin) << path;
        EXPECT_THAT(response.error, testing::StartsWith("Parse error: " + std::string(row.hint))) << path;
        EXPECT_THAT(response.rendered_response().record.body.value_or(""), testing::HasSubstr(std::string(row.hint)));
    }
}

INSTANTIATE_TEST_SUITE_P(
    Specs, OtherProtocol,
    testing::Values(ProtocolCase{"FramesBehindAResponse", "200:b'hi' h2f:GOAWAY", language::Protocol::http1,
                                 "this spec is for HTTP/2 and the client spoke HTTP/1; ask over HTTP/2 (curl "
                                 "--http2-prior-knowledge, pathoc --http2): "},
                    ProtocolCase{
                        "WebsocketFrame", "wf:b'hi'", language::Protocol::http2,
                        "this spec is for HTTP/1 and the client spoke HTTP/2; ask over HTTP/1 (curl --http1.1): "},
                    ProtocolCase{"Handshake", "ws", language::Protocol::http2, "ws is a handshake of HTTP/1"},
                    ProtocolCase{"Reason", "200:m'x'", language::Protocol::http2, "HTTP/2 has no reason phrase"}),
    [](auto const& row) { return std::string(row.param.name); });

TEST_F(ResponderTest, C13_SaysThatHttp2IsDisabled) {
    options.http2 = false;
    EXPECT_THAT(ask(request(), "/p/200 h2f:PING").error, testing::HasSubstr("start pathod without --no-http2"));
    EXPECT_THAT(ask(request(), "/p/200:z").error, testing::Not(testing::HasSubstr("HTTP/2")));
}

struct PolicyCase {
    std::string_view name;
    void (*set)(DaemonOptions&);
    std::string_view path, reason;  // empty = allowed
};
class Policy : public ResponderTest, public testing::WithParamInterface<PolicyCase> {};

TEST_P(Policy, Decides) {
    options.anchors = {"/foo=200:b'abc':p0,1"};
    GetParam().set(options);
    auto const response = ask(request(), GetParam().path);
    bool const is_refused = !GetParam().reason.empty();
    EXPECT_EQ(response.origin, is_refused ? ResponseOrigin::policy : ResponseOrigin::spec);
    EXPECT_EQ(response.rendered_response().record.reason.value_or(""), GetParam().reason);
}

// "HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nabc" has 41 bytes.
INSTANTIATE_TEST_SUITE_P(
    Options, Policy,
    testing::Values(
        PolicyCase{"NocraftPath", [](DaemonOptions& o) { o.craft = false; }, "/p/200", "Crafting disabled."},
        PolicyCase{"NocraftAnchor", [](DaemonOptions& o) { o.craft = false; }, "/foo", ""},
        PolicyCase{"NohangPause", [](DaemonOptions& o) { o.nohang = true; }, "/p/200:p0,0",
                   "Pauses have been disabled."},
        PolicyCase{"NohangAnchor", [](DaemonOptions& o) { o.nohang = true; }, "/foo", "Pauses have been disabled."},
        PolicyCase{"NohangNoPause", [](DaemonOptions& o) { o.nohang = true; }, "/p/200", ""},
        PolicyCase{"SizeEqual", [](DaemonOptions& o) { o.size_limit = 41; }, "/p/200:b'abc'", ""},
        PolicyCase{"SizeLarger", [](DaemonOptions& o) { o.size_limit = 40; }, "/p/200:b'abc'", "Response too large."},
        PolicyCase{"SizeInjected", [](DaemonOptions& o) { o.size_limit = 41; }, "/p/200:b'abc':i0,'x'",
                   "Response too large."},
        PolicyCase{"SizeBeforeDisconnect", [](DaemonOptions& o) { o.size_limit = 40; }, "/p/200:b'abc':d1",
                   "Response too large."},
        PolicyCase{"NoFolder", [](DaemonOptions&) {}, "/p/200:b%3Cx", "File access denied."},
        PolicyCase{"NoFolderForSpecs", [](DaemonOptions&) {}, "/p/+x", "File access denied."}),
    [](auto const& row) { return std::string(row.param.name); });

TEST_F(ResponderTest, DoesNotLimitItsOwnNotices) {
    options.size_limit = 1;
    EXPECT_EQ(ask(request(), "/").rendered_response().record.reason, "Not found");
    EXPECT_EQ(ask(request(), "/p/200").rendered_response().record.reason, "Response too large.");
}

TEST_F(ResponderTest, SendsNoBodyToHeadUnlessVerbatim) {
    EXPECT_EQ(ask(request("HEAD"), "/p/200:b'abc'").rendered_response().record.spec, "200:h'Content-Length'='3'");
    auto const page = ask(request("HEAD"), "/").rendered_response();
    EXPECT_EQ(page.record.body, std::nullopt);
    EXPECT_NE(page.record.headers.first("Content-Length"), "0");
    options.verbatim = true;
    EXPECT_EQ(ask(request("HEAD"), "/p/200:b'abc'").rendered_response().record.spec,
              "200:b'abc':h'Content-Length'='3'");
}

TEST_F(ResponderTest, ReadsFilesAnewForEachRequest) {
    pathology::test::Folder const folder;
    options.files_folder = folder.path().string();
    for (std::string const text : {"one", "three"}) {
        auto const spec = "200:b'" + text + "'";
        folder.write("body", text);
        folder.write("spec", spec);
        auto const size = ":h'Content-Length'='" + std::to_string(text.size()) + "'";
        EXPECT_EQ(spec_for("/p/200:b%3Cbody"), "200:b<'body'" + size);
        EXPECT_EQ(spec_for("/p/+spec"), spec + size);
    }
}

TEST_F(ResponderTest, PlansConstantSpecsOnce) {
    options.anchors = {"/foo=200:b@100"};
    auto const anchor = ask(request(), "/foo");
    EXPECT_FALSE(anchor.rendered);
    EXPECT_TRUE(anchor.rendered_response().is_random);
    EXPECT_FALSE(ask(request(), "/p/200").rendered);
    EXPECT_TRUE(ask(request(), "/p/200:ir,'x'").rendered) << "a random offset differs each time";
}

}  // namespace
}  // namespace pathology::pathod
