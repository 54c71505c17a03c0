// One exchange while it runs.
//
//     take_request ─▶ ask_server ─▶ answer
//          │   └─ an addon answered ─▲
//          └ what is streamed, or large, goes to the server beside the other steps
#pragma once

#include <optional>
#include <pathology/proxycore/async/mutex.hpp>
#include <pathology/proxycore/async/task.hpp>
#include <pathology/proxycore/layers/exchange/exchange.hpp>

#include "layers/exchange/body.hpp"
#include "layers/http1/abort_watch.hpp"

namespace pathology::proxycore::layers {

/// Steps give whether another one follows; where none does, all is told and done.
class ExchangeRun {
public:
    ExchangeRun(Context& context, flow::HttpFlow& flow, ClientStream& client, asio::any_io_executor executor);

    asio::awaitable<ExchangeEnd> run();
    /// After an exception, as a rule a cancellation: the flow gets its error, and nothing runs on.
    asio::awaitable<void> stop();

private:
    // --- the request: exchange_request.cpp ---
    asio::awaitable<bool> take_request();
    asio::awaitable<bool> take_request_head();
    asio::awaitable<void> tell_to_continue();
    asio::awaitable<bool> take_request_body();
    asio::awaitable<bool> settle_answered_stream();
    asio::awaitable<bool> drop_request_body();
    asio::awaitable<std::optional<Failure>> discard_rest();
    asio::awaitable<bool> ask_server();
    asio::awaitable<bool> acquire_server(bool is_fresh);
    asio::awaitable<Result<http::ResponseHead>> ask();
    asio::awaitable<Result<void>> send_request();
    asio::awaitable<Result<http::ResponseHead>> read_answer_head();
    asio::awaitable<Result<http::ResponseHead>> read_head_in_turn();
    asio::awaitable<bool> waits_for_upload();
    asio::awaitable<void> upload_whole();
    asio::awaitable<void> upload_streamed();

    // --- the answer: exchange_answer.cpp ---
    asio::awaitable<bool> answer();
    void take_answer_head();
    asio::awaitable<bool> take_answer_body();
    asio::awaitable<bool> stream_answer();
    void note_answer_end();
    asio::awaitable<bool> deliver();
    asio::awaitable<bool> hand_over();

    // --- hooks and ends: exchange.cpp ---
    using FlowHook = addons::HookPoint<flow::HttpFlow&>;
    /// false = the flow was killed, and is over.
    asio::awaitable<bool> run_hook(FlowHook const& point);
    /// The same with `response`: one of it and `error` ends the flow for addons (G1).
    asio::awaitable<bool> conclude();
    asio::awaitable<void> conclude_with_error();
    asio::awaitable<void> call(FlowHook const& point);
    /// Tells the flow, the addons and the client. Whatever was still under way has ended then.
    asio::awaitable<bool> fail(Failure failure);
    asio::awaitable<bool> fail_of_client(Failure failure);
    asio::awaitable<bool> end_with(Failure failure);
    /// What a failure came of, where something else was noticed first.
    Failure const* deeper_cause() const;
    asio::awaitable<void> wind_up();
    asio::awaitable<void> end_upload();
    asio::awaitable<void> let_go_of_server();

    bool wants(addons::Hook hook) const { return context_.services.addons.wants(hook); }
    HttpSettings const& settings() const { return context_.settings->http; }

    /// What only exchanges need whose request goes on beside the answer.
    struct Upload {
        explicit Upload(asio::any_io_executor const& executor) : work(executor), turns(executor) {}
        async::Task work;
        async::Mutex turns;
        std::optional<Failure> client_failure{};  ///< reading the request
        std::optional<Failure> server_failure{};  ///< sending it
        Rest rest{};                              ///< how much of it may still go
    };

    Context& context_;
    flow::HttpFlow& flow_;
    ClientStream& client_;
    asio::any_io_executor executor_;
    std::unique_ptr<ServerStream> server_;
    std::optional<Upload> upload_;
    AbortWatch watch_;
    ExchangeEnd end_;
    http::ResponseHead head_;
    bool streams_request_ = false;
    bool is_concluded_ = false;  ///< `response` or `error` has run (G1)
    bool has_begun_ = false;     ///< bytes of an answer went out
    bool client_is_gone_ = false;
    bool is_cut_ = false;  ///< the end of the request was not read
};

}  // namespace pathology::proxycore::layers
