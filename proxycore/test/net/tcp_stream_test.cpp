// What a Stream promises, kept by TCP: a client here, a server's handler there.
#include <pathology/proxycore/net/server.hpp>

#include <atomic>
#include <boost/asio/experimental/awaitable_operators.hpp>
#include <functional>
#include <future>
#include <pathology/proxycore/async/timeout.hpp>
#include <pathology/proxycore/net/connect.hpp>

#include "support/play.hpp"
#include "support/streams.hpp"

namespace pathology::proxycore::net {
namespace {

using namespace std::chrono_literals;
using namespace std::string_view_literals;
using namespace asio::experimental::awaitable_operators;
using test::play;
using test::read_exactly;
using test::read_to_end;
using test::taken_from;

/// Runs a server's side and a client's side of one connection, both to their end.
template <class Served, class Client> void play_over_tcp(Served served, Client client) {
    Server server({}, [&](Connection connection) -> asio::awaitable<void> { co_await served(*connection.stream); });
    ASSERT_TRUE(server.start());
    play([&]() -> asio::awaitable<void> {
        auto opened = co_await connect("127.0.0.1", server.port(), 10s);
        co_await client(**opened);
    });
    EXPECT_TRUE(server.wait_until_empty(test::patience));
}

using Played = asio::awaitable<void>;

Played end_at_once(Stream& stream) {
    stream.close(CloseMode::fin);
    co_return;
}

TEST(TcpStream, CarriesManyBuffersInOrder) {
    play_over_tcp(test::echo, [](Stream& stream) -> Played {
        std::vector<asio::const_buffer> parts;
        std::string expected;
        for (int i = 0; i < 200; ++i) {  // more than one system call takes
            parts.push_back(asio::buffer("ab"sv));
            expected += "ab"sv;
        }
        EXPECT_FALSE(co_await stream.write(parts));
        EXPECT_EQ(co_await read_exactly(stream, expected.size()), expected);
    });
}

TEST(TcpStream, CarriesMoreThanTheKernelHolds) {
    std::string const much(16 << 20, 'm');
    play_over_tcp(test::echo, [&much](Stream& stream) -> Played {
        auto both = send(stream, much) && read_exactly(stream, much.size());
        auto const [ec, back] = co_await std::move(both);
        EXPECT_FALSE(ec);
        EXPECT_TRUE(back == much);
    });
}

TEST(TcpStream, WritesNothingWithoutFault) {
    play_over_tcp(end_at_once, [](Stream& stream) -> Played { EXPECT_FALSE(co_await send(stream, "")); });
}

TEST(TcpStream, ReportsAnOrderlyEnd) {
    play_over_tcp(end_at_once, [](Stream& stream) -> Played {
        std::string nothing;
        EXPECT_EQ(co_await read_to_end(stream, nothing), asio::error::eof);
    });
}

TEST(TcpStream, ReportsAnOrderlyEndAsOftenAsItIsAsked) {
    play_over_tcp(end_at_once, [](Stream& stream) -> Played {
        char block[1];
        for (int i = 0; i < 3; ++i) {
            auto const read = co_await stream.read_some(asio::buffer(block));
            EXPECT_TRUE(read.is_end());
        }
    });
}

TEST(TcpStream, ReportsAReset) {
    auto const reset = [](Stream& stream) -> Played {
        co_await read_exactly(stream, 1);
        stream.close(CloseMode::reset);
    };
    play_over_tcp(reset, [](Stream& stream) -> Played {
        co_await send(stream, "x");
        std::string nothing;
        EXPECT_EQ(co_await read_to_end(stream, nothing), asio::error::connection_reset);
        EXPECT_EQ(co_await read_to_end(stream, nothing), asio::error::connection_reset);  // and again
    });
}

TEST(TcpStream, WaitsForTheEndOfThePeersSide) {
    play_over_tcp(end_at_once,
                  [](Stream& stream) -> Played { EXPECT_EQ(co_await stream.wait_for_end(), asio::error::eof); });
}

TEST(TcpStream, WaitsForABreak) {
    auto const reset_it = [](Stream& stream) -> Played {
        co_await read_exactly(stream, 1);
        stream.close(CloseMode::reset);
    };
    play_over_tcp(reset_it, [](Stream& stream) -> Played {
        auto const ask_for_it = [](Stream& its) -> Played { co_await send(its, "!"); };
        auto both = stream.wait_for_end() && ask_for_it(stream);
        EXPECT_EQ(co_await std::move(both), asio::error::connection_reset);
        EXPECT_EQ(co_await send(stream, "gone"), asio::error::connection_reset);
    });
}

TEST(TcpStream, TakesNothingWhileItWaitsForTheEnd) {
    auto const send_and_end = [](Stream& stream) -> Played {
        co_await send(stream, "unread");
        stream.close(CloseMode::half_close);
        co_await read_exactly(stream, 1);
    };
    play_over_tcp(send_and_end, [](Stream& stream) -> Played {
        EXPECT_EQ(co_await stream.wait_for_end(), asio::error::eof);
        EXPECT_EQ(co_await read_exactly(stream, 6), "unread");
        EXPECT_EQ(co_await stream.wait_for_end(), asio::error::eof);
        co_await send(stream, "!");
    });
}

TEST(TcpStream, WaitsForInputAndTakesNothing) {
    auto const speak_and_end = [](Stream& stream) -> Played {
        co_await read_exactly(stream, 1);
        co_await send(stream, "word");
        co_await read_exactly(stream, 1);
        stream.close(CloseMode::half_close);
        co_await read_exactly(stream, 1);
    };
    play_over_tcp(speak_and_end, [](Stream& stream) -> Played {
        auto const ask = [](Stream& its) -> Played { co_await send(its, "!"); };
        auto both = stream.wait_for_input() && ask(stream);
        co_await std::move(both);
        EXPECT_EQ(co_await read_exactly(stream, 4), "word");
        auto then = stream.wait_for_input() && ask(stream);
        co_await std::move(then);
        std::string nothing;
        EXPECT_EQ(co_await read_to_end(stream, nothing), asio::error::eof);
        co_await send(stream, "!");
    });
}

TEST(TcpStream, HasNoEndWhileThePeerSpeaks) {
    play_over_tcp(test::echo, [](Stream& stream) -> Played {
        auto first = stream.wait_for_end() || read_exactly(stream, 5);
        co_await send(stream, "hello");
        auto const ended = co_await std::move(first);
        EXPECT_EQ(ended.index(), 1U);
        stream.close(CloseMode::fin);
        EXPECT_EQ(co_await stream.wait_for_end(), Errc::closed);
    });
}

TEST(TcpStream, OrderlyEndDeliversAllThoughTheOthersBytesLieUnread) {
    auto const respond_unread = [](Stream& stream) -> Played {
        co_await read_exactly(stream, 1);  // the rest of what came stays in the kernel
        co_await send(stream, "whole answer");
        stream.close(CloseMode::fin);
    };
    play_over_tcp(respond_unread, [](Stream& stream) -> Played {
        co_await send(stream, std::string(10000, 'q'));
        std::string response;
        EXPECT_EQ(co_await read_to_end(stream, response), asio::error::eof);
        EXPECT_EQ(response, "whole answer");
    });
}

TEST(TcpStream, HalfCloseLeavesTheOtherWayOpen) {
    auto const respond_after_end = [](Stream& stream) -> Played {
        std::string question;
        EXPECT_EQ(co_await read_to_end(stream, question), asio::error::eof);
        co_await send(stream, question + "!");
    };
    play_over_tcp(respond_after_end, [](Stream& stream) -> Played {
        co_await send(stream, "question");
        stream.close(CloseMode::half_close);
        EXPECT_EQ(co_await read_exactly(stream, 9), "question!");
    });
}

TEST(TcpStream, IsClosedAfterClose) {
    play_over_tcp(end_at_once, [](Stream& stream) -> Played {
        stream.close(CloseMode::fin);
        stream.close(CloseMode::reset);
        char block[1];
        auto const read = co_await stream.read_some(asio::buffer(block));
        EXPECT_EQ(read.ec, Errc::closed);
        EXPECT_EQ(co_await send(stream, "x"), Errc::closed);
    });
}

TEST(TcpStream, CloseEndsAPendingRead) {
    play_over_tcp(test::echo, [](Stream& stream) -> Played {
        auto const close_soon = [](Stream& to_close) -> Played {
            co_await async::pause(1ms);
            to_close.close(CloseMode::fin);
        };
        std::string nothing;
        auto both = read_to_end(stream, nothing) && close_soon(stream);
        EXPECT_EQ(co_await std::move(both), Errc::closed);
    });
}

TEST(TcpStream, TimeLimitEndsARead) {
    play_over_tcp(test::echo, [](Stream& stream) -> Played {
        stream.set_time_limit(40ms);
        auto const before = std::chrono::steady_clock::now();
        std::string nothing;
        EXPECT_EQ(co_await read_to_end(stream, nothing), Errc::timed_out);
        EXPECT_GE(std::chrono::steady_clock::now() - before, 40ms);
        stream.set_time_limit(std::nullopt);  // and the stream is as good as before
        EXPECT_FALSE(co_await send(stream, "on"));
        EXPECT_EQ(co_await read_exactly(stream, 2), "on");
    });
}

TEST(TcpStream, TimeLimitIsOneOfInactivity) {
    auto const dripping = [](Stream& stream) -> Played {
        for (int i = 0; i < 8; ++i) {
            co_await async::pause(200ms);
            co_await send(stream, "d");
        }
    };
    play_over_tcp(dripping, [](Stream& stream) -> Played {
        stream.set_time_limit(1s);  // shorter than it all takes
        EXPECT_EQ(co_await read_exactly(stream, 8), "dddddddd");
    });
}

TEST(TcpStream, TimeLimitEndsAWriteToAPeerThatDoesNotRead) {
    std::promise<void> over;
    auto done = over.get_future().share();
    auto const deaf = [done](Stream&) -> Played {
        while (done.wait_for(0s) != std::future_status::ready) co_await async::pause(5ms);
    };
    play_over_tcp(deaf, [&over](Stream& stream) -> Played {
        stream.set_time_limit(40ms);
        std::string const much(64 << 20, 'm');
        EXPECT_EQ(co_await send(stream, much), Errc::timed_out);
        over.set_value();
    });
}

TEST(TcpStream, ALimitOfOneDirectionSparesTheOther) {
    static constexpr auto short_limit = 40ms;
    std::atomic<bool> gave_up = false;
    auto const respond_after_that = [&gave_up](Stream& stream) -> Played {
        while (!gave_up) co_await async::pause(5ms);
        co_await async::pause(short_limit * 4);  // long past the limit of the write, had the read taken it over
        co_await send(stream, "late");
        std::string rest;
        co_await read_to_end(stream, rest);
    };
    play_over_tcp(respond_after_that, [&gave_up](Stream& stream) -> Played {
        auto const write_too_much = [&gave_up](Stream& to) -> asio::awaitable<error_code> {
            to.set_time_limit(short_limit);  // the read that waits already keeps its own: none
            std::string const much(64 << 20, 'm');
            auto const ec = co_await send(to, much);
            gave_up = true;
            co_return ec;
        };
        auto both = read_exactly(stream, 4) && write_too_much(stream);
        auto const [received, ec] = co_await std::move(both);
        EXPECT_EQ(received, "late");
        EXPECT_EQ(ec, Errc::timed_out);
    });
}

TEST(TcpStream, KnowsItsEndpoints) {
    std::promise<Endpoint> remote;
    auto seen = remote.get_future();
    auto const report = [&remote](Stream& stream) -> Played {
        remote.set_value(stream.remote_endpoint());
        co_return;
    };
    play_over_tcp(report, [&seen](Stream& stream) -> Played {
        EXPECT_EQ(taken_from(seen), stream.local_endpoint());
        EXPECT_EQ(stream.remote_endpoint().host, "127.0.0.1");
        co_return;
    });
}

}  // namespace
}  // namespace pathology::proxycore::net
