#include <pathology/proxycore/tunnel/http_connect.hpp>

#include <pathology/proxycore/http1/reader.hpp>
#include <pathology/proxycore/http1/serialise.hpp>
#include <pathology/proxycore/net/prefixed_stream.hpp>

namespace pathology::proxycore::tunnel {
namespace {

namespace asio = boost::asio;

constexpr std::size_t read_size = 4096;
constexpr unsigned max_interim = 100;

Failure failure(Errc code, std::string const& why, net::error_code cause = {}) {
    return {code, "Proxy CONNECT failed: " + why, cause};
}

/// Reads the final response of the proxy.
asio::awaitable<Result<http::ResponseHead>> read_response(net::Stream& proxy, http1::ResponseReader& reader) {
    bool ended = false;
    for (unsigned interim = 0; interim <= max_interim;) {
        auto const outcome = ended ? reader.finish() : reader.next();
        if (!outcome) co_return failure(Errc::not_spoken, outcome.error().message);
        if (*outcome == http1::Event::head && !reader.is_interim()) co_return reader.head();
        interim += *outcome == http1::Event::head ? 1u : 0u;
        if (*outcome) continue;
        if (ended) co_return failure(Errc::no_response, net::describe(asio::error::eof), asio::error::eof);
        auto const into = reader.prepare(read_size);
        auto const read = co_await proxy.read_some(asio::buffer(into.data(), into.size()));
        reader.commit(read.n);
        ended = read.is_end();
        if (read.ec && !ended) co_return failure(Errc::no_response, net::describe(read.ec), read.ec);
    }
    co_return failure(Errc::not_spoken, "more than " + std::to_string(max_interim) + " interim responses");
}

/// Returns std::nullopt if the response opens the tunnel: any 2xx (RFC 9110 §9.3.6).
std::optional<Failure> judge(http::ResponseHead const& response, bool with_credentials) {
    if (response.status / 100 == 2) return std::nullopt;
    auto const line = std::to_string(response.status) + " " + response.reason;
    auto const wanted = with_credentials ? Errc::bad_credentials : Errc::wants_credentials;
    auto refusal = failure(response.status == 407 ? wanted : Errc::refused, line);
    refusal.response = line;
    return refusal;
}

}  // namespace

// RFC 9110 §9.3.6: the target is in authority-form. RFC 9112 §3.2: the Host field has the same value.
http::RequestHead connect_request(Endpoint const& destination, std::optional<Credentials> const& credentials) {
    http::RequestHead head;
    head.method = "CONNECT";
    head.target = to_string(destination);
    head.fields.add("Host", head.target);
    if (credentials) head.fields.add("Proxy-Authorization", to_basic(*credentials));
    return head;
}

asio::awaitable<Result<std::unique_ptr<net::Stream>>> http_connect(std::unique_ptr<net::Stream> proxy,
                                                                   Endpoint const& destination,
                                                                   std::optional<Credentials> const& credentials) {
    auto const request = connect_request(destination, credentials);
    co_return co_await http_connect(std::move(proxy), request);
}

asio::awaitable<Result<std::unique_ptr<net::Stream>>> http_connect(std::unique_ptr<net::Stream> proxy,
                                                                   http::RequestHead const& request) {
    auto const bytes = http1::serialise(request);
    auto const ec = co_await net::send(*proxy, bytes);
    // Lenient: after the head the proxy relays bytes, so nothing depends on its framing.
    http1::ResponseReader reader({}, http1::Leniency::all());
    reader.expect_response_to("CONNECT");
    auto const response =
        co_await read_response(*proxy, reader);  // also after a failed write: a proxy may refuse and close early
    if (!response) {
        auto why = response.error();
        if (ec && why.code == Errc::no_response) why = failure(Errc::no_response, net::describe(ec), ec);
        co_return why;
    }
    if (auto const refusal = judge(*response, request.fields.contains("Proxy-Authorization"))) co_return *refusal;
    // A server that sends first (SMTP) may do so in the segment of the response.
    co_return net::unread(std::move(proxy), reader.take_buffered());
}

}  // namespace pathology::proxycore::tunnel
