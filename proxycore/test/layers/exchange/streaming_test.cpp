// Bodies that pass through without being kept, and bodies that are too large (P60, P61).
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <pathology/proxycore/async/timeout.hpp>

#include "layers/exchange/http1_fixture.hpp"
#include "layers/exchange/messages.hpp"
#include "support/row_name.hpp"

namespace pathology::proxycore::layers {
namespace {

using test::all_hooks;
using test::chunked;
using test::get;
using test::Http1Fixture;
using test::leave;
using test::ok;
using test::post_head;
using test::read_to_end;
using test::responses;
using test::Script;
using test::Turn;
using test::with_length;
using testing::EndsWith;
using testing::HasSubstr;
using testing::SizeIs;
using testing::StartsWith;
using Then = Turn::Then;

// --- streaming -------------------------------------------------------------------------------------------------------

struct Size {
    std::string name, body;
    bool is_streamed;
};

/// Over a limit of ten bytes.
class P60_Body : public testing::TestWithParam<Size> {};

TEST_P(P60_Body, IsStreamedToTheClient) {
    for (std::size_t const max_per_read : {65536u, 1u}) {
        Http1Fixture fixture;
        fixture.max_per_read = max_per_read;
        fixture.settings.http.stream_large_bodies = 10;
        auto const response_text = "HTTP/1.1 200 OK\r\n" + GetParam().body;
        fixture.servers = {responses(response_text)};
        fixture.play({{"", get}, leave(GetParam().body.substr(GetParam().body.size() - 5))});
        EXPECT_EQ(fixture.hooks(), all_hooks);
        auto const& response = fixture.flow().response.value();
        EXPECT_EQ(response.raw_content.has_value(), !GetParam().is_streamed);
        EXPECT_EQ(std::holds_alternative<bool>(response.stream) && std::get<bool>(response.stream),
                  GetParam().is_streamed);
    }
}

TEST_P(P60_Body, P60_f_IsStreamedToTheServer) {
    for (std::size_t const max_per_read : {65536u, 1u}) {
        Http1Fixture fixture;
        fixture.max_per_read = max_per_read;
        fixture.settings.http.stream_large_bodies = 10;
        fixture.servers = {{{GetParam().body.substr(GetParam().body.size() - 5), ok}}};
        fixture.play({{"", post_head + GetParam().body}, leave("ok")});
        EXPECT_EQ(fixture.received, ok);
        EXPECT_EQ(fixture.hooks(), all_hooks);
        EXPECT_EQ(fixture.flow().request.raw_content.has_value(), !GetParam().is_streamed);
    }
}

INSTANTIATE_TEST_SUITE_P(
    Exchange, P60_Body,
    testing::Values(Size{"P60_b_OfJustTheLimit", with_length(10), false},
                    Size{"P60_b_OneByteOver", with_length(11), true},
                    Size{"P60_c_ChunksWithinTheLimit", chunked + "5\r\nabcde\r\n5\r\nfghij\r\n0\r\n\r\n", false},
                    Size{"P60_c_ChunksThatPassIt", chunked + "6\r\nabcdef\r\n5\r\nghijk\r\n1\r\nl\r\n0\r\n\r\n", true}),
    pathology::test::row_name);

TEST(Exchange, P60_a_AStreamedResponseArrivesBeforeItIsWhole) {
    Http1Fixture fixture;
    fixture.recorder->on_hook["responseheaders"] = [](flow::HttpFlow& flow) { flow.response->stream = true; };
    fixture.recorder->on_hook["response"] = [&](flow::HttpFlow& flow) {
        EXPECT_THAT(fixture.received, StartsWith("HTTP/1.1 200 OK\r\n"));  // G4
        EXPECT_FALSE(flow.response->raw_content);
    };
    auto const response_text = "HTTP/1.1 200 OK\r\n" + with_length(500'000) + "";
    fixture.servers = {responses(response_text)};
    fixture.play({{"", get}, leave(std::string(500'000, 'x'))});
    EXPECT_EQ(fixture.received, response_text);
}

struct Typed {
    std::string name, type;
};
class A19_EndlessType : public testing::TestWithParam<Typed> {};

/// The server sends its second piece when the client has read the first one.
TEST_P(A19_EndlessType, PassesItsPiecesAsTheyCome) {
    Http1Fixture fixture;
    fixture.settings.http.body_size_limit = 8;  // of the copy, here
    auto const head = "HTTP/1.1 200 OK\r\nContent-Type: " + GetParam().type + "\r\n" + chunked;
    std::string const first = "5\r\nfirst\r\n", second = "6\r\nsecond\r\n0\r\n\r\n";
    fixture.servers = {{{"\r\n\r\n", head + first}, {"go", second}}};
    auto const upload = post_head + "Content-Type: application/grpc\r\nContent-Length: 2\r\n\r\n";
    fixture.play({{"", upload}, {"first", "go"}, leave("0\r\n\r\n")});
    EXPECT_EQ(fixture.received, head + first + second);
    EXPECT_EQ(fixture.flow().response->raw_content, "firstsec");
    EXPECT_FALSE(fixture.flow().error);
}

INSTANTIATE_TEST_SUITE_P(Types, A19_EndlessType,
                         testing::Values(Typed{"Events", "text/event-stream"},
                                         Typed{"EventsWithCharset", "Text/Event-Stream; charset=utf-8"},
                                         Typed{"Grpc", "application/grpc"},
                                         Typed{"GrpcOfProtobuf", "application/grpc+proto"},
                                         Typed{"MixedReplace", "multipart/x-mixed-replace; boundary=b"}),
                         pathology::test::row_name);

class A19_OtherType : public testing::TestWithParam<Typed> {};

TEST_P(A19_OtherType, HasALimit) {
    Http1Fixture fixture;
    fixture.settings.http.body_size_limit = 8;
    fixture.servers = {responses("HTTP/1.1 200 OK\r\nContent-Type: " + GetParam().type + "\r\n" + chunked +
                                 "9\r\nninebytes\r\n0\r\n\r\n")};
    fixture.play({{"", get}, read_to_end()});
    EXPECT_THAT(fixture.received, StartsWith("HTTP/1.1 502 "));
}

INSTANTIATE_TEST_SUITE_P(Types, A19_OtherType,
                         testing::Values(Typed{"GrpcWeb", "application/grpc-web"}, Typed{"Text", "text/plain"},
                                         Typed{"NoType", "event-stream"}, Typed{"Mixed", "multipart/mixed"}),
                         pathology::test::row_name);

TEST(Exchange, A19_AGrpcRequestReachesTheServerBeforeItIsWhole) {
    Http1Fixture fixture;
    fixture.servers = {{{"first", ok}}};
    auto const head = post_head + "Content-Type: application/grpc\r\nContent-Length: 11\r\n\r\n";
    fixture.play({{"", head + "first"}, {"ok", "second"}, leave()});
    EXPECT_THAT(fixture.asked.at(0), EndsWith("\r\n\r\nfirstsecond"));
}

TEST(Exchange, P60_f_AStreamedRequestReachesTheServerBeforeItIsWhole) {
    Http1Fixture fixture;
    fixture.recorder->on_hook["requestheaders"] = [](flow::HttpFlow& flow) { flow.request.stream = true; };
    fixture.recorder->on_hook["request"] = [&](flow::HttpFlow&) {
        EXPECT_THAT(fixture.asked.at(0), StartsWith("POST / "));
    };
    fixture.servers = {{{std::string(500'000, 'x'), ok}}};
    fixture.play({{"", post_head + with_length(500'000)}, leave("ok")});
    EXPECT_EQ(fixture.asked.at(0), "POST / HTTP/1.1\r\nHost: origin.test\r\n" + with_length(500'000));
    EXPECT_EQ(fixture.hooks(), all_hooks);
}

TEST(Exchange, P40_G4_AResponseMayComeBeforeAStreamedRequestIsWhole) {
    Http1Fixture fixture;
    fixture.recorder->on_hook["requestheaders"] = [](flow::HttpFlow& flow) { flow.request.stream = true; };
    fixture.recorder->pauses["response"] = std::chrono::milliseconds(50);
    fixture.servers = {{{"first", ok}}};
    fixture.play({{"", post_head + "Content-Length: 11\r\n\r\nfirst"}, {"ok", "second"}, leave()});
    EXPECT_EQ(fixture.asked.at(0), "POST / HTTP/1.1\r\nHost: origin.test\r\nContent-Length: 11\r\n\r\nfirstsecond");
    EXPECT_EQ(fixture.hooks(), "requestheaders responseheaders response request");
}

TEST(Exchange, P31_c_AStreamedRequestMayBeKilledAtItsEnd) {
    Http1Fixture fixture;
    fixture.recorder->on_hook["requestheaders"] = [](flow::HttpFlow& flow) { flow.request.stream = true; };
    fixture.recorder->on_hook["request"] = [](flow::HttpFlow& flow) { flow.kill({}); };
    fixture.servers = {{{"never", ""}}};
    fixture.play({{"", post_head + with_length(5)}, read_to_end()});
    EXPECT_EQ(fixture.received, "");
    EXPECT_EQ(fixture.hooks(), "requestheaders request error");
}

TEST(Exchange, P60_d_AFunctionChangesAStream) {
    auto const shout = [](std::string_view piece) {
        if (piece.empty()) return std::string("!");
        std::string loud(piece);
        for (char& c : loud) c = static_cast<char>(std::toupper(static_cast<unsigned char>(c)));
        return loud;
    };
    Http1Fixture fixture;
    fixture.settings.http.stream_large_bodies = 1;
    fixture.settings.http.store_streamed_bodies = true;
    fixture.recorder->on_hook["requestheaders"] = [&](flow::HttpFlow& flow) { flow.request.stream = shout; };
    fixture.recorder->on_hook["responseheaders"] = [&](flow::HttpFlow& flow) { flow.response->stream = shout; };
    fixture.servers = {{{"0\r\n\r\n", "HTTP/1.1 200 OK\r\n" + chunked + "2\r\nok\r\n0\r\n\r\n"}}};
    fixture.play({{"", post_head + chunked + "2\r\nab\r\n0\r\n\r\n"}, leave("0\r\n\r\n")});
    EXPECT_THAT(fixture.asked.at(0), EndsWith("2\r\nAB\r\n1\r\n!\r\n0\r\n\r\n"));
    EXPECT_THAT(fixture.received, EndsWith("2\r\nOK\r\n1\r\n!\r\n0\r\n\r\n"));
    EXPECT_EQ(fixture.flow().request.raw_content, "AB!");
    EXPECT_EQ(fixture.flow().response.value().raw_content, "OK!");
}

TEST(Exchange, P60_d_AFunctionMayWaitAndReturnSeveralPieces) {
    auto const split = [](std::string_view piece) -> asio::awaitable<std::vector<std::string>> {
        std::vector<std::string> pieces;
        for (char const c : piece) pieces.emplace_back(1, c);
        co_await async::pause(std::chrono::milliseconds(1));
        co_return pieces;
    };
    auto const mark = [](std::string_view piece) -> asio::awaitable<std::string> {
        co_return piece.empty() ? std::string() : "<" + std::string(piece) + ">";
    };
    Http1Fixture fixture;
    fixture.recorder->on_hook["requestheaders"] = [&](flow::HttpFlow& flow) { flow.request.stream = split; };
    fixture.recorder->on_hook["responseheaders"] = [&](flow::HttpFlow& flow) { flow.response->stream = mark; };
    fixture.servers = {{{"0\r\n\r\n", "HTTP/1.1 200 OK\r\n" + chunked + "2\r\nok\r\n0\r\n\r\n"}}};
    fixture.play({{"", post_head + chunked + "2\r\nab\r\n0\r\n\r\n"}, leave("0\r\n\r\n")});
    EXPECT_THAT(fixture.asked.at(0), EndsWith("1\r\na\r\n1\r\nb\r\n0\r\n\r\n"));
    EXPECT_THAT(fixture.received, EndsWith("4\r\n<ok>\r\n0\r\n\r\n"));
}

TEST(Exchange, P60_AnErrorOfAFunctionNamesItsAddon) {
    Http1Fixture fixture;
    fixture.recorder->on_hook["responseheaders"] = [](flow::HttpFlow& flow) {
        flow.response->stream = [](std::string_view) -> asio::awaitable<std::string> {
            throw std::runtime_error("oops");
            co_return std::string();
        };
    };
    fixture.servers = {{{"\r\n\r\n", "HTTP/1.1 200 OK\r\n" + chunked + "2\r\nok\r\n0\r\n\r\n"}}};
    fixture.play({{"", "GET / HTTP/1.1\r\nHost: origin.test\r\n\r\n"}, read_to_end()});
    EXPECT_EQ(fixture.flow().error.value().message, "addon hook_recorder, in a stream function: oops");
}

TEST(Exchange, P60_AFunctionThatChangesTheLengthEndsTheConnection) {
    Http1Fixture fixture;
    fixture.recorder->on_hook["responseheaders"] = [](flow::HttpFlow& flow) {
        flow.response->stream = [](std::string_view piece) { return std::string(piece.substr(0, 1)); };
    };
    fixture.servers = {responses(ok), responses(ok)};
    fixture.play({{"", get + get}, read_to_end()});
    EXPECT_EQ(fixture.received, "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\no");
}

TEST(Exchange, P60_AFunctionThatThrowsEndsTheStream) {
    Http1Fixture fixture;
    fixture.recorder->on_hook["responseheaders"] = [](flow::HttpFlow& flow) {
        flow.response->stream = [](std::string_view) -> std::string { throw std::runtime_error("oops"); };
    };
    fixture.servers = {responses(ok)};
    fixture.play({{"", get}, read_to_end()});
    EXPECT_EQ(fixture.received, "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n");
    EXPECT_EQ(fixture.hooks(), "requestheaders request responseheaders error");
    EXPECT_THAT(fixture.flow().error.value().message, HasSubstr("oops"));
}

TEST(Exchange, P60_AStreamedRequestCannotGetAResponse) {
    Http1Fixture fixture;
    fixture.recorder->on_hook["requestheaders"] = [](flow::HttpFlow& flow) {
        flow.request.stream = true;
        flow.response = flow::Response::make(200, "mine");
    };
    fixture.play({{"", post_head + with_length(5)}, read_to_end()});
    EXPECT_THAT(fixture.received, StartsWith("HTTP/1.1 502 "));
    EXPECT_EQ(fixture.hooks(), "requestheaders error");
}

TEST(Exchange, P60_ALargeRequestCanGetAResponse) {
    Http1Fixture fixture;
    fixture.settings.http.stream_large_bodies = 10;
    fixture.recorder->on_hook["requestheaders"] = [](flow::HttpFlow& flow) {
        flow.response = flow::Response::make(407, "who?");
    };
    fixture.play({{"", post_head + with_length(200'000)}, leave("who?")});
    EXPECT_THAT(fixture.received, StartsWith("HTTP/1.1 407 "));
    EXPECT_EQ(fixture.hooks(), all_hooks);
    EXPECT_FALSE(fixture.flow().request.raw_content);
}

struct Break {
    std::string name;
    Script client, server;
    std::string message;
};

class StreamThatBreaks : public testing::TestWithParam<Break> {};

TEST_P(StreamThatBreaks, IsAnErrorOfBothSides) {
    Http1Fixture fixture;
    fixture.recorder->on_hook["requestheaders"] = [](flow::HttpFlow& flow) { flow.request.stream = true; };
    fixture.recorder->on_hook["responseheaders"] = [](flow::HttpFlow& flow) { flow.response->stream = true; };
    fixture.servers = {GetParam().server};
    fixture.play(GetParam().client);
    ASSERT_THAT(fixture.flows(), SizeIs(1));
    EXPECT_THAT(fixture.hooks(), EndsWith("error"));
    EXPECT_THAT(fixture.flow().error.value().message, HasSubstr(GetParam().message));
}

INSTANTIATE_TEST_SUITE_P(
    Exchange, StreamThatBreaks,
    testing::Values(Break{"TheClientLeavesInItsRequest",
                          {{"", post_head + "Content-Length: 9\r\n\r\nab", Then::half_close}, read_to_end()},
                          {read_to_end()},
                          "request is malformed"},
                    Break{"TheClientSendsABadChunk",
                          {{"", post_head + chunked + "x\r\n", Then::read_to_end}},
                          {read_to_end()},
                          "request is malformed"},
                    Break{"TheServerLeavesInItsResponse",
                          {{"", get}, read_to_end()},
                          {{"\r\n\r\n", "HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nab", Then::fin}},
                          "origin.test:80 is malformed"},
                    Break{"TheServerResetsItsResponse",
                          {{"", get}, read_to_end()},
                          {{"\r\n\r\n", "HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nab"}, {"", "", Then::reset}},
                          "reset"},
                    Break{"TheClientLeavesInTheResponse",
                          {{"", get}, leave("xxx")},
                          {{"\r\n\r\n", "HTTP/1.1 200 OK\r\n" + with_length(900'000), Then::read_to_end}},
                          "the client disconnected"}),
    pathology::test::row_name);

// --- limits ----------------------------------------------------------------------------------------------------------

struct Limit {
    std::string name, body;
    bool is_streamed = false;
};

class P61_Body : public testing::TestWithParam<Limit> {
protected:
    static Http1Fixture make_fixture() {
        Http1Fixture fixture;
        fixture.settings.http.body_size_limit = 10;
        if (GetParam().is_streamed) fixture.settings.http.stream_large_bodies = 3;
        return fixture;
    }
};

TEST_P(P61_Body, P61_a_OverTheLimitOfARequestIs413) {
    auto fixture = make_fixture();
    fixture.servers = {{read_to_end()}};
    fixture.play({{"", post_head + GetParam().body}, read_to_end()});
    EXPECT_THAT(fixture.received, StartsWith("HTTP/1.1 413 "));
    EXPECT_EQ(fixture.hooks(), "requestheaders error");
}

TEST_P(P61_Body, P61_b_OverTheLimitOfAResponseIs502) {
    auto fixture = make_fixture();
    fixture.servers = {responses("HTTP/1.1 200 OK\r\n" + GetParam().body)};
    fixture.play({{"", get}, read_to_end()});
    EXPECT_THAT(fixture.received, StartsWith(GetParam().is_streamed ? "HTTP/1.1 200 " : "HTTP/1.1 502 "));
    EXPECT_EQ(fixture.hooks(), "requestheaders request responseheaders error");
    EXPECT_THAT(fixture.flow().error.value().message, HasSubstr("body_size_limit"));
}

INSTANTIATE_TEST_SUITE_P(Exchange, P61_Body,
                         testing::Values(Limit{"Declared", with_length(11)},
                                         Limit{"Chunked", chunked + "6\r\nabcdef\r\n5\r\nghijk\r\n0\r\n\r\n"},
                                         Limit{"ChunkedAndStreamed", chunked + "6\r\nabcdef\r\n5\r\nghijk\r\n0\r\n\r\n",
                                               true}),
                         pathology::test::row_name);

}  // namespace
}  // namespace pathology::proxycore::layers
