// Peers whose content does not stop where their window ends (RFC 9113 §5.2, §6.9): what nobody reads is not kept
// without end.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/this_coro.hpp>
#include <pathology/proxycore/net/memory_stream.hpp>

#include "layers/http2/http2_fixture.hpp"
#include "support/play.hpp"
#include "support/row_name.hpp"

namespace pathology::proxycore::layers {
namespace {

using namespace http2::test;
using test::Http2Fixture;
using test::RawClient;
using testing::HasSubstr;
namespace flag = http2::flag;

constexpr std::uint32_t window = http2::SessionSettings().stream_window;

struct Excess {
    std::string_view name;
    std::uint32_t streams;      ///< that carry content
    std::uint32_t size;         ///< on each of them; more than a pipe of the test holds is over the window
    std::string_view reported;  ///< to a client
    std::string says;           ///< of the failure
};
void PrintTo(Excess const& row, std::ostream* out) { *out << row.name; }

class P13_Excess : public testing::TestWithParam<Excess> {
protected:
    static std::string flood() {
        std::string const piece(16'384, 'x');
        std::string sent_bytes;
        for (std::uint32_t n = 0; n < GetParam().streams; ++n)
            for (std::uint32_t sent = 0; sent < GetParam().size; sent += 16'384) sent_bytes += data(2 * n + 1, piece);
        return sent_bytes;
    }
};

TEST_P(P13_Excess, OfAClientIsRefused) {
    Http2Fixture fixture;
    std::vector<flow::HttpFlow*> held;
    fixture.recorder->on_hook["requestheaders"] = [&](flow::HttpFlow& flow) {
        held.push_back(&flow);
        flow.intercept();
    };
    fixture.play([&](std::unique_ptr<net::Stream> stream) -> asio::awaitable<void> {
        RawClient client(std::move(stream));
        FieldList const head{{":method", "POST"}, {":scheme", "http"}, {":path", "/"}, {":authority", "x"}};
        auto const greeting = hello() + ping("settings");
        co_await client.send(greeting);
        co_await client.read_until("PING ACK");
        auto sent_bytes = settings({}, flag::ack);  // the windows are as wide as these have said
        for (std::uint32_t n = 0; n < GetParam().streams; ++n)
            sent_bytes += headers(2 * n + 1, head, flag::end_headers);
        sent_bytes += flood();
        co_await client.send(sent_bytes);
        co_await client.read_until(GetParam().reported);
        for (auto* const flow : held) flow->resume();
        client.close(net::CloseMode::fin);
    });
    EXPECT_EQ(held.size(), GetParam().streams);
    EXPECT_THAT(fixture.flow().error.value().message, HasSubstr(GetParam().says));
}

TEST_P(P13_Excess, OfAServerIsRefused) {
    proxycore::test::play([]() -> asio::awaitable<void> {
        auto const executor = co_await asio::this_coro::executor;
        auto pipe = net::make_memory_pipe(executor);
        net::TimeLimit const limit = std::chrono::seconds(10);
        Http2Server server(std::move(pipe.near), "origin.test:443", limit, HttpSettings(), [] {});
        test::Origin origin(std::move(pipe.far));
        origin.server.responses = false;
        std::vector<std::unique_ptr<ServerStream>> asked;
        auto const request = flow::Request::make("GET", "https://origin.test/").value();
        std::string sent_bytes;
        for (std::uint32_t n = 0; n < GetParam().streams; ++n) {
            asked.push_back(server.ask());
            co_await asked.back()->send(request);
            sent_bytes += headers(2 * n + 1, {{":status", "200"}}, flag::end_headers);
        }
        auto const last = std::to_string(2 * GetParam().streams - 1) + " end";
        co_await origin.read_until(last);
        co_await origin.flush();  // its SETTINGS, and ours taken
        sent_bytes += flood();
        co_await origin.send(sent_bytes);
        auto const head = co_await asked.front()->read_head();
        EXPECT_TRUE(head.has_value());
        std::string failure;
        for (bool has_more = true; has_more;) {
            auto const piece = co_await asked.front()->read_body();
            has_more = piece && !piece->empty();
            if (piece.has_error()) failure = piece.error().message;
        }
        EXPECT_THAT(failure, HasSubstr(GetParam().says));
        co_await server.close();
    });
}

INSTANTIATE_TEST_SUITE_P(Rfc9113, P13_Excess,
                         testing::Values(Excess{"OnOneStream", 1, window + 100'000, "RST_STREAM 1 FLOW_CONTROL_ERROR",
                                                "is malformed: more content than the window has room for"},
                                         Excess{"OnAllStreams", 9, window, "GOAWAY 17 FLOW_CONTROL_ERROR",
                                                "broke the rules of HTTP/2: FLOW_CONTROL_ERROR"}),
                         pathology::test::row_name);

}  // namespace
}  // namespace pathology::proxycore::layers
