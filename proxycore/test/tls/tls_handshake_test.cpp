// What the handshake of a TlsStream promises, and what it says when it fails.
#include <gtest/gtest.h>

#include <boost/asio/experimental/awaitable_operators.hpp>
#include <pathology/proxycore/net/errc.hpp>
#include <pathology/proxycore/net/memory_stream.hpp>
#include <pathology/proxycore/tls/errc.hpp>
#include <pathology/proxycore/tls/tls_stream.hpp>

#include "support/play.hpp"
#include "support/streams.hpp"
#include "tls/engine_pair.hpp"
#include "tls/stream_pair.hpp"

namespace pathology::proxycore::tls {
namespace {

using namespace std::chrono_literals;
using namespace asio::experimental::awaitable_operators;
using proxycore::test::patience;
using proxycore::test::play;
using proxycore::test::read_to_end;
using test::client_over;
using test::server_over;
using Played = asio::awaitable<void>;

TEST(TlsHandshake, HasALimit) {
    play([]() -> Played {
        auto const executor = co_await asio::this_coro::executor;
        auto pipe = net::make_memory_pipe(executor);
        auto const client = client_over(std::move(pipe.near));
        auto const outcome = co_await client->handshake(20ms);
        EXPECT_EQ(outcome.error().code, net::Errc::timed_out);
        EXPECT_EQ(outcome.error().message, "TLS handshake failed: nothing moved within the time limit");
    });
}

TEST(TlsHandshake, NothingIsReadOrWrittenBeforeTheHandshake) {
    play([]() -> Played {
        auto const executor = co_await asio::this_coro::executor;
        auto pipe = net::make_memory_pipe(executor);
        auto const client = client_over(std::move(pipe.near));
        std::string nothing;
        EXPECT_EQ(co_await read_to_end(*client, nothing), asio::error::not_connected);
        EXPECT_EQ(co_await net::send(*client, "x"), asio::error::not_connected);
    });
}

TEST(TlsHandshake, ReportsThatThePeerSpeaksPlainly) {
    play([]() -> Played {
        auto const executor = co_await asio::this_coro::executor;
        auto pipe = net::make_memory_pipe(executor);
        auto const server = server_over(std::move(pipe.near));
        co_await net::send(*pipe.far, "GET / HTTP/1.1\r\nHost: x\r\n\r\n");
        auto const outcome = co_await server->handshake(patience);
        EXPECT_EQ(outcome.error().code, Errc::not_tls);
        EXPECT_EQ(outcome.error().message,
                  "TLS handshake failed: the client does not speak TLS but sent \"GET / HTTP/1.1\"");
    });
}

TEST(TlsHandshake, ReportsAPeerThatLeaves) {
    play([]() -> Played {
        auto const executor = co_await asio::this_coro::executor;
        auto pipe = net::make_memory_pipe(executor);
        auto const client = client_over(std::move(pipe.near));
        pipe.far->close(net::CloseMode::fin);
        auto const outcome = co_await client->handshake(patience);
        EXPECT_TRUE(outcome.has_error());
        EXPECT_TRUE(outcome.error().message.starts_with("TLS handshake failed: ")) << outcome.error().message;
    });
}

TEST(TlsHandshake, BothSidesReportWhyTheyDoNotAgree) {
    play([]() -> Played {
        auto const executor = co_await asio::this_coro::executor;
        auto pipe = net::make_memory_pipe(executor);
        auto const client = client_over(std::move(pipe.near), test::verifying());
        Engine engine(AcceptContext::make({}).value(), test::show(test::identity_for({"other.test"})));
        TlsStream server(std::move(pipe.far), std::move(engine));
        auto both = client->handshake(patience) && server.handshake(patience);
        auto const [here, there] = co_await std::move(both);
        EXPECT_EQ(here.error().code, Errc::certificate_rejected);
        std::string nothing;
        auto const received = there ? co_await read_to_end(server, nothing) : there.error().code;
        EXPECT_EQ(received, Errc::alert_received);
        EXPECT_EQ(server.failure()->alert, (Alert{42, Alert::Side::sent_by_peer}));
    });
}

/// A client that a server refuses only after the client's own handshake is done hears it when it reads.
TEST(TlsHandshake, LateRefusalIsReportedByTheFirstRead) {
    play([]() -> Played {
        auto const executor = co_await asio::this_coro::executor;
        auto pipe = net::make_memory_pipe(executor);
        auto const client = client_over(std::move(pipe.near));
        AcceptSettings settings;
        settings.client_certificates = ClientCertificates::verified;
        settings.trust.file = test::trusted_file();
        auto const server = server_over(std::move(pipe.far), settings);
        auto both = client->handshake(patience) && server->handshake(patience);
        auto const [here, there] = co_await std::move(both);
        EXPECT_TRUE(here);
        EXPECT_FALSE(there);
        std::string nothing;
        EXPECT_EQ(co_await read_to_end(*client, nothing), Errc::alert_received);
        EXPECT_EQ(client->failure()->alert->name(), "certificate_required");
    });
}

}  // namespace
}  // namespace pathology::proxycore::tls
