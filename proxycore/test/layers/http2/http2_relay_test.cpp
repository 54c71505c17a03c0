// HTTP/2 on both sides of the proxy: client, exchange and origin, each on a connection of its own.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "layers/http2/http2_fixture.hpp"
#include "support/script.hpp"

namespace pathology::proxycore::layers {
namespace {

using namespace http2::test;
using http2::ErrorCode;
using test::Http2Fixture;
using test::RawClient;
using testing::HasSubstr;
namespace flag = http2::flag;

class Http2Relay : public testing::Test {
protected:
    Http2Relay() { fixture.has_origin = true; }
    void play(std::function<asio::awaitable<void>(RawClient&)> const& script) {
        fixture.play([&](std::unique_ptr<net::Stream> stream) -> asio::awaitable<void> {
            RawClient client(std::move(stream));
            co_await script(client);
        });
    }

    Http2Fixture fixture;
};

TEST_F(Http2Relay, CarriesRequestsAndResponsesOfManyStreams) {
    for (std::size_t const max_count : {std::size_t{1}, std::size_t{65536}}) {
        Http2Fixture fresh;
        fresh.has_origin = true;
        fresh.max_per_read = max_count;
        fresh.play([&](std::unique_ptr<net::Stream> stream) -> asio::awaitable<void> {
            RawClient client(std::move(stream));
            auto const sent_bytes = hello() + get(1) + get(3);
            co_await client.send(sent_bytes);
            co_await client.read_until("DATA 1 END_STREAM 'ok'");
            co_await client.read_until("DATA 3 END_STREAM 'ok'");
        });
        EXPECT_THAT(fresh.origin->server.log, HasSubstr("1 request GET / x\n"));
        EXPECT_EQ(fresh.flows().size(), 2U);
        EXPECT_EQ(fresh.flow().response.value().raw_content, "ok");
        EXPECT_EQ(fresh.flow().response.value().http_version, (http::Version{2, 0}));
    }
}

TEST_F(Http2Relay, StreamsALargeResponseThroughSmallWindows) {
    fixture.settings.http.stream_large_bodies = 1000;
    fixture.origin_body = std::string(300'000, 'y');
    std::size_t received = 0;
    play([&](RawClient& client) -> asio::awaitable<void> {
        auto const sent_bytes = hello() + window_update(0, 1U << 20U) + get(1);
        co_await client.send(sent_bytes);
        for (std::size_t room = 65535; room < fixture.origin_body.size(); room += 65535) {
            auto const all = co_await client.read_content(1, room);
            EXPECT_EQ(all, room);
            auto const more = window_update(1, 65535);
            co_await client.send(more);
        }
        co_await client.read_until("END_STREAM '");
        received = co_await client.read_content(1, fixture.origin_body.size());
    });
    EXPECT_EQ(received, fixture.origin_body.size());
    EXPECT_EQ(fixture.flow().response.value().raw_content, std::nullopt);
}

TEST_F(Http2Relay, StreamsAnUploadWithItsTrailers) {
    fixture.recorder->on_hook["requestheaders"] = [](flow::HttpFlow& flow) { flow.request.stream = true; };
    play([&](RawClient& client) -> asio::awaitable<void> {
        auto const head = headers(1, {{":method", "POST"}, {":scheme", "http"}, {":path", "/"}, {":authority", "x"}},
                                  flag::end_headers);
        auto const first = hello() + head + data(1, "abc");
        co_await client.send(first);
        co_await fixture.wait_for_origin("1 data 'abc'\n");
        auto const rest = data(1, "def") + headers(1, {{"x-t", "9"}});
        co_await client.send(rest);
        co_await client.read_until("DATA 1 END_STREAM 'ok'");
    });
    EXPECT_THAT(fixture.origin->server.log, HasSubstr("1 end x-t=9\n"));
}

TEST_F(Http2Relay, A5_AStreamedResponseWithTrailersHasNoErrorWhenTheClientLeavesBehindIt) {
    fixture.settings.http.stream_large_bodies = 1;
    fixture.origin_responds = false;
    play([&](RawClient& client) -> asio::awaitable<void> {
        auto const sent_bytes = hello() + get(1);
        co_await client.send(sent_bytes);
        co_await fixture.wait_for_origin("1 end");
        auto const response =
            headers(1, {{":status", "200"}}, flag::end_headers) + data(1, "hello") + headers(1, {{"grpc-status", "0"}});
        co_await fixture.origin->send(response);
        co_await client.read_until("END_STREAM");
    });
    EXPECT_EQ(fixture.flow().error ? fixture.flow().error->message : "", "");
    EXPECT_EQ(fixture.flow().response->trailers, (http::Fields{{"grpc-status", "0"}}));
}

/// White space at the ends of a value (RFC 9113 §8.2.1), with the guard and without it.
TEST_F(Http2Relay, A16_PaddedValuesPassWithoutTheGuardAndThePageNamesTheOption) {
    fixture.origin_responds = false;
    for (bool const is_guarded : {true, false}) {
        for (std::string_view const value : {"v ", " v", "v\t"}) {
            fixture.settings.http.validate_inbound_headers = is_guarded;
            fixture.recorder = std::make_shared<proxycore::test::HookRecorder>();
            fixture.origin.reset();
            play([&](RawClient& client) -> asio::awaitable<void> {
                auto const sent_bytes = hello() + get(1);
                co_await client.send(sent_bytes);
                co_await fixture.wait_for_origin("1 end");
                auto const response = headers(1, {{":status", "200"}, {"x", value}});
                co_await fixture.origin->send(response);
                co_await client.read_until("END_STREAM");
            });
            auto const& flow = fixture.flow();
            EXPECT_EQ(flow.error.has_value(), is_guarded);
            if (is_guarded)
                EXPECT_THAT(flow.error->message, HasSubstr("--set validate_inbound_headers=false"));
            else
                EXPECT_EQ(flow.response->headers.first("x"), value);
        }
    }
}

TEST_F(Http2Relay, ResetsTheServersStreamWhenTheClientResetsItsOwn) {
    fixture.origin_responds = false;
    play([&](RawClient& client) -> asio::awaitable<void> {
        auto const sent_bytes = hello() + get(1);
        co_await client.send(sent_bytes);
        co_await fixture.wait_for_origin("1 end");
        auto const reset = rst_stream(1, ErrorCode::cancel);
        co_await client.send(reset);
        co_await fixture.wait_for_origin("1 closed CANCEL by client");
    });
    EXPECT_EQ(fixture.flow().error.value().message, "the client reset stream 1: CANCEL");
}

/// What ends a response that was streamed, and the code with which the client's stream is reset then.
struct BrokenOff {
    std::string name, sent_by_server;
    std::string code;
};
void PrintTo(BrokenOff const& row, std::ostream* out) { *out << row.name; }

class A13_BrokenResponse : public Http2Relay, public testing::WithParamInterface<BrokenOff> {};

TEST_P(A13_BrokenResponse, ResetsTheStreamOfTheClient) {
    fixture.settings.http.stream_large_bodies = 0;
    fixture.origin_responds = false;
    play([&](RawClient& client) -> asio::awaitable<void> {
        auto const sent_bytes = hello() + get(1);
        co_await client.send(sent_bytes);
        co_await fixture.wait_for_origin("1 end");
        auto const begun = headers(1, {{":status", "200"}}, flag::end_headers) + data(1, "part");
        co_await fixture.origin->send(begun);
        co_await client.read_until("DATA 1 'part'");
        co_await fixture.origin->send(GetParam().sent_by_server);
        co_await client.read_until("RST_STREAM 1 " + GetParam().code + "\n");
    });
    EXPECT_TRUE(fixture.flow().error);
}
/// Every code of RFC 9113 §7 is passed on but NO_ERROR, which would say that nothing is wrong.
std::vector<BrokenOff> all_codes() {
    std::vector<BrokenOff> rows{{"BrokenProtocol", data(0, "x"), "INTERNAL_ERROR"}};
    for (std::uint32_t code = 0; code <= static_cast<std::uint32_t>(ErrorCode::http_1_1_required); ++code) {
        auto const error = ErrorCode{code};
        auto const name = http2::name(error);
        rows.push_back({name, rst_stream(1, error), error == ErrorCode::no_error ? "INTERNAL_ERROR" : name});
    }
    return rows;
}

INSTANTIATE_TEST_SUITE_P(Codes, A13_BrokenResponse, testing::ValuesIn(all_codes()),
                         [](auto const& row) { return row.param.name; });

std::string extended_connect(FieldList more = {}) {
    auto const all = block({{":method", "CONNECT"},
                            {":protocol", "websocket"},
                            {":scheme", "http"},
                            {":path", "/chat"},
                            {":authority", "x"},
                            {"sec-websocket-version", "13"}}) +
                     block(more);
    return headers(1, std::string_view(all), flag::end_headers);
}

TEST_F(Http2Relay, CarriesAWebSocketByExtendedConnectOnBothSides) {
    fixture.origin_settings.extended_connect = true;
    fixture.origin_body.clear();
    fixture.origin_responds = false;
    TextContent back("", false);
    play([&](RawClient& client) -> asio::awaitable<void> {
        auto const sent_bytes = hello() + extended_connect();
        co_await client.send(sent_bytes);
        co_await fixture.wait_for_origin("1 request CONNECT /chat x sec-websocket-version=13\n");
        http::ResponseHead accepted{.version = {2, 0}, .status = 200};
        fixture.origin->server.session.respond(1, accepted, &back);
        co_await fixture.origin->flush();
        co_await client.read_until("HEADERS 1 END_HEADERS");
        auto const masked = data(1, std::string("\x81\x82\0\0\0\0hi", 8));
        co_await client.send(masked);
        co_await fixture.wait_for_origin("1 data");
        back.add(std::string("\x81\x02yo", 4), false);
        fixture.origin->server.session.resume(1);
        co_await fixture.origin->flush();
        co_await client.read_until("yo'");
        client.close(net::CloseMode::fin);
    });
    auto const& flow = fixture.flow();
    EXPECT_EQ(flow.request.raw_method, "GET");
    EXPECT_EQ(flow.response.value().status_code, 101U);
    EXPECT_TRUE(flow.websocket.has_value());
}

// --- early responses ---------------------------------------------------------------------------------------------------

struct EarlyResponse {
    std::string_view name;
    bool is_streamed;  ///< a request without end; else one that is kept, and larger than the server's window
    bool by_http2;     ///< the client
};
void PrintTo(EarlyResponse const& row, std::ostream* out) { *out << row.name; }

/// Behind the end of the response comes RST_STREAM with NO_ERROR: the server wants no more of the request (RFC 9113
/// §8.1).
class P13_EarlyResponse : public testing::TestWithParam<EarlyResponse> {
protected:
    P13_EarlyResponse() {
        fixture.has_origin = true;
        fixture.origin_responds = false;
        fixture.client_speaks_http2 = GetParam().by_http2;
        fixture.settings.times.stop = std::chrono::milliseconds(1);
        fixture.origin_settings.stream_window = fixture.origin_settings.connection_window = 65535;
        fixture.origin_settings.window_updates = http2::WindowUpdates::when_consumed;
        fixture.recorder->on_hook["requestheaders"] = [](flow::HttpFlow& flow) {
            flow.request.stream = GetParam().is_streamed && flow.request.raw_method == "POST";
        };
    }
    asio::awaitable<void> respond_early() {
        co_await fixture.wait_for_origin("1 data");
        http::ResponseHead const head{.version = {2, 0}, .status = 413};
        auto& server = fixture.origin->server;
        server.session.respond(1, head, &content_);
        server.session.ignore_content(1);
        co_await fixture.origin->flush();
        co_await fixture.wait_for("response");
        server.responses = true;
    }
    asio::awaitable<void> play_http1(std::unique_ptr<net::Stream> client) {
        auto const length = GetParam().is_streamed ? "99999999" : std::to_string(body.size());
        auto const sent = GetParam().is_streamed ? "begin" : body;
        auto const sent_bytes = "POST http://x/ HTTP/1.1\r\nHost: x\r\nContent-Length: " + length + "\r\n\r\n" + sent;
        co_await net::send(*client, sent_bytes);
        co_await respond_early();
        proxycore::test::Script script{proxycore::test::read_to_end()};
        if (!GetParam().is_streamed)
            script = {{early, "GET http://x/ HTTP/1.1\r\nHost: x\r\n\r\n"}, proxycore::test::leave("ok")};
        co_await proxycore::test::play_script(*client, script, received_text);
        EXPECT_THAT(received_text, testing::StartsWith("HTTP/1.1 413 "));
        EXPECT_THAT(received_text, HasSubstr(early));
    }
    asio::awaitable<void> play_http2(RawClient client) {
        auto sent_bytes = hello() + window_update(0, 1U << 20U) +
                          headers(1, {{":method", "POST"}, {":scheme", "http"}, {":path", "/"}, {":authority", "x"}},
                                  flag::end_headers);
        auto const sent = GetParam().is_streamed ? std::string_view("begin") : std::string_view(body);
        for (std::size_t at = 0; at < sent.size(); at += 16'000) sent_bytes += data(1, sent.substr(at, 16'000));
        if (!GetParam().is_streamed) sent_bytes += data(1, "", flag::end_stream);
        co_await client.send(sent_bytes);
        co_await respond_early();
        co_await client.read_until("e'");
        if (GetParam().is_streamed) co_await client.read_until("RST_STREAM 1 NO_ERROR");
        auto const came = co_await client.read_content(1, early.size());
        EXPECT_EQ(came, early.size());
        auto const another = get(3);
        co_await client.send(another);
        co_await client.read_until("DATA 3 END_STREAM 'ok'");
    }

    std::string const early = std::string(30'000, 'e'), body = std::string(150'000, 'b');
    Http2Fixture fixture;
    std::string received_text;

private:
    TextContent content_{early};
};

TEST_P(P13_EarlyResponse, ArrivesWholeAndTheRestOfTheRequestIsLetGo) {
    fixture.play([&](std::unique_ptr<net::Stream> stream) -> asio::awaitable<void> {
        auto playing = GetParam().by_http2 ? play_http2(RawClient(std::move(stream))) : play_http1(std::move(stream));
        co_await std::move(playing);
    });
    auto const* const hooks = GetParam().is_streamed ? "requestheaders responseheaders response"
                                                     : "requestheaders request responseheaders response";
    EXPECT_THAT(fixture.hooks(), testing::StartsWith(hooks));
    EXPECT_FALSE(fixture.flow().error) << fixture.flow().error->message;
    EXPECT_EQ(fixture.flow().response.value().raw_content, early);
    EXPECT_THAT(fixture.origin->server.log, HasSubstr("1 closed\n"));
    EXPECT_THAT(fixture.origin->server.log, testing::Not(HasSubstr("1 end")));
}
INSTANTIATE_TEST_SUITE_P(Rfc9113, P13_EarlyResponse,
                         testing::Values(EarlyResponse{"KeptFromHttp1", false, false},
                                         EarlyResponse{"StreamedFromHttp1", true, false},
                                         EarlyResponse{"KeptFromHttp2", false, true},
                                         EarlyResponse{"StreamedFromHttp2", true, true}),
                         [](auto const& row) { return std::string(row.param.name); });

// --- to servers of HTTP/1 --------------------------------------------------------------------------------------------

TEST_F(Http2Relay, AsksAServerOfHttp1InItsOwnWay) {
    fixture.http1_response =
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nConnection: X-Hop\r\nX-Hop: 1\r\nServer: s\r\n\r\n"
        "2\r\nok\r\n0\r\nX-T: 9\r\n\r\n";
    play([&](RawClient& client) -> asio::awaitable<void> {
        auto const head = headers(1, {{":method", "GET"},
                                      {":scheme", "http"},
                                      {":path", "/a"},
                                      {":authority", "x"},
                                      {"cookie", "a=1"},
                                      {"cookie", "b=2"}});
        auto const sent_bytes = hello() + head;
        co_await client.send(sent_bytes);
        auto const received_text = co_await client.read_until("HEADERS 1 END_STREAM,END_HEADERS");
        EXPECT_EQ(received_text, "HEADERS 1 END_HEADERS\nDATA 1 'ok'\nHEADERS 1 END_STREAM,END_HEADERS\n");
    });
    EXPECT_EQ(fixture.asked, "GET /a HTTP/1.1\r\nHost: x\r\ncookie: a=1; b=2\r\n\r\n");
}

struct CodedResponse {
    std::string_view name, method, response_text, reported;
};
void PrintTo(CodedResponse const& row, std::ostream* out) { *out << row.name; }

class P12_CodedResponse : public testing::TestWithParam<CodedResponse> {};

TEST_P(P12_CodedResponse, IsNotGivenWithoutItsCoding) {
    auto const& row = GetParam();
    Http2Fixture fixture;
    fixture.has_origin = true;
    fixture.http1_response = row.response_text;
    fixture.play([&](std::unique_ptr<net::Stream> stream) -> asio::awaitable<void> {
        RawClient client(std::move(stream));
        FieldList const head{{":method", row.method}, {":scheme", "http"}, {":path", "/"}, {":authority", "x"}};
        auto const sent_bytes = hello() + headers(1, head);
        co_await client.send(sent_bytes);
        co_await client.read_until(row.reported);
    });
    bool const is_refused = row.reported == "502 Bad Gateway";
    EXPECT_EQ(fixture.hooks().ends_with(" error"), is_refused) << fixture.hooks();
    if (is_refused) {
        EXPECT_THAT(fixture.flow().error.value().message, HasSubstr("Transfer-Encoding \"gzip"));
    }
}
INSTANTIATE_TEST_SUITE_P(
    Rows, P12_CodedResponse,
    testing::Values(CodedResponse{"InChunks", "GET",
                                  "HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip, chunked\r\n\r\n2\r\nok\r\n0\r\n\r\n",
                                  "502 Bad Gateway"},
                    CodedResponse{"UntilTheClose", "GET", "HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip\r\n\r\nok",
                                  "502 Bad Gateway"},
                    CodedResponse{"OfNoBody", "HEAD", "HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip, chunked\r\n\r\n",
                                  "HEADERS 1 END_STREAM,END_HEADERS"},
                    CodedResponse{"NotModified", "GET", "HTTP/1.1 304 No\r\nTransfer-Encoding: gzip, chunked\r\n\r\n",
                                  "HEADERS 1 END_STREAM,END_HEADERS"},
                    CodedResponse{"InNothingButChunks", "GET",
                                  "HTTP/1.1 200 OK\r\nTransfer-Encoding: Chunked\r\n\r\n2\r\nok\r\n0\r\n\r\n",
                                  "DATA 1 END_STREAM 'ok'"}),
    [](auto const& row) { return std::string(row.param.name); });

TEST_F(Http2Relay, P16_PassesNoFramingOfABodyOnWithAWebSocket) {
    fixture.http1_response = "HTTP/1.1 403 No\r\nContent-Length: 0\r\n\r\n";
    play([&](RawClient& client) -> asio::awaitable<void> {
        auto const sent_bytes = hello() + extended_connect({{"content-length", "0"}});
        co_await client.send(sent_bytes);
        co_await client.read_until("HEADERS 1");
    });
    EXPECT_THAT(fixture.asked, testing::Not(HasSubstr("ontent-")));
    EXPECT_THAT(fixture.asked, testing::Not(HasSubstr("ransfer-")));
    EXPECT_EQ(fixture.flow().response.value().status_code, 403U);
}

TEST_F(Http2Relay, P16_TheEndOfOneStreamIsNotThatOfItsConnection) {
    fixture.http1_response =
        "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
        "Sec-WebSocket-Accept: x\r\nSec-WebSocket-Extensions: x-private\r\n\r\nunread";
    play([&](RawClient& client) -> asio::awaitable<void> {
        auto const sent_bytes = hello() + extended_connect();
        co_await client.send(sent_bytes);
        co_await client.read_until("unread'");
        auto const end = data(1, "", flag::end_stream);
        co_await client.send(end);
        co_await client.read_until("DATA 1 END_STREAM");
    });
    EXPECT_EQ(fixture.flow().client_conn->state, flow::ConnectionState::active);
}

struct BadSwitch {
    std::string_view name;
    std::string sent_bytes, response_text, reported, calls;
};
void PrintTo(BadSwitch const& row, std::ostream* out) { *out << row.name; }

class P16_BadSwitch : public testing::TestWithParam<BadSwitch> {};

TEST_P(P16_BadSwitch, Is502) {
    Http2Fixture fixture;
    fixture.has_origin = true;
    fixture.http1_response = GetParam().response_text;
    fixture.play([&](std::unique_ptr<net::Stream> stream) -> asio::awaitable<void> {
        RawClient client(std::move(stream));
        auto const sent_bytes = hello() + GetParam().sent_bytes;
        co_await client.send(sent_bytes);
        co_await client.read_until("502 Bad Gateway");
    });
    EXPECT_EQ(fixture.flow().error.value().message, GetParam().reported);
    EXPECT_EQ(fixture.hooks(), GetParam().calls);
}
INSTANTIATE_TEST_SUITE_P(
    Rows, P16_BadSwitch,
    testing::Values(BadSwitch{"NobodyAsked", get(1), "HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\n\r\n",
                              "the server x:80 sent 101, but the request has no Upgrade field",
                              "requestheaders request error"},
                    BadSwitch{"AResponseInItsPlace", extended_connect(),
                              "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok",
                              "the response 200 does not open a WebSocket, but the client would understand it so",
                              "requestheaders request responseheaders error"}),
    [](auto const& row) { return std::string(row.param.name); });

TEST_F(Http2Relay, OpensAWebSocketOnAServerOfHttp1) {
    fixture.http1_response =
        "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
        "Sec-WebSocket-Accept: x\r\n\r\n\x81\x02yo";
    play([&](RawClient& client) -> asio::awaitable<void> {
        auto const sent_bytes = hello() + extended_connect();
        co_await client.send(sent_bytes);
        co_await client.read_until("yo'");
        client.close(net::CloseMode::fin);
    });
    EXPECT_THAT(fixture.asked, testing::StartsWith("GET /chat HTTP/1.1\r\nHost: x\r\nsec-websocket-version: 13\r\n"
                                                   "connection: Upgrade\r\nupgrade: websocket\r\nsec-websocket-key: "));
}

}  // namespace
}  // namespace pathology::proxycore::layers
