#include "layers/http1/server.hpp"

#include <pathology/proxycore/http1/reader.hpp>
#include <pathology/proxycore/net/prefixed_stream.hpp>
#include <utility>

#include "layers/http1/input.hpp"
#include "layers/http1/output.hpp"
#include "layers/http1/strictness.hpp"

namespace pathology::proxycore::layers {

struct Http1Server::State {
    State(std::unique_ptr<net::Stream> its_stream, HttpSettings const& settings, RequestForm its_form)
        : stream(std::move(its_stream)),
          reader(settings.limits, leniency_of(settings)),
          input(*stream, reader, Side::server),
          output(*stream),
          form(its_form),
          is_guarded(settings.validate_inbound_headers) {}

    bool is_reusable() const {
        return stays_open && !input.is_inside_message() && output.is_in_order() && !input.has_ended() &&
               reader.is_between_messages();
    }

    std::unique_ptr<net::Stream> stream;
    http1::ResponseReader reader;
    Http1Input input;
    Http1Output output;
    RequestForm form;
    bool is_guarded;  ///< validate_inbound_headers
    bool was_used = false;
    bool stays_open = true;  ///< both messages are complete and neither asked to close
};

Http1Server::Http1Server(std::unique_ptr<net::Stream> stream, HttpSettings const& settings, RequestForm form)
    : state_(std::make_unique<State>(std::move(stream), settings, form)) {}
Http1Server::~Http1Server() = default;
bool Http1Server::is_reusable() const { return state_->is_reusable(); }
void Http1Server::free_read_buffer() { state_->reader.release(); }
net::Stream& Http1Server::stream() { return *state_->stream; }

namespace {

class Http1ServerStream final : public ServerStream {
public:
    Http1ServerStream(std::unique_ptr<Http1Server> connection, OnRelease on_release)
        : connection_(std::move(connection)),
          on_release_(std::move(on_release)),
          state_(&connection_->state()),
          is_reused_(std::exchange(state_->was_used, true)) {
        state_->stays_open = false;
    }
    ~Http1ServerStream() override {
        if (on_release_) on_release_(std::move(connection_));
    }

    asio::awaitable<Result<std::string_view>> read_body() override;
    std::optional<Result<std::string_view>> read_body_now() override;
    http::Fields const& trailers() const override { return state_->reader.trailers(); }
    std::optional<std::uint64_t> announced_length() const override;
    asio::awaitable<Result<void>> send_body(std::string_view piece) override;
    asio::awaitable<Result<void>> finish(http::Fields const* trailers) override;
    void abort() noexcept override { state_->stream->close(net::CloseMode::fin); }
    std::unique_ptr<net::Stream> take_over() override;

    asio::awaitable<Result<void>> send(flow::Request const& request) override;
    asio::awaitable<Result<void>> begin(flow::Request const& request) override;
    asio::awaitable<Result<http::ResponseHead>> read_head() override;
    bool is_reused() const override { return is_reused_; }

private:
    void begin_message(flow::Request const& request, std::optional<std::uint64_t> size);
    Result<void> sent(net::error_code ec) const;
    Failure closed_without_response() const;
    void update_keep_alive();
    /// The server may have closed a kept connection before the request arrived, or after it has read it.
    Repeat repeat_if_stale() const {
        bool const is_stale = is_reused_ && state_->reader.is_between_messages() && !has_response_begun_;
        return is_stale ? Repeat::if_idempotent : Repeat::never;
    }

    std::unique_ptr<Http1Server> connection_;
    OnRelease on_release_;
    Http1Server::State* state_;
    bool is_reused_;
    bool has_response_begun_ = false;
    bool asks_to_close_ = false;
};

// --- the request ------------------------------------------------------------------------------------------

void Http1ServerStream::begin_message(flow::Request const& request, std::optional<std::uint64_t> size) {
    auto const framing = framing_of(request, size);
    append_head(state_->output.begin(framing), request, state_->form, framing);
    state_->reader.expect_response_to(request.raw_method);
    asks_to_close_ = request.headers.has_token("Connection", "close");
}

asio::awaitable<Result<void>> Http1ServerStream::send(flow::Request const& request) {
    std::string_view const body = request.raw_content ? std::string_view(*request.raw_content) : std::string_view();
    begin_message(request, body.size());
    auto const ec = co_await state_->output.send_all(body, request.trailers ? &*request.trailers : nullptr);
    co_return sent(ec);
}

asio::awaitable<Result<void>> Http1ServerStream::begin(flow::Request const& request) {
    begin_message(request, std::nullopt);
    auto const ec = co_await state_->output.send_head();
    co_return sent(ec);
}

asio::awaitable<Result<void>> Http1ServerStream::send_body(std::string_view piece) {
    auto const ec = co_await state_->output.send_piece(piece);
    co_return sent(ec);
}

asio::awaitable<Result<void>> Http1ServerStream::finish(http::Fields const* trailers) {
    auto const ec = co_await state_->output.finish(trailers);
    update_keep_alive();
    co_return sent(ec);
}

Result<void> Http1ServerStream::sent(net::error_code ec) const {
    if (!ec) return {};
    auto failure = send_failure(ec, "the server " + to_string(state_->stream->remote_endpoint()));
    if (failure.code == Errc::closed) failure.repeat = repeat_if_stale();
    return failure;
}

// --- the response -----------------------------------------------------------------------------------------

asio::awaitable<Result<http::ResponseHead>> Http1ServerStream::read_head() {
    for (;;) {
        auto const now = state_->input.next_now();
        if (!now) {
            co_await state_->input.read_more();
            continue;
        }
        auto const& event = *now;
        if (event.has_error()) {
            auto failure = event.error();
            if (failure.code == Errc::closed) failure.repeat = repeat_if_stale();
            co_return failure;
        }
        if (!*event) {
            auto failure = closed_without_response();
            co_return failure;
        }
        has_response_begun_ = true;
        if (**event == http1::Event::head) break;
    }
    if (state_->is_guarded)
        if (auto const ambiguity = find_ambiguous_framing(state_->reader.head()))
            co_return state_->input.malformed(*ambiguity);
    auto head = state_->reader.head();
    if (state_->is_guarded) merge_lengths(head.fields);
    co_return std::move(head);
}

asio::awaitable<Result<std::string_view>> Http1ServerStream::read_body() {
    auto const piece = co_await state_->input.read_body();
    if (piece && piece->empty()) update_keep_alive();
    co_return piece;
}

std::optional<Result<std::string_view>> Http1ServerStream::read_body_now() {
    auto const piece = state_->input.read_body_now();
    if (piece && *piece && (*piece)->empty()) update_keep_alive();
    return piece;
}

Failure Http1ServerStream::closed_without_response() const {
    auto const who = "the server " + to_string(state_->stream->remote_endpoint());
    return {Errc::closed, who + " closed the connection without a response", 502, repeat_if_stale()};
}

std::optional<std::uint64_t> Http1ServerStream::announced_length() const { return state_->reader.content_length(); }

/// Called at the end of each of the two messages: the later one decides whether the connection may be used again.
void Http1ServerStream::update_keep_alive() {
    state_->stays_open = has_response_begun_ && !asks_to_close_ && state_->reader.keep_alive();
}

std::unique_ptr<net::Stream> Http1ServerStream::take_over() {
    auto const on_release = std::exchange(on_release_, nullptr);
    auto rest = state_->reader.take_buffered();
    auto stream = net::unread(std::move(state_->stream), std::move(rest));
    connection_.reset();
    if (on_release) on_release(nullptr);
    return stream;
}

}  // namespace

std::unique_ptr<ServerStream> make_http1_stream(std::unique_ptr<Http1Server> connection, OnRelease on_release) {
    return std::make_unique<Http1ServerStream>(std::move(connection), std::move(on_release));
}

}  // namespace pathology::proxycore::layers
