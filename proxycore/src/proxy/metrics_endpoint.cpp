#include "proxy/metrics_endpoint.hpp"

#include <array>
#include <chrono>
#include <optional>
#include <pathology/proxycore/async/timeout.hpp>
#include <pathology/proxycore/flow/response.hpp>
#include <pathology/proxycore/http/target.hpp>
#include <pathology/proxycore/http1/serialise.hpp>
#include <pathology/proxycore/net/lingering_close.hpp>
#include <utility>

namespace pathology::proxycore::proxy {
namespace {

namespace asio = boost::asio;
using namespace std::chrono_literals;

constexpr auto max_exchange = 30s;  // the wait for its request included
constexpr std::size_t max_connections = 16;
constexpr http1::Limits limits{.head = 16 * 1024, .fields = 100};
constexpr std::string_view plain_text = "text/plain; charset=utf-8";
constexpr std::string_view prometheus_text = "text/plain; version=0.0.4; charset=utf-8";

net::ServerOptions server_options(Endpoint where, std::function<void(std::string_view)> on_error) {
    net::ServerOptions options;
    options.listen = {{std::move(where)}};
    options.max_connections = max_connections;
    options.on_error = std::move(on_error);
    return options;
}

/// The head of the next request, or why there is none. std::nullopt if the client ended the connection.
using Head = boost::system::result<http::RequestHead, http1::Failure>;
asio::awaitable<std::optional<Head>> read_head(net::Stream& stream, http1::RequestReader& reader) {
    constexpr std::size_t block = 4096;
    for (;;) {
        auto const outcome = reader.next();
        if (!outcome) co_return Head(outcome.error());
        if (*outcome == http1::Event::head) co_return Head(reader.head());
        auto const space = reader.prepare(block);
        auto const [ec, n] = co_await stream.read_some(asio::buffer(space.data(), space.size()));
        if (ec) co_return std::nullopt;
        reader.commit(n);
    }
}

/// Whether another request may follow. Content is not read, so a request with some is the last one.
bool may_continue(http1::RequestReader& reader) {
    if (!reader.keep_alive()) return false;
    auto const outcome = reader.next();
    return outcome && *outcome == http1::Event::end;
}

std::string_view path_of(http::RequestHead const& request) {
    auto const path = http::parse_target(request.target).path;
    return path.substr(0, path.find('?'));
}

}  // namespace

struct MetricsEndpoint::Response {
    unsigned status = 200;
    std::string_view type = plain_text;
    std::string content{};
    bool is_head = false;  ///< the content is announced and not sent
    bool is_last = false;

    std::string to_string() const {
        http::ResponseHead head{.status = status, .reason = std::string(flow::reason_of(status))};
        head.fields.add("Content-Type", type);
        head.fields.add("Content-Length", std::to_string(content.size()));
        if (status == 405) head.fields.add("Allow", "GET, HEAD");
        if (is_last) head.fields.add("Connection", "close");
        return http1::serialise(head) + (is_head ? "" : content);
    }
};

MetricsEndpoint::MetricsEndpoint(Endpoint where, Text text, std::function<void(std::string_view)> on_error)
    : text_(std::move(text)),
      server_(server_options(std::move(where), std::move(on_error)),
              [this](net::Connection connection) { return serve(std::move(connection)); }) {}

std::string MetricsEndpoint::url() const {
    return "http://" + proxycore::to_string(server_.local_endpoint()) + "/metrics";
}

asio::awaitable<void> MetricsEndpoint::serve(net::Connection connection) {
    auto& stream = *connection.stream;
    stream.set_time_limit(max_exchange);
    http1::RequestReader reader(limits);
    for (bool goes_on = true; goes_on;) {
        auto serving = serve_request(stream, reader);
        auto const served = co_await async::with_timeout(max_exchange, std::move(serving));
        goes_on = served.value_or(false);
        if (!served) co_return;
    }
    co_await net::close_lingering(stream);
}

/// Returns false if no further request is read.
asio::awaitable<bool> MetricsEndpoint::serve_request(net::Stream& stream, http1::RequestReader& reader) {
    auto const head = co_await read_head(stream, reader);
    if (!head) co_return false;
    Response response;
    if (head->has_error()) {
        response.status = head->error().status_hint;
        response.content = head->error().message + "\n";
        response.is_last = true;
    } else {
        response = co_await response_to(**head);
        response.is_last = !may_continue(reader);
    }
    auto const bytes = response.to_string();
    auto const ec = co_await net::send(stream, bytes);
    co_return !ec && !response.is_last;
}

asio::awaitable<MetricsEndpoint::Response> MetricsEndpoint::response_to(http::RequestHead const& request) {
    Response response;
    response.is_head = request.method == "HEAD";
    if (path_of(request) != "/metrics") {
        response.status = 404;
        response.content = "The metrics are at /metrics.\n";
    } else if (request.method != "GET" && !response.is_head) {
        response.status = 405;
        response.content = "GET and HEAD are the methods of this resource.\n";
    } else {
        response.type = prometheus_text;
        response.content = co_await text_();
    }
    co_return response;
}

}  // namespace pathology::proxycore::proxy
