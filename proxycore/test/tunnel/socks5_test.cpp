// SOCKS5 as a conversation: each side against a script of bytes, and against the other.
#include <pathology/proxycore/tunnel/socks5.hpp>

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
using test::read_exactly;
using test::read_to_end;
using OptionalCredentials = std::optional<Credentials>;

OptionalCredentials const nobody;
OptionalCredentials const me{Credentials{"me", "secret"}};
Endpoint const origin{"origin.test", 80};

std::string octets(std::initializer_list<unsigned> values) {
    std::string bytes;
    for (auto const value : values) bytes += static_cast<char>(value);
    return bytes;
}

std::string const request_for_origin = octets({5, 1, 0, 3, 11}) + "origin.test" + octets({0, 80});
std::string const granted = octets({5, 0, 0, 1, 0, 0, 0, 0, 0, 0});

/// A line of a script: what the side under test says, and what it is answered.
struct Turn {
    std::string received, response;
};

/// Plays the other side; ends its side after the last response.
asio::awaitable<void> play_turns(net::Stream& stream, std::vector<Turn> turns) {
    for (auto const& turn : turns) {
        EXPECT_EQ(co_await read_exactly(stream, turn.received.size()), turn.received);
        co_await net::send(stream, turn.response);
    }
    stream.close(net::CloseMode::half_close);
}

net::MemoryPipe make_pipe(asio::any_io_executor const& executor, std::size_t max_per_read) {
    net::MemoryPipeOptions options;
    options.max_per_read = max_per_read;
    return net::make_memory_pipe(executor, options);
}

/// Bytes arrive whole, or one at a time.
constexpr std::size_t piece_sizes[] = {65536, 1};

// --- the client's side -----------------------------------------------------------------------------------------------

struct ClientCase {
    std::string_view name;
    OptionalCredentials credentials;
    std::vector<Turn> turns;
    Errc code;
    std::string_view message;
};
class Socks5Connect : public testing::TestWithParam<ClientCase> {};

/// Connects to a scripted server; gives the failure, or what comes through the tunnel.
asio::awaitable<void> connect_to_script(std::size_t piece, OptionalCredentials const& credentials,
                                        std::vector<Turn> turns, std::string& through, std::optional<Failure>& why) {
    auto const executor = co_await asio::this_coro::executor;
    auto pipe = make_pipe(executor, piece);
    auto both = socks5_connect(std::move(pipe.near), origin, credentials) && play_turns(*pipe.far, std::move(turns));
    auto stream = co_await std::move(both);
    if (!stream) {
        why = stream.error();
    } else {
        co_await read_to_end(**stream, through);
    }
}

TEST_P(Socks5Connect, ReportsWhyNot) {
    for (auto const piece : piece_sizes) {
        std::string nothing;
        std::optional<Failure> why;
        play([&]() -> asio::awaitable<void> {
            return connect_to_script(piece, GetParam().credentials, GetParam().turns, nothing, why);
        });
        ASSERT_TRUE(why);
        EXPECT_EQ(why->code, GetParam().code);
        EXPECT_EQ(why->message, GetParam().message);
    }
}

Turn const greeting{octets({5, 1, 0}), octets({5, 0})};
Turn const asking_greeting{octets({5, 2, 0, 2}), octets({5, 2})};
Turn const credentials_of_me{"\x01\x02me\x06secret", octets({1, 0})};

INSTANTIATE_TEST_SUITE_P(
    Refusals, Socks5Connect,
    testing::Values(ClientCase{"HostUnreachable",
                               nobody,
                               {greeting, {request_for_origin, octets({5, 4, 0, 1, 0, 0, 0, 0, 0, 0})}},
                               Errc::refused,
                               "the SOCKS server refused: Host unreachable (4)"},
                    ClientCase{"NotAllowed",
                               nobody,
                               {greeting, {request_for_origin, octets({5, 2, 0, 3, 0, 0, 0})}},
                               Errc::refused,
                               "the SOCKS server refused: connection not allowed by ruleset (2)"},
                    ClientCase{"UnknownCode",
                               nobody,
                               {greeting, {request_for_origin, octets({5, 99, 0, 1, 0, 0, 0, 0, 0, 0})}},
                               Errc::refused,
                               "the SOCKS server refused: unassigned code (99)"},
                    ClientCase{"RefusalWithoutAddress",
                               nobody,
                               {greeting, {request_for_origin, octets({5, 5})}},
                               Errc::refused,
                               "the SOCKS server refused: Connection refused (5)"},
                    ClientCase{"WantsCredentials",
                               nobody,
                               {{octets({5, 1, 0}), octets({5, 255})}},
                               Errc::wants_credentials,
                               "the SOCKS server requires a user and a password"},
                    ClientCase{"TakesNoMethod",
                               me,
                               {{octets({5, 2, 0, 2}), octets({5, 255})}},
                               Errc::refused,
                               "the SOCKS server accepts neither a user and a password nor no authentication"},
                    ClientCase{"WrongCredentials",
                               me,
                               {asking_greeting, {credentials_of_me.received, octets({1, 1})}},
                               Errc::bad_credentials,
                               "the SOCKS server rejected this user and password"},
                    ClientCase{"MethodNotOffered",
                               nobody,
                               {{octets({5, 1, 0}), octets({5, 1})}},
                               Errc::not_spoken,
                               "the SOCKS server selected an authentication method that was not offered"},
                    ClientCase{
                        "Http",
                        nobody,
                        {{octets({5, 1, 0}), "HTTP/1.1 400 Bad Request\r\n\r\n"}},
                        Errc::not_spoken,
                        "the SOCKS server sent an invalid SOCKS5 message: the first byte is 72, not 5: is this HTTP?"},
                    ClientCase{"HangsUpAtOnce",
                               nobody,
                               {{octets({5, 1, 0}), ""}},
                               Errc::no_response,
                               "the SOCKS server: the peer closed the connection"},
                    ClientCase{"HangsUpInTheReply",
                               nobody,
                               {greeting, {request_for_origin, octets({5, 0, 0, 1})}},
                               Errc::no_response,
                               "the SOCKS server: the peer closed the connection"}),
    row_name);

TEST(Socks5ConnectOpens, AStreamThatBeginsAfterTheReply) {
    for (auto const piece : piece_sizes) {
        std::string through;
        std::optional<Failure> why;
        play([&]() -> asio::awaitable<void> {
            return connect_to_script(piece, nobody, {greeting, {request_for_origin, granted + "220 hello"}}, through,
                                     why);
        });
        EXPECT_FALSE(why) << why->message;
        EXPECT_EQ(through, "220 hello");
    }
}

TEST(Socks5ConnectOpens, WithCredentialsWhenAsked) {
    std::string through;
    std::optional<Failure> why;
    play([&]() -> asio::awaitable<void> {
        return connect_to_script(1, me, {asking_greeting, credentials_of_me, {request_for_origin, granted + "!"}},
                                 through, why);
    });
    EXPECT_EQ(through, "!");
}

TEST(Socks5ConnectRefuses, WhatHasNoSpelling) {
    auto const fails = [](Endpoint const& destination, OptionalCredentials const& credentials) {
        std::string message;
        play([&]() -> asio::awaitable<void> {
            auto const executor = co_await asio::this_coro::executor;
            auto pipe = make_pipe(executor, 1);
            auto const stream = co_await socks5_connect(std::move(pipe.near), destination, credentials);
            if (!stream) message = stream.error().message;
        });
        return message;
    };
    EXPECT_EQ(fails({std::string(256, 'n'), 80}, nobody), "SOCKS5 takes host names of up to 255 bytes");
    EXPECT_EQ(fails(origin, Credentials{std::string(256, 'u'), ""}),
              "SOCKS5 takes users and passwords of up to 255 bytes");
    EXPECT_EQ(fails(origin, Credentials{"", std::string(256, 'p')}),
              "SOCKS5 takes users and passwords of up to 255 bytes");
}

TEST(Socks5ConnectWaits, AsLongAsTheStreamAllows) {
    play([]() -> asio::awaitable<void> {
        auto const executor = co_await asio::this_coro::executor;
        auto pipe = make_pipe(executor, 1);
        pipe.near->set_time_limit(5ms);
        auto const stream = co_await socks5_connect(std::move(pipe.near), origin, nobody);
        EXPECT_FALSE(stream);
        EXPECT_EQ(stream.error().code, Errc::no_response);
        EXPECT_EQ(stream.error().cause, net::Errc::timed_out);
    });
}

// --- the server's side -----------------------------------------------------------------------------------------------

struct ServerCase {
    std::string_view name;
    OptionalCredentials credentials;
    std::string sent;       // by the client, all at once
    std::string responded;  // by the server
    Errc code;
    std::string_view message;
};
class Socks5Accept : public testing::TestWithParam<ServerCase> {};

TEST_P(Socks5Accept, RespondsAndReportsWhyNot) {
    auto const& row = GetParam();
    for (auto const piece : piece_sizes) {
        play([&]() -> asio::awaitable<void> {
            auto const executor = co_await asio::this_coro::executor;
            auto pipe = make_pipe(executor, piece);
            co_await net::send(*pipe.far, row.sent);
            pipe.far->close(net::CloseMode::half_close);
            std::string responded;
            {
                auto const accepted = co_await socks5_accept(std::move(pipe.near), row.credentials);
                EXPECT_FALSE(accepted);
                if (!accepted) {
                    EXPECT_EQ(accepted.error().code, row.code);
                    EXPECT_EQ(accepted.error().message, row.message);
                }
            }
            co_await read_to_end(*pipe.far, responded);
            EXPECT_EQ(responded, row.responded);
        });
    }
}

INSTANTIATE_TEST_SUITE_P(
    Refusals, Socks5Accept,
    testing::Values(
        ServerCase{"Http", nobody, "GET / HTTP/1.1\r\n\r\n", "", Errc::not_spoken,
                   "the SOCKS client sent an invalid SOCKS5 message: the first byte is 71, not 5: is this HTTP?"},
        ServerCase{"NothingAtAll", nobody, "", "", Errc::no_response,
                   "the SOCKS client: the peer closed the connection"},
        ServerCase{"OffersNoMethodWeWant", nobody, octets({5, 1, 2}), octets({5, 255}), Errc::wants_credentials,
                   "the SOCKS client does not offer to go without credentials"},
        ServerCase{"OffersNoCredentials", me, octets({5, 1, 0}), octets({5, 255}), Errc::wants_credentials,
                   "the SOCKS client does not offer user and password"},
        ServerCase{"WrongPassword", me, octets({5, 1, 2}) + "\x01\x02me\x05wrong", octets({5, 2, 1, 1}),
                   Errc::bad_credentials, "the SOCKS client gave a wrong user or password"},
        ServerCase{"Bind", nobody, octets({5, 1, 0, 5, 2, 0, 1, 127, 0, 0, 1, 0, 80}),
                   octets({5, 0, 5, 7, 0, 1, 0, 0, 0, 0, 0, 0}), Errc::refused,
                   "the SOCKS client requested a command other than CONNECT: 2"},
        ServerCase{"AddressType", nobody, octets({5, 1, 0, 5, 1, 0, 2}), octets({5, 0, 5, 8, 0, 1, 0, 0, 0, 0, 0, 0}),
                   Errc::not_spoken, "the SOCKS client sent an invalid SOCKS5 message: unknown address type 2"},
        ServerCase{"HangsUpInTheRequest", nobody, octets({5, 1, 0, 5, 1, 0, 1}), octets({5, 0}), Errc::no_response,
                   "the SOCKS client: the peer closed the connection"}),
    row_name);

// --- both sides ------------------------------------------------------------------------------------------------------

struct BothCase {
    std::string_view name;
    Endpoint destination;
    OptionalCredentials credentials;
};
class Socks5Both : public testing::TestWithParam<BothCase> {};

/// Accepts, answers, and sends back what comes.
asio::awaitable<void> serve(std::unique_ptr<net::Stream> stream, BothCase const& row) {
    auto const accepted = co_await socks5_accept(std::move(stream), row.credentials);
    EXPECT_TRUE(accepted);
    if (!accepted) co_return;
    EXPECT_EQ(accepted->destination, row.destination);
    co_await socks5_reply(*accepted->client, socks5::ReplyCode::succeeded);
    co_await test::echo(*accepted->client);
}

asio::awaitable<void> speak(std::unique_ptr<net::Stream> stream, BothCase const& row) {
    auto const through = co_await socks5_connect(std::move(stream), row.destination, row.credentials);
    EXPECT_TRUE(through);
    if (!through) co_return;
    co_await net::send(**through, "there and back");
    EXPECT_EQ(co_await read_exactly(**through, 14), "there and back");
}

TEST_P(Socks5Both, UnderstandEachOther) {
    for (auto const piece : piece_sizes) {
        play([&]() -> asio::awaitable<void> {
            auto const executor = co_await asio::this_coro::executor;
            auto pipe = make_pipe(executor, piece);
            auto both = speak(std::move(pipe.near), GetParam()) && serve(std::move(pipe.far), GetParam());
            co_await std::move(both);
        });
    }
}

INSTANTIATE_TEST_SUITE_P(Ways, Socks5Both,
                         testing::Values(BothCase{"Name", {"origin.test", 443}, nobody},
                                         BothCase{"IPv4", {"127.0.0.1", 1}, nobody},
                                         BothCase{"IPv6", {"2001:db8::1", 65535}, nobody},
                                         BothCase{"Credentials", {"origin.test", 80}, me},
                                         BothCase{"EmptyPassword", {"origin.test", 80}, Credentials{"me", ""}}),
                         row_name);

TEST(Socks5AcceptGives, WhatTheClientSentAhead) {
    play([]() -> asio::awaitable<void> {
        auto const executor = co_await asio::this_coro::executor;
        auto pipe = make_pipe(executor, 65536);
        auto const hasty = octets({5, 1, 0}) + request_for_origin + "GET /";
        co_await net::send(*pipe.far, hasty);
        auto const accepted = co_await socks5_accept(std::move(pipe.near), nobody);
        EXPECT_TRUE(accepted);
        if (!accepted) co_return;
        EXPECT_EQ(co_await read_exactly(*accepted->client, 5), "GET /");
    });
}

}  // namespace
}  // namespace pathology::proxycore::tunnel
