// Servers of HTTP/2 that do not begin as such: with SETTINGS (RFC 9113 §3.4).
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <array>
#include <boost/asio/this_coro.hpp>
#include <pathology/proxycore/http2/frame_header.hpp>
#include <pathology/proxycore/net/memory_stream.hpp>

#include "http2/frames.hpp"
#include "layers/http2/server.hpp"
#include "support/play.hpp"
#include "support/row_name.hpp"

namespace pathology::proxycore::layers {
namespace {

using namespace http2::test;
using testing::StartsWith;

struct NoPreface {
    std::string_view name;
    std::string sent_bytes;  ///< by the server
    std::string_view message;
    unsigned status;
};
void PrintTo(NoPreface const& row, std::ostream* out) { *out << row.name; }

class ServerWithoutSettings : public testing::TestWithParam<NoPreface> {};

/// Reads until a request is there, and nothing else of it is waited for.
asio::awaitable<void> receive_request(net::Stream& server) {
    std::string received;
    while (lines(received).find("HEADERS 1 ") == std::string::npos) {
        std::array<char, 4096> bytes{};
        auto const [ec, n] = co_await server.read_some(asio::buffer(bytes));
        EXPECT_FALSE(ec) << "the request never came";
        if (ec) co_return;
        received.append(bytes.data(), n);
        if (received.starts_with(http2::client_preface)) received.erase(0, http2::client_preface.size());
    }
}

TEST_P(ServerWithoutSettings, IsAskedWithoutThemAndNotBelieved) {
    proxycore::test::play([]() -> asio::awaitable<void> {
        auto const& row = GetParam();
        auto const executor = co_await asio::this_coro::executor;
        auto pipe = net::make_memory_pipe(executor);
        net::TimeLimit const limit = std::chrono::milliseconds(50);
        Http2Server server(std::move(pipe.near), "origin.test:443", limit, HttpSettings(), [] {});
        auto const stream = server.ask();
        auto const request = flow::Request::make("GET", "https://origin.test/").value();
        auto const sent = co_await stream->send(request);
        EXPECT_TRUE(sent.has_value());
        co_await receive_request(*pipe.far);
        co_await net::send(*pipe.far, row.sent_bytes);
        auto const head = co_await stream->read_head();
        EXPECT_TRUE(head.has_error());
        auto const failure = head.has_error() ? head.error() : Failure();
        EXPECT_THAT(failure.message, StartsWith(std::string(row.message)));
        EXPECT_EQ(failure.status, row.status);
        co_await server.close();
    });
}

INSTANTIATE_TEST_SUITE_P(
    Rfc9113, ServerWithoutSettings,
    testing::Values(NoPreface{"Answers", headers(1, {{":status", "200"}}),
                              "the server origin.test:443 broke the rules of HTTP/2: ", 502},
                    NoPreface{"SpeaksHttp1", "HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n",
                              "the server origin.test:443 broke the rules of HTTP/2: ", 502},
                    NoPreface{"SendsNothing", "", "the server origin.test:443 was silent for too long", 504}),
    pathology::test::row_name);

}  // namespace
}  // namespace pathology::proxycore::layers
