#include <pathology/proxycore/tunnel/http_connect.hpp>

#include <boost/beast/core/detail/base64.hpp>
#include <pathology/proxycore/http1/reader.hpp>
#include <pathology/proxycore/http1/serialise.hpp>
#include <pathology/proxycore/net/put_back.hpp>

namespace pathology::proxycore::tunnel {
namespace {

namespace asio = boost::asio;

constexpr std::size_t room = 4096;

/// What the proxy answered, or why nothing readable came.
using Answer = Result<http::ResponseHead>;

// RFC 7617 §2: user-pass = user-id ":" password, in base64.
std::string basic(Credentials const& credentials) {
    namespace codec = boost::beast::detail::base64;  // Boost 1.81 has no public one
    auto const pair = credentials.user + ":" + credentials.password;
    std::string text(codec::encoded_size(pair.size()), '\0');
    text.resize(codec::encode(text.data(), pair.data(), pair.size()));
    return "Basic " + text;
}

// RFC 9110 §9.3.6: the target is in authority-form, and stands in Host too.
std::string connect_request(Destination const& destination, std::optional<Credentials> const& credentials) {
    http::RequestHead head;
    head.method = "CONNECT";
    head.target = to_string(destination);
    head.fields.add("Host", head.target);
    if (credentials) head.fields.add("Proxy-Authorization", basic(*credentials));
    return http1::serialise(head);
}

Failure failure(Errc code, std::string const& why, net::error_code cause = {}) {
    return {code, "Proxy CONNECT failed: " + why, cause};
}

asio::awaitable<Answer> read_answer(net::Stream& proxy, http1::ResponseReader& reader) {
    bool ended = false;
    for (;;) {
        auto const outcome = ended ? reader.finish() : reader.next();
        if (!outcome) co_return failure(Errc::not_spoken, outcome.error().message);
        if (*outcome == http1::Event::head && !reader.is_interim()) co_return reader.head();
        if (*outcome) continue;
        if (ended) co_return failure(Errc::no_answer, net::describe(asio::error::eof), asio::error::eof);
        auto const into = reader.prepare(room);
        auto const read = co_await proxy.read_some(asio::buffer(into.data(), into.size()));
        reader.commit(read.n);
        ended = read.is_end();
        if (read.ec && !ended) co_return failure(Errc::no_answer, net::describe(read.ec), read.ec);
    }
}

/// Nothing when the answer opens the tunnel.
std::optional<Failure> judge(http::ResponseHead const& answer, bool with_credentials) {
    if (answer.status / 100 == 2) return std::nullopt;
    auto const line = std::to_string(answer.status) + " " + answer.reason;
    if (answer.status != 407) return failure(Errc::refused, line);
    return failure(with_credentials ? Errc::bad_credentials : Errc::wants_credentials, line);
}

}  // namespace

asio::awaitable<Result<std::unique_ptr<net::Stream>>> http_connect(std::unique_ptr<net::Stream> proxy,
                                                                   Destination const& destination,
                                                                   std::optional<Credentials> const& credentials) {
    auto const request = connect_request(destination, credentials);
    auto const ec = co_await net::send(*proxy, request);
    http1::ResponseReader reader({}, http1::Leniency::all());
    reader.expect_reply_to("CONNECT");
    auto const answer = co_await read_answer(*proxy, reader);  // a proxy that stopped reading may have answered
    if (!answer) {
        auto why = answer.error();
        if (ec && why.code == Errc::no_answer) why = failure(Errc::no_answer, net::describe(ec), ec);
        co_return why;
    }
    if (auto const refusal = judge(*answer, credentials.has_value())) co_return *refusal;
    co_return net::put_back(std::move(proxy), reader.take_buffered());
}

}  // namespace pathology::proxycore::tunnel
