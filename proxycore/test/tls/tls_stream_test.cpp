// What a Stream promises, kept by TLS: over memory, over TLS, over TCP.
#include <pathology/proxycore/tls/tls_stream.hpp>

#include <gtest/gtest.h>

#include <boost/asio/experimental/awaitable_operators.hpp>
#include <functional>
#include <pathology/proxycore/async/timeout.hpp>
#include <pathology/proxycore/net/connect.hpp>
#include <pathology/proxycore/net/memory_stream.hpp>
#include <pathology/proxycore/net/server.hpp>

#include "support/play.hpp"
#include "support/streams.hpp"
#include "tls/engine_pair.hpp"
#include "tls/stream_pair.hpp"

namespace pathology::proxycore::tls {
namespace {

using namespace std::chrono_literals;
using namespace asio::experimental::awaitable_operators;
using net::CloseMode;
using net::Stream;
using proxycore::test::patience;
using proxycore::test::play;
using proxycore::test::read_exactly;
using proxycore::test::read_to_end;
using test::client_over;
using test::make_stream_pair;
using test::server_over;
using test::shake_hands;
using test::StreamPair;
using Played = asio::awaitable<void>;

/// Plays a conversation between the two ends, after their handshake.
void play_joined(std::function<Played(StreamPair&)> conversation, net::MemoryPipeOptions options = {}) {
    play([&]() -> Played {
        auto const executor = co_await asio::this_coro::executor;
        auto joined = make_stream_pair(net::make_memory_pipe(executor, options));
        co_await shake_hands(*joined.client, *joined.server);
        co_await conversation(joined);
    });
}

TEST(TlsStream, CarriesBothWays) {
    play_joined([](StreamPair& joined) -> Played {
        EXPECT_FALSE(co_await net::send(*joined.client, "question"));
        EXPECT_EQ(co_await read_exactly(*joined.server, 8), "question");
        EXPECT_FALSE(co_await net::send(*joined.server, "answer"));
        EXPECT_EQ(co_await read_exactly(*joined.client, 6), "answer");
    });
}

TEST(TlsStream, WorksWhenBytesComeOneByOne) {
    auto const conversation = [](StreamPair& joined) -> Played {
        std::string const much(5000, 'm');
        auto both = net::send(*joined.client, much) && read_exactly(*joined.server, much.size());
        auto const [ec, received] = co_await std::move(both);
        EXPECT_FALSE(ec);
        EXPECT_TRUE(received == much);
    };
    play_joined(conversation, {.max_per_read = 1});
}

TEST(TlsStream, WorksWhereThePipeHoldsLittle) {
    auto const conversation = [](StreamPair& joined) -> Played {
        std::string const much(50000, 'm');
        auto both = net::send(*joined.server, much) && read_exactly(*joined.client, much.size());
        auto const [ec, received] = co_await std::move(both);
        EXPECT_FALSE(ec);
        EXPECT_TRUE(received == much);
    };
    play_joined(conversation, {.capacity = 50});
}

TEST(TlsStream, CarriesManyBuffersInOrder) {
    play_joined([](StreamPair& joined) -> Played {
        std::string const large(20000, 'L');
        std::string expected;
        std::vector<asio::const_buffer> parts;
        for (int i = 0; i < 40; ++i) {
            parts.push_back(asio::buffer("ab", 2));
            parts.push_back(asio::const_buffer());
            if (i % 8 == 3) parts.push_back(asio::buffer(large));
            expected += "ab" + (i % 8 == 3 ? large : std::string());
        }
        auto both = joined.client->write(parts) && read_exactly(*joined.server, expected.size());
        auto const [ec, received] = co_await std::move(both);
        EXPECT_FALSE(ec);
        EXPECT_TRUE(received == expected);
    });
}

TEST(TlsStream, SendsSmallBuffersAsOneRecord) {
    play_joined([](StreamPair& joined) -> Played {
        std::string head = "head", body = "body";
        std::array<asio::const_buffer, 2> const parts{asio::buffer(head), asio::buffer(body)};
        EXPECT_FALSE(co_await joined.server->write(parts));
        std::array<char, 100> block{};
        auto const [ec, n] = co_await joined.client->read_some(asio::buffer(block));
        EXPECT_EQ(std::string_view(block.data(), n), "headbody");
    });
}

TEST(TlsStream, ReadsAndWritesAtTheSameTime) {
    auto const conversation = [](StreamPair& joined) -> Played {
        std::string const much(1 << 20, 'm');
        auto all = net::send(*joined.server, much) && net::send(*joined.client, much) &&
                   read_exactly(*joined.client, much.size()) && read_exactly(*joined.server, much.size());
        auto const [ec1, ec2, here, there] = co_await std::move(all);
        EXPECT_FALSE(ec1 || ec2);
        EXPECT_TRUE(here == much && there == much);
    };
    play_joined(conversation, {.capacity = 4096});
}

TEST(TlsStream, WritesNothingWithoutFault) {
    play_joined([](StreamPair& joined) -> Played { EXPECT_FALSE(co_await net::send(*joined.client, "")); });
}

TEST(TlsStream, SendsALastWordWithoutWaiting) {
    play_joined([](StreamPair& joined) -> Played {
        EXPECT_EQ(joined.server->write_now(asio::buffer("word", 4)), 4U);
        joined.server->close(CloseMode::fin);
        EXPECT_EQ(joined.server->write_now(asio::buffer("word", 4)), 0U);
        std::string received;
        EXPECT_EQ(co_await read_to_end(*joined.client, received), asio::error::eof);
        EXPECT_EQ(received, "word");
    });
}

TEST(TlsStream, SendsWithTheNextWriteWhatTheStreamUnderneathDidNotTake) {
    auto const conversation = [](StreamPair& joined) -> Played {
        std::string const text(2000, 'x');
        std::size_t accepted = 0;
        while (!joined.server->has_unsent()) accepted += joined.server->write_now(asio::buffer(text));
        auto both = net::send(*joined.server, "") && read_exactly(*joined.client, accepted);
        auto const [ec, received] = co_await std::move(both);
        EXPECT_FALSE(ec);
        EXPECT_FALSE(joined.server->has_unsent());
        EXPECT_EQ(received, std::string(accepted, 'x'));
    };
    play_joined(conversation, {.capacity = 4096});
}

TEST(TlsStream, SendsOfBulkWhatFitsAndTheRestLater) {
    auto const conversation = [](StreamPair& joined) -> Played {
        std::string much(500000, '.');
        for (std::size_t i = 0; i < much.size(); ++i) much[i] = static_cast<char>('a' + i % 23);
        auto const send_all = [&much](Stream& stream) -> Played {
            for (std::string_view left = much; !left.empty();) {
                auto const n = stream.write_now(asio::buffer(left));
                EXPECT_LT(n, left.size() > 16384 ? left.size() : left.size() + 1);
                left.remove_prefix(n);
                auto const some = left.substr(0, 10000);
                EXPECT_FALSE(co_await net::send(stream, some));
                left.remove_prefix(some.size());
            }
        };
        auto both = send_all(*joined.server) && read_exactly(*joined.client, much.size());
        auto const received = co_await std::move(both);
        EXPECT_TRUE(received == much);
    };
    play_joined(conversation, {.capacity = 100000});
}

TEST(TlsStream, ReportsThatThePeerHasGone) {
    play_joined([](StreamPair& joined) -> Played {
        auto const leave = [](Stream& stream) -> Played {
            co_await async::pause(1ms);
            stream.close(CloseMode::fin);
        };
        auto both = joined.server->wait_for_end() && leave(*joined.client);
        EXPECT_EQ(co_await std::move(both), asio::error::eof);
    });
}

TEST(TlsStream, ReportsAnOrderlyEnd) {
    play_joined([](StreamPair& joined) -> Played {
        EXPECT_FALSE(co_await net::send(*joined.server, "last words"));
        joined.server->close(CloseMode::fin);
        std::string received;
        EXPECT_EQ(co_await read_to_end(*joined.client, received), asio::error::eof);
        EXPECT_EQ(received, "last words");
        EXPECT_FALSE(joined.client->failure());
    });
}

TEST(TlsStream, ReportsATruncation) {
    play_joined([](StreamPair& joined) -> Played {
        EXPECT_FALSE(co_await net::send(*joined.server, "last words"));
        joined.under_server->close(CloseMode::fin);
        std::string received;
        EXPECT_EQ(co_await read_to_end(*joined.client, received), Errc::truncated);
        EXPECT_EQ(received, "last words");
        EXPECT_EQ(joined.client->failure()->message, "the server ended the connection without TLS close_notify");
    });
}

TEST(TlsStream, DestructionIsAnOrderlyEnd) {
    play_joined([](StreamPair& joined) -> Played {
        joined.server.reset();
        std::string nothing;
        EXPECT_EQ(co_await read_to_end(*joined.client, nothing), asio::error::eof);
    });
}

TEST(TlsStream, ReportsAReset) {
    play_joined([](StreamPair& joined) -> Played {
        joined.server->close(CloseMode::reset);
        std::string nothing;
        EXPECT_EQ(co_await read_to_end(*joined.client, nothing), asio::error::connection_reset);
    });
}

TEST(TlsStream, HalfCloseLeavesTheOtherWayOpen) {
    play_joined([](StreamPair& joined) -> Played {
        EXPECT_FALSE(co_await net::send(*joined.client, "question"));
        joined.client->close(CloseMode::half_close);
        EXPECT_TRUE(co_await net::send(*joined.client, "more"));
        std::string question;
        EXPECT_EQ(co_await read_to_end(*joined.server, question), asio::error::eof);
        EXPECT_EQ(question, "question");
        EXPECT_FALSE(co_await net::send(*joined.server, "answer"));
        EXPECT_EQ(co_await read_exactly(*joined.client, 6), "answer");
    });
}

TEST(TlsStream, IsClosedAfterClose) {
    play_joined([](StreamPair& joined) -> Played {
        joined.client->close(CloseMode::fin);
        joined.client->close(CloseMode::reset);
        std::string nothing;
        EXPECT_EQ(co_await read_to_end(*joined.client, nothing), net::Errc::closed);
        EXPECT_EQ(co_await net::send(*joined.client, "x"), net::Errc::closed);
    });
}

TEST(TlsStream, CloseEndsAPendingRead) {
    play_joined([](StreamPair& joined) -> Played {
        auto const close_soon = [](Stream& stream) -> Played {
            co_await async::pause(1ms);
            stream.close(CloseMode::fin);
        };
        std::string nothing;
        auto both = read_to_end(*joined.client, nothing) && close_soon(*joined.client);
        EXPECT_EQ(co_await std::move(both), net::Errc::closed);
    });
}

TEST(TlsStream, TimeLimitEndsAReadAndTheStreamIsAsGoodAsBefore) {
    play_joined([](StreamPair& joined) -> Played {
        joined.client->set_time_limit(20ms);
        std::string nothing;
        EXPECT_EQ(co_await read_to_end(*joined.client, nothing), net::Errc::timed_out);
        joined.client->set_time_limit(std::nullopt);
        EXPECT_FALSE(co_await net::send(*joined.server, "late"));
        EXPECT_EQ(co_await read_exactly(*joined.client, 4), "late");
    });
}

TEST(TlsStream, TimeLimitEndsAWriteAndEveryOneAfterIt) {
    auto const conversation = [](StreamPair& joined) -> Played {
        joined.client->set_time_limit(20ms);
        std::string const much(100000, 'm');
        EXPECT_EQ(co_await net::send(*joined.client, much), net::Errc::timed_out);
        joined.client->set_time_limit(std::nullopt);
        EXPECT_EQ(co_await net::send(*joined.client, "x"), net::Errc::timed_out);
    };
    play_joined(conversation, {.capacity = 1000});
}

TEST(TlsStream, CancelledReadHasTakenNothing) {
    play_joined([](StreamPair& joined) -> Played {
        auto reading = read_exactly(*joined.client, 4);
        EXPECT_FALSE(co_await async::with_timeout(20ms, std::move(reading)));
        EXPECT_FALSE(co_await net::send(*joined.server, "late"));
        EXPECT_EQ(co_await read_exactly(*joined.client, 4), "late");
    });
}

TEST(TlsStream, ReportsABrokenRecordToBothSides) {
    play_joined([](StreamPair& joined) -> Played {
        std::string const forged("\x17\x03\x03\x00\x20gggggggggggggggggggggggggggggggg", 37);
        EXPECT_FALSE(co_await net::send(*joined.under_client, forged));
        std::string nothing;
        EXPECT_EQ(co_await read_to_end(*joined.server, nothing), Errc::protocol_violation);
        EXPECT_EQ(co_await net::send(*joined.server, "x"), Errc::protocol_violation);
        EXPECT_EQ(co_await read_to_end(*joined.client, nothing), Errc::alert_received);
        EXPECT_EQ(joined.client->failure()->message,
                  "TLS connection failed: the server sent alert bad_record_mac (20)");
    });
}

TEST(TlsStream, WorksInsideItself) {
    play([]() -> Played {
        auto const executor = co_await asio::this_coro::executor;
        auto outer = make_stream_pair(net::make_memory_pipe(executor, {.capacity = 3000}));
        co_await shake_hands(*outer.client, *outer.server);
        auto const client = client_over(std::move(outer.client));
        auto const server = server_over(std::move(outer.server));
        co_await shake_hands(*client, *server);
        std::string const much(200000, 'm');
        auto both = net::send(*client, much) && read_exactly(*server, much.size());
        auto const [ec, received] = co_await std::move(both);
        EXPECT_FALSE(ec);
        EXPECT_TRUE(received == much);
        client->close(CloseMode::fin);
        std::string nothing;
        EXPECT_EQ(co_await read_to_end(*server, nothing), asio::error::eof);
    });
}

TEST(TlsStream, WorksOverTcpForManyConnectionsAndThreads) {
    auto const context = AcceptContext::make({}).value();
    auto const serve = [&context](net::Connection connection) -> Played {
        Engine engine(context, test::show_origin());
        TlsStream stream(std::move(connection.stream), std::move(engine));
        auto const done = co_await stream.handshake(patience);
        EXPECT_TRUE(done) << done.error().message;
        if (done) co_await proxycore::test::echo(stream);
    };
    net::ServerOptions options;
    options.threads = 2;
    net::Server server(options, serve);
    ASSERT_TRUE(server.start());
    play([&server]() -> Played {
        for (int i = 0; i < 20; ++i) {
            auto opened = co_await net::connect("127.0.0.1", server.port(), patience);
            auto const client = client_over(std::move(*opened), test::verifying());
            auto const done = co_await client->handshake(patience);
            EXPECT_TRUE(done) << done.error().message;
            std::string const text(i == 0 ? 3000000 : 100, 't');
            auto both = net::send(*client, text) && read_exactly(*client, text.size());
            auto const [ec, back] = co_await std::move(both);
            EXPECT_FALSE(ec);
            EXPECT_TRUE(back == text);
            client->close(CloseMode::half_close);
            std::string nothing;
            EXPECT_EQ(co_await read_to_end(*client, nothing), asio::error::eof);
        }
    });
    EXPECT_TRUE(server.wait_until_empty(patience));
}

}  // namespace
}  // namespace pathology::proxycore::tls
