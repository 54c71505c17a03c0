#include <pathology/proxycore/tunnel/http_connect.hpp>

#include <gmock/gmock.h>

#include <boost/asio/experimental/awaitable_operators.hpp>
#include <boost/asio/this_coro.hpp>
#include <pathology/proxycore/net/memory_stream.hpp>

#include "support/play.hpp"
#include "support/row_name.hpp"
#include "support/streams.hpp"

namespace pathology::proxycore::tunnel {
namespace {

namespace asio = boost::asio;
using namespace asio::experimental::awaitable_operators;
using namespace std::chrono_literals;
using pathology::test::row_name;
using test::play;
using OptionalCredentials = std::optional<Credentials>;

/// What an attempt came to.
struct Attempt {
    std::string asked;    // of the proxy
    std::string through;  // what came out of the tunnel, to its end
    std::optional<Failure> failure;
};

asio::awaitable<void> respond_once(net::Stream& stream, std::string_view response, std::string& asked) {
    while (!asked.ends_with("\r\n\r\n")) asked += co_await test::read_exactly(stream, 1);
    co_await net::send(stream, response);
    stream.close(net::CloseMode::half_close);
}

asio::awaitable<void> attempt(std::string_view response, Endpoint const& destination,
                              OptionalCredentials const& credentials, std::size_t piece, Attempt& made) {
    auto const executor = co_await asio::this_coro::executor;
    net::MemoryPipeOptions options;
    options.max_per_read = piece;
    auto pipe = net::make_memory_pipe(executor, options);
    auto both =
        http_connect(std::move(pipe.near), destination, credentials) && respond_once(*pipe.far, response, made.asked);
    auto stream = co_await std::move(both);
    if (!stream) {
        made.failure = stream.error();
    } else {
        co_await test::read_to_end(**stream, made.through);
    }
}

Attempt ask(std::string_view response, Endpoint const& destination = {"origin.test", 443},
            OptionalCredentials const& credentials = {}, std::size_t piece = 65536) {
    Attempt made;
    play([&]() -> asio::awaitable<void> { return attempt(response, destination, credentials, piece, made); });
    return made;
}

TEST(HttpConnect, AsksForTheAuthorityAndNothingElse) {
    EXPECT_EQ(ask("HTTP/1.1 200 OK\r\n\r\n").asked,
              "CONNECT origin.test:443 HTTP/1.1\r\nHost: origin.test:443\r\n\r\n");
    EXPECT_EQ(ask("HTTP/1.1 200 OK\r\n\r\n", {"::1", 80}).asked, "CONNECT [::1]:80 HTTP/1.1\r\nHost: [::1]:80\r\n\r\n");
}

TEST(HttpConnect, ReportsWhoAsks) {
    // The example of RFC 7617 §2.
    auto const made = ask("HTTP/1.1 200 OK\r\n\r\n", {"a", 1}, Credentials{"Aladdin", "open sesame"});
    EXPECT_THAT(made.asked, testing::HasSubstr("\r\nProxy-Authorization: Basic QWxhZGRpbjpvcGVuIHNlc2FtZQ==\r\n"));
}

struct OpenCase {
    std::string_view name, response, through;
};
class HttpConnectOpens : public testing::TestWithParam<OpenCase> {};

TEST_P(HttpConnectOpens, ATunnelThatBeginsAfterTheHead) {
    for (std::size_t const piece : {1U, 65536U}) {
        auto const made = ask(GetParam().response, {"origin.test", 443}, {}, piece);
        EXPECT_FALSE(made.failure) << made.failure->message;
        EXPECT_EQ(made.through, GetParam().through);
    }
}

INSTANTIATE_TEST_SUITE_P(
    Answers, HttpConnectOpens,
    testing::Values(
        OpenCase{"Bare", "HTTP/1.1 200 Connection established\r\n\r\n", ""},
        OpenCase{"Http10", "HTTP/1.0 200 OK\r\n\r\nssh", "ssh"},
        OpenCase{"WithFields", "HTTP/1.1 200 OK\r\nProxy-agent: x\r\n\r\n220 hi", "220 hi"},
        OpenCase{"AnySuccess", "HTTP/1.1 299 Whatever\r\n\r\nx", "x"},
        OpenCase{"InterimFirst", "HTTP/1.1 102 Processing\r\n\r\nHTTP/1.1 200 OK\r\n\r\nx", "x"},
        OpenCase{"LengthMeansNothing", "HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nxyz", "xyz"},
        OpenCase{"CodingMeansNothing", "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nxyz", "xyz"},
        OpenCase{"EvenBoth", "HTTP/1.1 200 OK\r\nContent-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\nx", "x"},
        OpenCase{"EvenNonsense", "HTTP/1.1 200 OK\r\nContent-Length: many\r\nContent-Length: 1\r\n\r\nx", "x"}),
    row_name);

struct RefusalCase {
    std::string_view name;
    OptionalCredentials credentials;
    std::string_view response;
    Errc code;
    std::string_view message;
};
class HttpConnectFails : public testing::TestWithParam<RefusalCase> {};

TEST_P(HttpConnectFails, InTheProxysWords) {
    auto const& row = GetParam();
    for (std::size_t const piece : {1U, 65536U}) {
        auto const made = ask(row.response, {"origin.test", 443}, row.credentials, piece);
        ASSERT_TRUE(made.failure);
        EXPECT_EQ(made.failure->code, row.code);
        EXPECT_EQ(made.failure->message, row.message);
    }
}

OptionalCredentials const nobody;
OptionalCredentials const me{Credentials{"me", "secret"}};

INSTANTIATE_TEST_SUITE_P(
    Answers, HttpConnectFails,
    testing::Values(
        RefusalCase{"Forbidden", nobody, "HTTP/1.1 403 Forbidden\r\nContent-Length: 2\r\n\r\nno", Errc::refused,
                    "Proxy CONNECT failed: 403 Forbidden"},
        RefusalCase{"Redirect", nobody, "HTTP/1.1 302 Found\r\nLocation: /login\r\n\r\n", Errc::refused,
                    "Proxy CONNECT failed: 302 Found"},
        RefusalCase{"WantsCredentials", nobody, "HTTP/1.1 407 Who are you\r\n\r\n", Errc::wants_credentials,
                    "Proxy CONNECT failed: 407 Who are you"},
        RefusalCase{"WrongCredentials", me, "HTTP/1.1 407 Who are you\r\n\r\n", Errc::bad_credentials,
                    "Proxy CONNECT failed: 407 Who are you"},
        RefusalCase{"NoHttp", nobody, "?", Errc::not_spoken, "Proxy CONNECT failed: bad status line \"?\" at byte 0"},
        RefusalCase{"NoStatus", nobody, "HTTP/1.1 yes\r\n", Errc::not_spoken,
                    "Proxy CONNECT failed: bad status line \"HTTP/1.1 yes\" at byte 0"},
        RefusalCase{"Silence", nobody, "", Errc::no_response, "Proxy CONNECT failed: the peer closed the connection"},
        RefusalCase{"CutShort", nobody, "HTTP/1.1 200 OK\r\n", Errc::not_spoken,
                    "Proxy CONNECT failed: unexpected end inside the header: 17 bytes read"}),
    row_name);

TEST(HttpConnect, WaitsAsLongAsTheStreamAllows) {
    play([]() -> asio::awaitable<void> {
        auto const executor = co_await asio::this_coro::executor;
        auto pipe = net::make_memory_pipe(executor);
        pipe.near->set_time_limit(5ms);
        Endpoint const destination{"origin.test", 443};
        auto const stream = co_await http_connect(std::move(pipe.near), destination, nobody);
        EXPECT_FALSE(stream);
        EXPECT_EQ(stream.error().cause, net::Errc::timed_out);
    });
}

TEST(HttpConnect, ReceivesARefusalThatComesWithoutReadingTheRequest) {
    play([]() -> asio::awaitable<void> {
        auto const executor = co_await asio::this_coro::executor;
        auto pipe = net::make_memory_pipe(executor);
        co_await net::send(*pipe.far, "HTTP/1.1 503 Busy\r\n\r\n");
        pipe.far.reset();
        Endpoint const destination{"origin.test", 443};
        auto const stream = co_await http_connect(std::move(pipe.near), destination, nobody);
        EXPECT_FALSE(stream);
        EXPECT_EQ(stream.error().message, "Proxy CONNECT failed: 503 Busy");
    });
}

TEST(TunnelFailure, IsThrownByValue) {
    Result<void> const result = Failure{Errc::refused, "no"};
    EXPECT_THROW(result.value(), std::runtime_error);
}

}  // namespace
}  // namespace pathology::proxycore::tunnel
