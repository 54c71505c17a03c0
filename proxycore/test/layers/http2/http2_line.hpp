// A connection to an origin of HTTP/2 as exchanges have it, and what tests say on it.
#pragma once

#include <boost/asio/this_coro.hpp>
#include <pathology/proxycore/net/memory_stream.hpp>

#include "layers/http2/http2_fixture.hpp"
#include "support/play.hpp"

namespace pathology::proxycore::layers::test {

/// A connection to an origin, and what a conversation over it needs.
struct Line {
    explicit Line(asio::any_io_executor const& executor, http2::SessionSettings const& settings = {},
                  net::TimeLimit limit = std::chrono::seconds(10), std::size_t capacity = 65536)
        : Line(net::make_memory_pipe(executor, {capacity, 65536, {"proxy", 1}, {"origin", 1}}), settings, limit) {}
    Line(net::MemoryPipe pipe, http2::SessionSettings const& settings, net::TimeLimit limit)
        : origin(std::move(pipe.far), settings),
          server(std::move(pipe.near), "origin.test:443", limit, HttpSettings(), [this] { ++changes; }) {
        origin.server.responses = false;
    }

    Origin origin;
    int changes = 0;
    Http2Server server;
};

inline flow::Request request_to(std::string_view url, std::string_view method = "GET",
                                http::Fields const& fields = {}) {
    auto request = flow::Request::make(method, url, "", fields).value();
    request.headers.remove("content-length");
    return request;
}

inline http::ResponseHead response(unsigned status, http::Fields fields = {}) {
    http::ResponseHead head{.version = {2, 0}, .status = status};
    head.fields = std::move(fields);
    return head;
}

/// Runs `conversation(line)`.
template <class Conversation>
void with_line(Conversation const& conversation, http2::SessionSettings settings = {},
               net::TimeLimit limit = std::chrono::seconds(10)) {
    auto const work = [&]() -> asio::awaitable<void> {
        auto const executor = co_await asio::this_coro::executor;
        Line line(executor, settings, limit);
        co_await conversation(line);
        co_await line.server.close();
    };
    proxycore::test::play(work);
}

template <class T> std::string message_of(Result<T> const& result) {
    return result.has_error() ? result.error().message : "no failure";
}

}  // namespace pathology::proxycore::layers::test
