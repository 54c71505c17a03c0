// A peer that asks for renegotiation gets the alert no_renegotiation at once (RFC 5246 §7.2.2), whoever it is and
// whether or not anything is written.
#include <gmock/gmock.h>

#include <boost/asio/experimental/awaitable_operators.hpp>
#include <functional>
#include <pathology/proxycore/net/memory_stream.hpp>

#include "support/play.hpp"
#include "support/streams.hpp"
#include "tls/engine_pair.hpp"
#include "tls/renegotiating_peer.hpp"
#include "tls/stream_pair.hpp"

namespace pathology::proxycore::tls {
namespace {

using namespace asio::experimental::awaitable_operators;
using proxycore::test::play;
using proxycore::test::read_exactly;
using test::RenegotiatingPeer;
using testing::ElementsAre;
using Played = asio::awaitable<void>;
using Side = RenegotiatingPeer::Side;

constexpr int alert = 21, application_data = 23;  // ContentType (RFC 8446 §5.1)

/// The types of the records; -1 for bytes that are no whole record.
std::vector<int> record_types(std::string_view bytes) {
    std::vector<int> types;
    while (!bytes.empty()) {
        std::size_t const size =
            bytes.size() < 5 ? 0
                             : 5 + static_cast<unsigned char>(bytes[3]) * 256U + static_cast<unsigned char>(bytes[4]);
        types.push_back(size == 0 || size > bytes.size() ? -1 : static_cast<unsigned char>(bytes[0]));
        bytes.remove_prefix(types.back() == -1 ? bytes.size() : size);
    }
    return types;
}

/// A stream that sends nothing without waiting, as a tunnel in HTTP/2.
class WaitingStream final : public net::Stream {
public:
    explicit WaitingStream(std::unique_ptr<net::Stream> next) : next_(std::move(next)) {}
    asio::awaitable<net::ReadResult> read_some(asio::mutable_buffer into) override { return next_->read_some(into); }
    asio::awaitable<net::error_code> write(std::span<asio::const_buffer const> all) override {
        return next_->write(all);
    }
    void close(net::CloseMode how) override { next_->close(how); }
    void set_time_limit(net::TimeLimit limit) override { next_->set_time_limit(limit); }
    Endpoint local_endpoint() const override { return next_->local_endpoint(); }
    Endpoint remote_endpoint() const override { return next_->remote_endpoint(); }
    asio::any_io_executor executor() override { return next_->executor(); }

private:
    std::unique_ptr<net::Stream> next_;
};

/// A TlsStream whose handshake with the peer is done. The peer has the other end of the pipe.
struct Joined {
    std::unique_ptr<TlsStream> ours;
    std::unique_ptr<net::Stream> far;
    std::unique_ptr<RenegotiatingPeer> peer;
};

Played let_peer_shake_hands(Joined& joined) {
    std::array<char, 4096> block{};
    while (!joined.peer->is_established()) {
        auto const bytes = joined.peer->handshake();
        EXPECT_FALSE(co_await net::send(*joined.far, bytes));
        if (joined.peer->is_established()) break;
        auto const [ec, n] = co_await joined.far->read_some(asio::buffer(block));
        if (ec) co_return;
        joined.peer->feed({block.data(), n});
    }
}

struct Row {
    std::string name;
    Side peer;
    bool waits = false;
    net::MemoryPipeOptions pipe = {};
};

asio::awaitable<Joined> join(Row const& row, std::size_t capacity_after = 0) {
    auto const executor = co_await asio::this_coro::executor;
    auto options = row.pipe;
    if (capacity_after > 0) options.capacity = capacity_after;
    auto pipe = net::make_memory_pipe(executor, options);
    Joined joined;
    joined.far = std::move(pipe.far);
    joined.peer = std::make_unique<RenegotiatingPeer>(row.peer);
    auto near = std::move(pipe.near);
    if (row.waits) near = std::make_unique<WaitingStream>(std::move(near));
    joined.ours = row.peer == Side::client ? test::server_over(std::move(near)) : test::client_over(std::move(near));
    auto both = joined.ours->handshake(proxycore::test::patience) && let_peer_shake_hands(joined);
    auto const done = co_await std::move(both);
    EXPECT_TRUE(done) << done.error().message;
    co_return joined;
}

class Renegotiation : public testing::TestWithParam<Row> {};

TEST_P(Renegotiation, A24_IsRefusedAtOnceWhileNothingIsWritten) {
    play([&]() -> Played {
        auto joined = co_await join(GetParam());
        auto const request = joined.peer->request_renegotiation();
        EXPECT_FALSE(co_await net::send(*joined.far, request));
        std::array<char, 100> block{}, response{};
        auto either = joined.ours->read_some(asio::buffer(block)) || joined.far->read_some(asio::buffer(response));
        auto const first = co_await std::move(either);
        EXPECT_EQ(first.index(), 1U) << "the read has nothing to return";
        if (first.index() != 1U) co_return;
        std::string bytes(response.data(), std::get<1>(first).n);
        while (record_types(bytes).front() == -1) {
            auto const [ec, n] = co_await joined.far->read_some(asio::buffer(response));
            EXPECT_FALSE(ec);
            if (ec) co_return;
            bytes.append(response.data(), n);
        }
        EXPECT_THAT(record_types(bytes), ElementsAre(alert));
        joined.peer->feed(bytes);
        joined.peer->read();
        EXPECT_EQ(joined.peer->received_alert(), "warning no_renegotiation");
    });
}

TEST_P(Renegotiation, A24_IsRefusedWithTheBytesOfTheSameFlight) {
    play([&]() -> Played {
        auto joined = co_await join(GetParam());
        auto flight = joined.peer->encrypt("before");
        flight += joined.peer->request_renegotiation();
        EXPECT_FALSE(co_await net::send(*joined.far, flight));
        EXPECT_EQ(co_await read_exactly(*joined.ours, 6), "before");
        auto either = read_exactly(*joined.ours, 1) || read_exactly(*joined.far, 5);
        auto const head = co_await std::move(either);
        EXPECT_EQ(head.index(), 1U);
        if (head.index() != 1U) co_return;
        EXPECT_EQ(std::get<1>(head).front(), '\x15');
    });
}

TEST_P(Renegotiation, A24_RefusalAndWritesDoNotMix) {
    play([&]() -> Played {
        // The pipe takes less than an alert at a time, so that the reader waits in its reply when the writer comes.
        auto joined = co_await join(GetParam(), 7);
        auto const request = joined.peer->request_renegotiation();
        std::string const text(3000, 'w');
        auto const write_later = [&joined, &text]() -> Played {
            std::string head = co_await read_exactly(*joined.far, 3);
            EXPECT_EQ(head.front(), '\x15');
            auto both = net::send(*joined.ours, text) && read_exactly(*joined.far, 28 + 3000 + 29);
            auto const [ec, rest] = co_await std::move(both);
            EXPECT_FALSE(ec);
            auto const bytes = head.append(rest);
            EXPECT_THAT(record_types(bytes), ElementsAre(alert, application_data));
        };
        std::array<char, 100> block{};
        auto feeding = net::send(*joined.far, request) && write_later();
        auto either = joined.ours->read_some(asio::buffer(block)) || std::move(feeding);
        auto const first = co_await std::move(either);
        EXPECT_EQ(first.index(), 1U);
    });
}

TEST_P(Renegotiation, A24_RefusalIsLeftToAWriterThatWaits) {
    play([&]() -> Played {
        auto joined = co_await join(GetParam(), 2000);
        auto const request = joined.peer->request_renegotiation();
        std::string const text(40000, 'w');
        std::string bytes;
        auto const request_then_read = [&]() -> Played {
            EXPECT_FALSE(co_await net::send(*joined.far, request));
            std::array<char, 4096> block{};
            while (record_types(bytes) !=
                   std::vector<int>{application_data, application_data, application_data, alert}) {
                auto const [ec, n] = co_await joined.far->read_some(asio::buffer(block));
                if (ec) co_return;
                bytes.append(block.data(), n);
                if (bytes.size() > 50000) co_return;
            }
        };
        std::array<char, 100> block{};
        auto working = net::send(*joined.ours, text) && request_then_read();
        auto either = joined.ours->read_some(asio::buffer(block)) || std::move(working);
        auto const first = co_await std::move(either);
        EXPECT_EQ(first.index(), 1U);
        EXPECT_THAT(record_types(bytes), ElementsAre(application_data, application_data, application_data, alert));
    });
}

TEST_P(Renegotiation, A7_RefusalIsNamedWhenThePeerEndsTheConnection) {
    play([&]() -> Played {
        auto joined = co_await join(GetParam());
        auto const request = joined.peer->request_renegotiation();
        EXPECT_FALSE(co_await net::send(*joined.far, request));
        std::string nothing;
        auto const refuse = [&joined]() -> Played {
            auto const bytes = co_await read_exactly(*joined.far, 5 + 26);
            joined.peer->feed(bytes);
            auto const answer = joined.peer->read();
            EXPECT_FALSE(co_await net::send(*joined.far, answer));
            joined.far->close(net::CloseMode::fin);
        };
        auto both = proxycore::test::read_to_end(*joined.ours, nothing) && refuse();
        EXPECT_EQ(co_await std::move(both), Errc::alert_received);
        auto const peer = GetParam().peer == Side::client ? std::string("the client") : std::string("the server");
        EXPECT_EQ(joined.ours->failure()->message,
                  "TLS connection failed: " + peer + " sent alert handshake_failure (40), after " + peer +
                      " asked for renegotiation and we sent alert no_renegotiation (100)");
    });
}

INSTANTIATE_TEST_SUITE_P(BothSides, Renegotiation,
                         testing::Values(Row{"OfAClient", Side::client}, Row{"OfAServer", Side::server},
                                         Row{"OfAClientWhereWritesWait", Side::client, true},
                                         Row{"OfAServerWhereWritesWait", Side::server, true},
                                         Row{"OfAClientByteByByte", Side::client, false, {.max_per_read = 1}},
                                         Row{"OfAServerByteByByte", Side::server, false, {.max_per_read = 1}}),
                         [](auto const& row) { return row.param.name; });

}  // namespace
}  // namespace pathology::proxycore::tls
