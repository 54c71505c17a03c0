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
        auto anchors = Anchors::read(options.anchors, settings_of(options), options.explain);
        EXPECT_TRUE(anchors) << anchors.error().message;
        anchors_ = std::move(*anchors);
        responder_.emplace(options, anchors_);
        return responder_->respond(head, path, 1);
    }
    std::string spec_for(std::string_view path) { return ask(request(), path).rendered_response().record.spec; }

    DaemonOptions options;

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
    EXPECT_EQ(ask(request("HEAD"), "/").rendered_response().plan.length,
              ask(request(), "/").rendered_response().plan.length - 42);
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
