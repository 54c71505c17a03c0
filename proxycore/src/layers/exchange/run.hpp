// The state of one exchange while it runs: the request goes from the client to a server, the response comes back.
//
//     receive_request ──▶ forward_request ──▶ handle_response ──▶ end
//            │  └─ an addon set a response ─▶──┘      ▲
//            │                                        │ the upload may still run
//            └─ a streamed or large body ─▶ upload ───┘
//
// request.cpp has the first two steps, response.cpp the third, exchange.cpp hooks, errors and the end.
#pragma once

#include <optional>
#include <pathology/proxycore/async/mutex.hpp>
#include <pathology/proxycore/async/task.hpp>

#include "layers/exchange/body.hpp"
#include "layers/exchange/disconnect_monitor.hpp"
#include "layers/exchange/exchange.hpp"

namespace pathology::proxycore::layers {

/// What follows a step of an exchange.
enum class Step {
    next,   ///< the next step
    ended,  ///< nothing: the flow, its last hook and the client's response are complete
};

/// Invariants: one of the hooks `response` and `error` runs, once. After Step::ended no other step may run. `upload_`
///         exists only if the request's body is sent while the response is awaited; hooks then run one at a time under
///         its mutex.
class ExchangeRun {
public:
    ExchangeRun(Context& context, flow::HttpFlow& flow, ClientStream& client, asio::any_io_executor executor);
    ~ExchangeRun() { flow_.on_kill(nullptr); }
    ExchangeRun(ExchangeRun const&) = delete;
    ExchangeRun& operator=(ExchangeRun const&) = delete;

    asio::awaitable<ExchangeEnd> run();
    /// Ends the exchange after an exception, usually a cancellation: stops the upload, sets the error, runs its hook.
    asio::awaitable<void> stop();

private:
    // --- the request (request.cpp) ---
    asio::awaitable<Step> receive_request();
    asio::awaitable<void> send_continue();
    asio::awaitable<Step> receive_request_body();
    asio::awaitable<Step> handle_streamed_body_after_response();
    asio::awaitable<Step> drop_request_body();
    asio::awaitable<std::optional<Failure>> discard_rest_of_request();
    asio::awaitable<Step> forward_request();
    asio::awaitable<Step> acquire_server(std::optional<Failure> const& last);
    asio::awaitable<void> wait_in_queue(ServerQueuePlace& place);
    asio::awaitable<Result<void>> send_request();
    asio::awaitable<Result<http::ResponseHead>> read_response_head();
    asio::awaitable<Result<http::ResponseHead>> read_one_head();
    asio::awaitable<Result<http::ResponseHead>> read_head_during_upload();
    asio::awaitable<bool> wait_for_upload();
    asio::awaitable<Result<void>> begin_upload();
    asio::awaitable<void> upload_buffered();
    asio::awaitable<void> upload_streamed();

    // --- the response (response.cpp) ---
    asio::awaitable<Step> handle_response();
    void handle_response_head();
    asio::awaitable<Step> receive_response_body();
    asio::awaitable<Step> stream_response();
    void finish_response();
    asio::awaitable<Step> send_response();
    asio::awaitable<Step> end_truncated_response(Failure failure);
    void drop_forbidden_length();
    asio::awaitable<Step> switch_protocols();

    // --- hooks, errors and the end (exchange.cpp) ---
    using FlowHook = addons::HookPoint<flow::HttpFlow&>;
    /// Step::ended if an addon killed the flow.
    asio::awaitable<Step> run_hook(FlowHook const& point);
    /// Returns true if the hook `response` is to run, the last one unless `error` follows from a kill.
    bool begin_response_hook();
    asio::awaitable<void> run_error_hook();
    asio::awaitable<void> call(FlowHook const& point);
    asio::awaitable<void> call_in_order(FlowHook const& point);
    /// Sets the flow's error, runs the hook `error` and sends an error page if no byte of a response was sent. A
    /// failure of the client that was seen before takes precedence: the failure is its consequence.
    asio::awaitable<Step> fail(Failure failure);
    asio::awaitable<Step> fail_by_client(Failure failure);
    asio::awaitable<Step> end_with_error(Failure failure);
    /// The failure of the client that was noticed first; nullptr if there was none.
    Failure const* client_failure_seen() const;
    asio::awaitable<void> finish_upload_and_monitor();
    asio::awaitable<void> finish_upload();
    asio::awaitable<void> abandon_server();

    /// A flow that is intercepted waits at its next hook, whether or not an addon takes part in that.
    bool wants(addons::Hook hook) const { return context_.services.addons.wants(hook, flow_) || flow_.intercepted(); }
    /// The flow was killed: ends what the steps wait for. They notice, and end the exchange.
    void close_both() noexcept;
    HttpSettings const& settings() const { return context_.settings->http; }

    /// A request body that is sent while the response is awaited or passed on.
    struct Upload {
        explicit Upload(asio::any_io_executor const& executor) : work(executor) {}
        async::Task work;
        async::Mutex hook_order;
        std::optional<Failure> client_failure{};  ///< of reading the body from the client
        std::optional<Failure> server_failure{};  ///< of sending it to the server
        Rest rest{};                              ///< how many more bytes may be passed on
    };

    Context& context_;
    flow::HttpFlow& flow_;
    ClientStream& client_;
    asio::any_io_executor executor_;
    std::unique_ptr<ServerStream> server_;
    std::optional<Upload> upload_;
    DisconnectMonitor monitor_;
    ExchangeEnd end_;
    http::ResponseHead head_;
    bool streams_request_ = false;
    bool has_final_hook_run_ = false;  ///< `response` or `error` has begun
    bool has_response_begun_ = false;  ///< bytes of a response were sent
    bool client_is_gone_ = false;
    bool is_request_cut_ = false;  ///< the end of the request was not read
};

}  // namespace pathology::proxycore::layers
