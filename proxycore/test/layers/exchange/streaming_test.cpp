// Bodies that pass through without being kept, and bodies that are too large (P60, P61).
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <pathology/proxycore/async/pause.hpp>

#include "layers/exchange/http_bench.hpp"
#include "layers/exchange/messages.hpp"
#include "support/row_name.hpp"

namespace pathology::proxycore::layers {
namespace {

using test::all_hooks;
using test::answers;
using test::chunked;
using test::get;
using test::HttpBench;
using test::leave;
using test::ok;
using test::post_head;
using test::read_to_end;
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
    for (std::size_t const most_per_read : {65536u, 1u}) {
        HttpBench bench;
        bench.most_per_read = most_per_read;
        bench.settings.http.stream_large_bodies = 10;
        auto const answer = "HTTP/1.1 200 OK\r\n" + GetParam().body;
        bench.servers = {answers(answer)};
        bench.talk({{"", get}, leave(GetParam().body.substr(GetParam().body.size() - 5))});
        EXPECT_EQ(bench.calls, all_hooks);
        auto const& response = bench.flow().response.value();
        EXPECT_EQ(response.raw_content.has_value(), !GetParam().is_streamed);
        EXPECT_EQ(std::holds_alternative<bool>(response.stream) && std::get<bool>(response.stream),
                  GetParam().is_streamed);
    }
}

TEST_P(P60_Body, P60_f_IsStreamedToTheServer) {
    for (std::size_t const most_per_read : {65536u, 1u}) {
        HttpBench bench;
        bench.most_per_read = most_per_read;
        bench.settings.http.stream_large_bodies = 10;
        bench.servers = {{{GetParam().body.substr(GetParam().body.size() - 5), ok}}};
        bench.talk({{"", post_head + GetParam().body}, leave("ok")});
        EXPECT_EQ(bench.received, ok);
        EXPECT_EQ(bench.calls, all_hooks);
        EXPECT_EQ(bench.flow().request.raw_content.has_value(), !GetParam().is_streamed);
    }
}

INSTANTIATE_TEST_SUITE_P(
    Exchange, P60_Body,
    testing::Values(Size{"P60_b_OfJustTheLimit", with_length(10), false},
                    Size{"P60_b_OneByteOver", with_length(11), true},
                    Size{"P60_c_ChunksWithinTheLimit", chunked + "5\r\nabcde\r\n5\r\nfghij\r\n0\r\n\r\n", false},
                    Size{"P60_c_ChunksThatPassIt", chunked + "6\r\nabcdef\r\n5\r\nghijk\r\n1\r\nl\r\n0\r\n\r\n", true}),
    pathology::test::row_name);

TEST(Exchange, P60_a_AStreamedAnswerArrivesBeforeItIsWhole) {
    HttpBench bench;
    bench.deeds["responseheaders"] = [](flow::HttpFlow& flow) { flow.response->stream = true; };
    bench.deeds["response"] = [&](flow::HttpFlow& flow) {
        EXPECT_THAT(bench.received, StartsWith("HTTP/1.1 200 OK\r\n"));  // G4
        EXPECT_FALSE(flow.response->raw_content);
    };
    auto const answer = "HTTP/1.1 200 OK\r\n" + with_length(500'000) + "";
    bench.servers = {answers(answer)};
    bench.talk({{"", get}, leave(std::string(500'000, 'x'))});
    EXPECT_EQ(bench.received, answer);
}

TEST(Exchange, P60_f_AStreamedRequestReachesTheServerBeforeItIsWhole) {
    HttpBench bench;
    bench.deeds["requestheaders"] = [](flow::HttpFlow& flow) { flow.request.stream = true; };
    bench.deeds["request"] = [&](flow::HttpFlow&) { EXPECT_THAT(bench.asked.at(0), StartsWith("POST / ")); };
    bench.servers = {{{std::string(500'000, 'x'), ok}}};
    bench.talk({{"", post_head + with_length(500'000)}, leave("ok")});
    EXPECT_EQ(bench.asked.at(0), "POST / HTTP/1.1\r\nHost: origin.test\r\n" + with_length(500'000));
    EXPECT_EQ(bench.calls, all_hooks);
}

TEST(Exchange, P40_G4_AnAnswerMayComeBeforeAStreamedRequestIsWhole) {
    HttpBench bench;
    bench.deeds["requestheaders"] = [](flow::HttpFlow& flow) { flow.request.stream = true; };
    bench.pauses["response"] = std::chrono::milliseconds(50);
    bench.servers = {{{"first", ok}}};
    bench.talk({{"", post_head + "Content-Length: 11\r\n\r\nfirst"}, {"ok", "second"}, leave()});
    EXPECT_EQ(bench.asked.at(0), "POST / HTTP/1.1\r\nHost: origin.test\r\nContent-Length: 11\r\n\r\nfirstsecond");
    EXPECT_EQ(bench.calls, "requestheaders responseheaders response request");
}

TEST(Exchange, P31_c_AStreamedRequestMayBeKilledAtItsEnd) {
    HttpBench bench;
    bench.deeds["requestheaders"] = [](flow::HttpFlow& flow) { flow.request.stream = true; };
    bench.deeds["request"] = [](flow::HttpFlow& flow) { flow.kill({}); };
    bench.servers = {{{"never", ""}}};
    bench.talk({{"", post_head + with_length(5)}, read_to_end()});
    EXPECT_EQ(bench.received, "");
    EXPECT_EQ(bench.calls, "requestheaders request error");
}

TEST(Exchange, P60_d_AFunctionChangesAStream) {
    auto const shout = [](std::string_view piece) {
        if (piece.empty()) return std::string("!");
        std::string loud(piece);
        for (char& c : loud) c = static_cast<char>(std::toupper(static_cast<unsigned char>(c)));
        return loud;
    };
    HttpBench bench;
    bench.settings.http.stream_large_bodies = 1;
    bench.settings.http.store_streamed_bodies = true;
    bench.deeds["requestheaders"] = [&](flow::HttpFlow& flow) { flow.request.stream = shout; };
    bench.deeds["responseheaders"] = [&](flow::HttpFlow& flow) { flow.response->stream = shout; };
    bench.servers = {{{"0\r\n\r\n", "HTTP/1.1 200 OK\r\n" + chunked + "2\r\nok\r\n0\r\n\r\n"}}};
    bench.talk({{"", post_head + chunked + "2\r\nab\r\n0\r\n\r\n"}, leave("0\r\n\r\n")});
    EXPECT_THAT(bench.asked.at(0), EndsWith("2\r\nAB\r\n1\r\n!\r\n0\r\n\r\n"));
    EXPECT_THAT(bench.received, EndsWith("2\r\nOK\r\n1\r\n!\r\n0\r\n\r\n"));
    EXPECT_EQ(bench.flow().request.raw_content, "AB!");
    EXPECT_EQ(bench.flow().response.value().raw_content, "OK!");
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
    HttpBench bench;
    bench.deeds["requestheaders"] = [&](flow::HttpFlow& flow) { flow.request.stream = split; };
    bench.deeds["responseheaders"] = [&](flow::HttpFlow& flow) { flow.response->stream = mark; };
    bench.servers = {{{"0\r\n\r\n", "HTTP/1.1 200 OK\r\n" + chunked + "2\r\nok\r\n0\r\n\r\n"}}};
    bench.talk({{"", post_head + chunked + "2\r\nab\r\n0\r\n\r\n"}, leave("0\r\n\r\n")});
    EXPECT_THAT(bench.asked.at(0), EndsWith("1\r\na\r\n1\r\nb\r\n0\r\n\r\n"));
    EXPECT_THAT(bench.received, EndsWith("4\r\n<ok>\r\n0\r\n\r\n"));
}

TEST(Exchange, P60_AnErrorOfAFunctionNamesItsAddon) {
    HttpBench bench;
    bench.deeds["responseheaders"] = [](flow::HttpFlow& flow) {
        flow.response->stream = [](std::string_view) -> asio::awaitable<std::string> {
            throw std::runtime_error("oops");
            co_return std::string();
        };
    };
    bench.servers = {{{"\r\n\r\n", "HTTP/1.1 200 OK\r\n" + chunked + "2\r\nok\r\n0\r\n\r\n"}}};
    bench.talk({{"", "GET / HTTP/1.1\r\nHost: origin.test\r\n\r\n"}, read_to_end()});
    EXPECT_EQ(bench.flow().error.value().message, "addon recorder, in a stream function: oops");
}

TEST(Exchange, P60_AFunctionThatChangesTheLengthEndsTheConnection) {
    HttpBench bench;
    bench.deeds["responseheaders"] = [](flow::HttpFlow& flow) {
        flow.response->stream = [](std::string_view piece) { return std::string(piece.substr(0, 1)); };
    };
    bench.servers = {answers(ok), answers(ok)};
    bench.talk({{"", get + get}, read_to_end()});
    EXPECT_EQ(bench.received, "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\no");
}

TEST(Exchange, P60_AFunctionThatThrowsEndsTheStream) {
    HttpBench bench;
    bench.deeds["responseheaders"] = [](flow::HttpFlow& flow) {
        flow.response->stream = [](std::string_view) -> std::string { throw std::runtime_error("oops"); };
    };
    bench.servers = {answers(ok)};
    bench.talk({{"", get}, read_to_end()});
    EXPECT_EQ(bench.received, "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n");
    EXPECT_EQ(bench.calls, "requestheaders request responseheaders error");
    EXPECT_THAT(bench.flow().error.value().message, HasSubstr("oops"));
}

TEST(Exchange, P60_AStreamedRequestCannotBeAnswered) {
    HttpBench bench;
    bench.deeds["requestheaders"] = [](flow::HttpFlow& flow) {
        flow.request.stream = true;
        flow.response = flow::Response::make(200, "mine");
    };
    bench.talk({{"", post_head + with_length(5)}, read_to_end()});
    EXPECT_THAT(bench.received, StartsWith("HTTP/1.1 502 "));
    EXPECT_EQ(bench.calls, "requestheaders error");
}

TEST(Exchange, P60_ALargeRequestCanBeAnswered) {
    HttpBench bench;
    bench.settings.http.stream_large_bodies = 10;
    bench.deeds["requestheaders"] = [](flow::HttpFlow& flow) { flow.response = flow::Response::make(407, "who?"); };
    bench.talk({{"", post_head + with_length(200'000)}, leave("who?")});
    EXPECT_THAT(bench.received, StartsWith("HTTP/1.1 407 "));
    EXPECT_EQ(bench.calls, all_hooks);
    EXPECT_FALSE(bench.flow().request.raw_content);
}

struct Break {
    std::string name;
    Script client, server;
    std::string message;
};

class StreamThatBreaks : public testing::TestWithParam<Break> {};

TEST_P(StreamThatBreaks, IsAnErrorOfBothSides) {
    HttpBench bench;
    bench.deeds["requestheaders"] = [](flow::HttpFlow& flow) { flow.request.stream = true; };
    bench.deeds["responseheaders"] = [](flow::HttpFlow& flow) { flow.response->stream = true; };
    bench.servers = {GetParam().server};
    bench.talk(GetParam().client);
    ASSERT_THAT(bench.flows, SizeIs(1));
    EXPECT_THAT(bench.calls, EndsWith("error"));
    EXPECT_THAT(bench.flow().error.value().message, HasSubstr(GetParam().message));
}

INSTANTIATE_TEST_SUITE_P(
    Exchange, StreamThatBreaks,
    testing::Values(Break{"TheClientLeavesInItsRequest",
                          {{"", post_head + "Content-Length: 9\r\n\r\nab", Then::half_close}, read_to_end()},
                          {read_to_end()},
                          "request is broken"},
                    Break{"TheClientSendsABadChunk",
                          {{"", post_head + chunked + "x\r\n", Then::read_to_end}},
                          {read_to_end()},
                          "request is broken"},
                    Break{"TheServerLeavesInItsAnswer",
                          {{"", get}, read_to_end()},
                          {{"\r\n\r\n", "HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nab", Then::fin}},
                          "origin.test:80 is broken"},
                    Break{"TheServerResetsItsAnswer",
                          {{"", get}, read_to_end()},
                          {{"\r\n\r\n", "HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nab"}, {"", "", Then::reset}},
                          "reset"},
                    Break{"TheClientLeavesInTheAnswer",
                          {{"", get}, leave("xxx")},
                          {{"\r\n\r\n", "HTTP/1.1 200 OK\r\n" + with_length(900'000), Then::read_to_end}},
                          "the client is gone"}),
    pathology::test::row_name);

// --- limits ----------------------------------------------------------------------------------------------------------

struct Limit {
    std::string name, body;
    bool is_streamed = false;
};

class P61_Body : public testing::TestWithParam<Limit> {
protected:
    static HttpBench bench() {
        HttpBench bench;
        bench.settings.http.body_size_limit = 10;
        if (GetParam().is_streamed) bench.settings.http.stream_large_bodies = 3;
        return bench;
    }
};

TEST_P(P61_Body, P61_a_OverTheLimitOfARequestIs413) {
    auto talk = bench();
    talk.servers = {{read_to_end()}};
    talk.talk({{"", post_head + GetParam().body}, read_to_end()});
    EXPECT_THAT(talk.received, StartsWith("HTTP/1.1 413 "));
    EXPECT_EQ(talk.calls, "requestheaders error");
}

TEST_P(P61_Body, P61_b_OverTheLimitOfAResponseIs502) {
    auto talk = bench();
    talk.servers = {answers("HTTP/1.1 200 OK\r\n" + GetParam().body)};
    talk.talk({{"", get}, read_to_end()});
    EXPECT_THAT(talk.received, StartsWith(GetParam().is_streamed ? "HTTP/1.1 200 " : "HTTP/1.1 502 "));
    EXPECT_EQ(talk.calls, "requestheaders request responseheaders error");
    EXPECT_THAT(talk.flow().error.value().message, HasSubstr("body_size_limit"));
}

INSTANTIATE_TEST_SUITE_P(Exchange, P61_Body,
                         testing::Values(Limit{"Declared", with_length(11)},
                                         Limit{"Chunked", chunked + "6\r\nabcdef\r\n5\r\nghijk\r\n0\r\n\r\n"},
                                         Limit{"ChunkedAndStreamed", chunked + "6\r\nabcdef\r\n5\r\nghijk\r\n0\r\n\r\n",
                                               true}),
                         pathology::test::row_name);

}  // namespace
}  // namespace pathology::proxycore::layers
