// Tunnels by CONNECT, with TLS in them, and tunnels in tunnels.
#include <gmock/gmock.h>

#include "support/streams.hpp"
#include "support/tls_client.hpp"

namespace pathology::pathod {
namespace {

using namespace test;
using proxycore::test::play;
using proxycore::test::read_to_end;
using testing::HasSubstr;

TEST(Tunnel, ShowsACertificateForItsHost) {
    Running running(DaemonOptions{});
    play([&]() -> Played {
        auto plain = co_await connected(running.daemon);
        bool const is_open = co_await tunnel(*plain, "asked.test:443");
        EXPECT_TRUE(is_open);
        auto const stream = co_await secured(std::move(plain), usual, "named.test");
        auto const chain = stream->info().peer_chain;
        EXPECT_EQ(chain.at(0).subject_value("CN"), "asked.test");
        co_await expect_response(*stream);
    });
    auto const entry = running.daemon.log().take(patience).value();
    EXPECT_EQ(entry.tls->sni, "named.test");
    EXPECT_EQ(entry.request->index, 0U);
    EXPECT_EQ(running.daemon.log().size(), 1U) << "CONNECT leaves no entry";
}

TEST(Tunnel, MayBeInsideATunnelInsideTls) {
    Running running;
    play([&]() -> Played {
        auto innermost = co_await connected(running.daemon);
        for (std::string const host : {"first.test", "second.test", "third.test"}) {
            StreamPtr around = co_await secured(std::move(innermost));
            co_await expect_response(*around);
            auto const target = host + ":443";
            bool const is_open = co_await tunnel(*around, target);
            EXPECT_TRUE(is_open);
            innermost = std::move(around);
        }
        auto const stream = co_await secured(std::move(innermost));
        EXPECT_EQ(stream->info().peer_chain.at(0).subject_value("CN"), "third.test");
        co_await expect_response(*stream);
        stream->close(net::CloseMode::fin);
    });
    auto const entries = running.daemon.log().wait_for(4, patience).value();
    EXPECT_EQ(entries[3].request->index, 3U) << "requests are counted across tunnels";
    EXPECT_TRUE(running.daemon.wait_until_idle(patience));
}

TEST(Tunnel, DepthHasALimit) {
    Running running({.tls = {.in_tunnels = InTunnels::detect}});
    play([&]() -> Played {
        auto const stream = co_await connected(running.daemon);
        unsigned opened = 0;
        while (opened < 100) {
            bool const is_open = co_await tunnel(*stream, "x.test:1");
            if (!is_open) break;
            ++opened;
        }
        EXPECT_GE(opened, 10U);
        EXPECT_LT(opened, 100U);
    });
}

TEST(Tunnel, DetectsTlsByOption) {
    Running running({.tls = {.in_tunnels = InTunnels::detect}});
    play([&]() -> Played {
        auto plain = co_await connected(running.daemon);
        co_await tunnel(*plain, "asked.test:443");
        auto const stream = co_await secured(std::move(plain));
        co_await expect_response(*stream);
        auto const other = co_await connected(running.daemon);
        co_await tunnel(*other, "asked.test:80");
        co_await expect_response(*other);
    });
}

TEST(Tunnel, LogsPlainTextWhereTlsIsExpected) {
    Running running(DaemonOptions{});
    play([&]() -> Played {
        auto const stream = co_await connected(running.daemon);
        co_await tunnel(*stream, "asked.test:443");
        co_await net::send(*stream, question);
        std::string nothing;
        co_await read_to_end(*stream, nothing);
    });
    EXPECT_THAT(running.daemon.log().take(patience)->message, HasSubstr("does not speak TLS"));
}

}  // namespace
}  // namespace pathology::pathod
