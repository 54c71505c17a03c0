// The blocking client: coroutines of a session, run to their end on the calling thread.
//
//     request:  for each message: craft ─▶ open if needed ─▶ exchange ─▶ close unless it can be used again
//     send:     the same without waiting; receive() and receive_frame() then read
//
// Seeds: message n of connection m has RunSeed::of(m, n), so a failed test is repeated by its seed.

#include <pathology/pathoc/client.hpp>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <exception>
#include <functional>
#include <pathology/language/load.hpp>
#include <pathology/language/rng.hpp>
#include <pathology/pathoc/session.hpp>
#include <pathology/proxycore/tls/recorded.hpp>
#include <utility>

#include "any_session.hpp"
#include "make_failure.hpp"
#include "route.hpp"
#include "script.hpp"

namespace pathology::pathoc {
namespace {

namespace asio = boost::asio;
namespace net = proxycore::net;

}  // namespace

class Client::Impl {
public:
    explicit Impl(ClientOptions options)
        : options_(std::move(options)),
          route_(route_of(options_)),
          protocol_(options_.http2 ? language::Protocol::http2 : language::Protocol::http1),
          seed_(options_.seed) {
        settings_.role = language::Role::client;
        settings_.protocol = protocol_;
        settings_.http2.scheme = options_.tls.use ? "https" : "http";
        // Without another protocol in the offer the server cannot select HTTP/1.
        if (options_.http2) options_.tls.alpn = {"h2"};
        settings_.request_host = options_.tunnel ? options_.tunnel->host : options_.host;
        settings_.files = options_.files;
    }

    asio::awaitable<Result<Response>> request(std::string_view spec);
    asio::awaitable<Result<Sent>> send(std::string_view spec);
    asio::awaitable<Result<Response>> receive();
    asio::awaitable<Result<proxycore::record::RecordedFrame>> receive_frame();

    /// Runs a coroutine to its end on the calling thread.
    template <class T> T finish(asio::awaitable<T> work) {
        std::optional<T> outcome;
        std::exception_ptr thrown;
        bool done = false;
        auto const keep = [](asio::awaitable<T> inner, std::optional<T>& into) -> asio::awaitable<void> {
            into.emplace(co_await std::move(inner));
        };
        asio::co_spawn(context_, keep(std::move(work), outcome), [&](std::exception_ptr error) {
            thrown = std::move(error);
            done = true;
        });
        // The loop runs only inside a call: between calls nothing is read, and no thread is needed.
        context_.restart();
        while (!done && context_.run_one() > 0) continue;
        if (thrown) std::rethrow_exception(thrown);
        return std::move(*outcome);
    }

    Sent const& last_sent() const { return last_; }
    std::string const& partial() const { return partial_; }
    std::uint64_t seed() const { return seed_.value(); }
    std::shared_ptr<proxycore::record::RecordedTls const> const& tls() const { return tls_; }
    bool is_open() const { return session_.has_value(); }
    void close() { session_.reset(); }

private:
    Result<Script> read(std::string_view spec) const;
    asio::awaitable<Result<void>> open();
    std::optional<Failure> wrong_protocol() const;
    void record_tls(proxycore::tls::ConnectionInfo const& info);
    asio::awaitable<Result<CraftedMessage>> craft_next(PreparedMessage const& message, std::uint64_t repetition);
    void record_sent(CraftedMessage const& crafted, std::uint64_t bytes, bool disconnected);
    void record_received(Result<Response> const& response);

    ClientOptions options_;
    Route route_;
    language::Protocol protocol_;
    language::RunSeed seed_;
    language::Settings settings_;
    asio::io_context context_{1};
    std::optional<AnySession> session_;
    std::uint64_t connections_ = 0;  // made so far
    std::uint64_t messages_ = 0;     // sent on this one
    Sent last_;
    std::string partial_;                                        // of a response that broke off
    std::shared_ptr<proxycore::record::RecordedTls const> tls_;  // of the last connection
};

/// Messages are frozen if they are small enough, so that last_sent() can be replayed.
Result<Script> Client::Impl::read(std::string_view spec) const {
    auto const text = language::load_spec(spec, settings_.files);
    if (!text) return make_failure(Errc::bad_spec, language::describe(text.error(), spec));
    auto script = read_script(*text, settings_, language::Freezing::where_it_fits);
    if (!script) return make_failure(Errc::bad_spec, language::describe(script.error(), *text));
    return std::move(*script);
}

/// Opens a connection, unless there is one.
asio::awaitable<Result<void>> Client::Impl::open() {
    if (session_) co_return Result<void>();
    auto const limit = std::chrono::duration_cast<net::Duration>(options_.time_limit);
    // The contexts are made once; each connection has its own engine.
    if (auto const added = add_tls(route_, options_.tls); !added) co_return added.error();
    tls_.reset();
    auto opened = co_await pathoc::open(route_, limit);
    if (!opened) co_return opened.error();
    if (opened->tls) record_tls(*opened->tls);
    if (auto const wrong = wrong_protocol()) co_return *wrong;
    SessionSettings const settings{limit, options_.body_limit, options_.raw_limit, options_.http2_reads_on};
    session_.emplace(std::move(opened->stream), settings, protocol_);
    ++connections_;
    messages_ = 0;
    co_return Result<void>();
}

std::optional<Failure> Client::Impl::wrong_protocol() const {
    if (!options_.http2 || !tls_ || tls_->alpn == "h2") return std::nullopt;
    return make_failure(Errc::tls_failed, "The server does not support HTTP/2: by ALPN it selected " +
                                              (tls_->alpn.empty() ? std::string("nothing") : tls_->alpn));
}

void Client::Impl::record_tls(proxycore::tls::ConnectionInfo const& info) {
    using proxycore::record::RecordedTls;
    tls_ = std::make_shared<RecordedTls const>(proxycore::tls::recorded_by_client(info, true));
}

/// Crafts a message for the open session; opens one if needed.
asio::awaitable<Result<CraftedMessage>> Client::Impl::craft_next(PreparedMessage const& message,
                                                                 std::uint64_t repetition) {
    if (auto const opened = co_await open(); !opened) co_return opened.error();
    auto const stream = session_->stream_of(message.message(), repetition);
    auto crafted = message.craft(seed_.of(connections_ - 1, messages_++), stream);
    if (!crafted) co_return make_failure(Errc::bad_spec, crafted.error().message);  // a file can no longer be read
    co_return std::move(*crafted);
}

void Client::Impl::record_sent(CraftedMessage const& crafted, std::uint64_t bytes, bool disconnected) {
    last_.spec = *crafted.spec;
    last_.raw = session_->sent();
    last_.bytes += bytes;
    last_.disconnected = disconnected;
}

/// Keeps the bytes of an incomplete response, and closes a session that cannot be used again.
void Client::Impl::record_received(Result<Response> const& response) {
    partial_ = response ? std::string() : session_->partial();
    bool const is_reusable = response && (response->keep_alive || response->status() == 101) && session_->is_usable();
    if (!is_reusable) session_.reset();
}

asio::awaitable<Result<Response>> Client::Impl::request(std::string_view spec) {
    last_ = {};
    partial_.clear();
    auto const script = read(spec);
    if (!script) co_return script.error();
    MessageSequence messages({&*script, 1});
    Result<Response> response = make_failure(Errc::bad_spec, "the spec sends no request: " + std::string(spec));
    while (auto const* message = messages.next()) {
        auto const crafted = co_await craft_next(*message, messages.repetition());
        if (!crafted) co_return crafted.error();
        SendRequest const outgoing{*crafted->plan, crafted->seed, message->method(), message->has_response()};
        if (!message->has_response()) {
            auto const written = co_await session_->send(outgoing);
            if (!written) co_return written.error();
            record_sent(*crafted, written->bytes, written->disconnected);
            if (written->disconnected || written->error) session_.reset();
            continue;
        }
        response = co_await session_->exchange(outgoing);
        bool const failed = response.has_error();
        record_sent(*crafted, failed ? response.error().bytes_sent : crafted->plan->length,
                    failed && response.error().code == Errc::closed_by_spec);
        record_received(response);
        if (failed) co_return response;
    }
    co_return response;
}

asio::awaitable<Result<Sent>> Client::Impl::send(std::string_view spec) {
    last_ = {};
    auto const script = read(spec);
    if (!script) co_return script.error();
    MessageSequence messages({&*script, 1});
    while (auto const* message = messages.next()) {
        auto const crafted = co_await craft_next(*message, messages.repetition());
        if (!crafted) co_return crafted.error();
        SendRequest const outgoing{*crafted->plan, crafted->seed, message->method(), message->has_response()};
        auto const written = co_await session_->send(outgoing);
        if (!written) co_return written.error();
        record_sent(*crafted, written->bytes, written->disconnected);
        if (written->error == net::Errc::timed_out) co_return make_failure(Errc::timed_out, "Timeout", written->error);
        if (written->error) break;  // a response to it may have arrived
        if (written->disconnected) {
            session_.reset();
            break;
        }
    }
    co_return last_;
}

asio::awaitable<Result<Response>> Client::Impl::receive() {
    auto* const session = session_ ? session_->http1() : nullptr;
    if (session == nullptr)
        co_return make_failure(Errc::not_a_conversation, "no request was sent on an open connection");
    auto response = co_await session->receive();
    record_received(response);
    co_return response;
}

asio::awaitable<Result<proxycore::record::RecordedFrame>> Client::Impl::receive_frame() {
    auto* const session = session_ ? session_->http1() : nullptr;
    if (session == nullptr) co_return make_failure(Errc::not_a_conversation, "no WebSocket is open");
    auto frame = co_await session->receive_frame();
    if (!frame) session_.reset();
    co_return frame;
}

Client::Client(ClientOptions options) : impl_(std::make_unique<Impl>(std::move(options))) {}
Client::~Client() = default;
Client::Client(Client&&) noexcept = default;
Client& Client::operator=(Client&&) noexcept = default;

Result<Response> Client::request(std::string_view spec) { return impl_->finish(impl_->request(spec)); }
Result<Sent> Client::send(std::string_view spec) { return impl_->finish(impl_->send(spec)); }
Result<Response> Client::receive() { return impl_->finish(impl_->receive()); }
Result<proxycore::record::RecordedFrame> Client::receive_frame() { return impl_->finish(impl_->receive_frame()); }
Sent const& Client::last_sent() const { return impl_->last_sent(); }
std::string const& Client::partial() const { return impl_->partial(); }
std::uint64_t Client::seed() const { return impl_->seed(); }
std::shared_ptr<proxycore::record::RecordedTls const> const& Client::tls() const { return impl_->tls(); }
bool Client::is_open() const { return impl_->is_open(); }
void Client::close() { impl_->close(); }

}  // namespace pathology::pathoc
