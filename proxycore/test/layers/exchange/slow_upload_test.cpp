// Whose turn it is while a request is on its way, when a limit of silence has passed (P17).
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <pathology/proxycore/async/timeout.hpp>

#include "layers/exchange/exchange.hpp"
#include "layers/exchange/isolated_layer.hpp"
#include "layers/exchange/stub_connections.hpp"
#include "support/play.hpp"

namespace pathology::proxycore::layers {
namespace {

using std::chrono_literals::operator""ms;

Failure silent(std::string_view who) { return {Errc::timed_out, std::string(who) + " was silent", 504}; }

/// What happens at both ends, and how far it has come.
struct Course {
    std::optional<Failure> client_fails{}, server_fails{};  ///< in the middle of the body
    unsigned silences = 0;                                  ///< of the server that were told
    bool is_sent = false;                                   ///< the request, to its end
    std::string page{};                                     ///< that the client got
};

/// Sends the second half of its body when the server was found silent as often as is wanted.
class SlowClient final : public ClientStream {
public:
    SlowClient(Course& course, unsigned silences) : course_(course), silences_(silences) {}

    asio::awaitable<Result<std::string_view>> read_body() override {
        if (pieces_++ == 0) co_return std::string_view("half ");
        while (course_.silences < silences_) co_await async::pause(1ms);
        if (course_.client_fails) co_return *course_.client_fails;
        co_return pieces_ == 2 ? std::string_view("half") : std::string_view();
    }
    http::Fields const& trailers() const override { return none_; }
    std::optional<std::uint64_t> announced_length() const override { return std::nullopt; }
    asio::awaitable<Result<void>> send_body(std::string_view) override { co_return Result<void>(); }
    asio::awaitable<Result<void>> finish(http::Fields const*) override { co_return Result<void>(); }
    void abort() noexcept override {}
    std::unique_ptr<net::Stream> take_over() override { return nullptr; }
    asio::awaitable<Result<void>> send_interim(http::ResponseHead const&) override { co_return Result<void>(); }
    asio::awaitable<Result<void>> send(flow::Response const& response) override {
        course_.page = std::to_string(response.status_code);
        co_return Result<void>();
    }
    asio::awaitable<Result<void>> begin(flow::Response const& response) override { return send(response); }
    asio::awaitable<Failure> wait_for_abort(std::chrono::milliseconds) override {
        co_await async::pause(std::nullopt);
        co_return Failure{};
    }

private:
    Course& course_;
    unsigned silences_, pieces_ = 0;
    http::Fields none_;
};

/// Says nothing before it has the whole request, and is found silent all the time.
class PatientServer final : public ServerStream {
public:
    explicit PatientServer(Course& course) : course_(course) {}

    asio::awaitable<Result<void>> begin(flow::Request const&) override { co_return Result<void>(); }
    asio::awaitable<Result<void>> send(flow::Request const&) override { co_return Result<void>(); }
    asio::awaitable<Result<void>> send_body(std::string_view) override {
        if (course_.server_fails) {
            while (course_.silences == 0) co_await async::pause(1ms);
            co_return *course_.server_fails;
        }
        co_return Result<void>();
    }
    asio::awaitable<Result<void>> finish(http::Fields const*) override {
        course_.is_sent = true;
        co_return Result<void>();
    }
    asio::awaitable<Result<http::ResponseHead>> read_head() override {
        if (was_aborted_) co_return Failure{Errc::closed, "the server is gone"};
        if (course_.is_sent) co_return http::ResponseHead{.status = 200, .reason = "OK"};
        ++course_.silences;
        co_return silent("the server");
    }
    asio::awaitable<Result<std::string_view>> read_body() override { co_return std::string_view(); }
    http::Fields const& trailers() const override { return none_; }
    std::optional<std::uint64_t> announced_length() const override { return 0; }
    void abort() noexcept override { was_aborted_ = true; }
    std::unique_ptr<net::Stream> take_over() override { return nullptr; }
    bool is_reused() const override { return false; }

private:
    Course& course_;
    bool was_aborted_ = false;
    http::Fields none_;
};

class PatientConnections final : public test::StubConnections {
public:
    explicit PatientConnections(Course& course) : course_(course) {}
    asio::awaitable<Result<std::unique_ptr<ServerStream>>> acquire_fresh(flow::HttpFlow&) override {
        co_return std::make_unique<PatientServer>(course_);
    }

private:
    Course& course_;
};

/// Streams the request through; gives the flow's error, or nothing.
std::string upload(Course& course, unsigned silences) {
    Settings settings;
    settings.http.stream_large_bodies = 1;
    settings.times.stop = 20ms;
    test::IsolatedLayer alone(settings, [](addons::LogEntry const&) {});
    std::string error;
    proxycore::test::play([&]() -> asio::awaitable<void> {
        auto const make = [&](Context&) -> std::unique_ptr<ServerConnections> {
            return std::make_unique<PatientConnections>(course);
        };
        auto const context = alone.connect({}, make);
        flow::HttpFlow flow(context->client, context->server, {});
        flow.request.set_destination("http", {"origin.test", 80});
        SlowClient client(course, silences);
        auto const end = co_await exchange(*context, flow, client);
        if (flow.error) error = flow.error->message;
    });
    return error;
}

TEST(SlowUpload, P17_IsNoSilenceOfTheServer) {
    Course course;
    EXPECT_EQ(upload(course, 3), "");
    EXPECT_TRUE(course.is_sent);
    EXPECT_GE(course.silences, 3U);
    EXPECT_EQ(course.page, "200");
}

TEST(SlowUpload, P17_ThatEndsIsTheClientsFault) {
    Course course{.client_fails = silent("the client")};
    EXPECT_EQ(upload(course, 1), "the client was silent");
    EXPECT_EQ(course.page, "") << "nobody listens";
}

TEST(SlowUpload, P17_ThatNobodyTakesIsTheServersFault) {
    Course course{.server_fails = Failure{Errc::timed_out, "the server took nothing", 504}};
    EXPECT_EQ(upload(course, 0), "the server was silent");
    EXPECT_EQ(course.page, "504");
}

}  // namespace
}  // namespace pathology::proxycore::layers
