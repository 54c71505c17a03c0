// The server side of SOCKS5 (RFC 1928 §3-6, RFC 1929):
//
//     greeting ─┬─ offers the method ─▶ method ─┬─ none ──────────────────────▶ request ─┬─ CONNECT ─▶ Accepted
//               │                               └─ password ─▶ credentials ─┬─ good ─▶ ┘  └─ other ─▶ reply, failure
//               └─ does not ─▶ 0xFF, failure                                └─ bad ─▶ verdict, failure
#include <algorithm>
#include <pathology/proxycore/net/prefixed_stream.hpp>
#include <pathology/proxycore/tunnel/socks5.hpp>

#include "tunnel/socks5_messages.hpp"

namespace pathology::proxycore::tunnel {
namespace {

using socks5::Method;
using socks5::ReplyCode;

std::string serialise_reply(ReplyCode code) {
    socks5::Reply reply;
    reply.code = code;
    return serialise(reply);
}

class Server {
public:
    Server(net::Stream& client, Socks5Judge const& judge) : messages_(client, "the SOCKS client"), judge_(judge) {}

    asio::awaitable<Result<Endpoint>> run() {
        if (auto const failure = co_await admit()) co_return *failure;
        co_return co_await receive_request();
    }

    std::string const& unread() const { return messages_.unread(); }

private:
    asio::awaitable<MaybeFailure> admit();
    asio::awaitable<MaybeFailure> check_credentials();
    asio::awaitable<Result<Endpoint>> receive_request();

    Socks5Messages messages_;
    Socks5Judge const& judge_;
};

asio::awaitable<MaybeFailure> Server::admit() {
    auto const greeting = co_await messages_.receive(socks5::read_greeting);
    if (!greeting) co_return greeting.error();
    auto const wanted = judge_ ? Method::password : Method::none;
    auto const& offered = greeting->methods;
    if (std::find(offered.begin(), offered.end(), wanted) == offered.end()) {
        co_await messages_.send(serialise(Method::unacceptable));
        auto const* const missing = judge_ ? "user and password" : "to go without credentials";
        co_return messages_.failure(Errc::wants_credentials, std::string(" does not offer ") + missing);
    }
    co_await messages_.send(serialise(wanted));
    if (!judge_) co_return std::nullopt;
    co_return co_await check_credentials();
}

asio::awaitable<MaybeFailure> Server::check_credentials() {
    auto const given = co_await messages_.receive(socks5::read_credentials);
    if (!given) co_return given.error();
    Credentials const credentials{given->user, given->password};
    // May call addons, so other connections go on meanwhile.
    bool const good = co_await judge_(credentials);
    co_await messages_.send(serialise(good ? socks5::Verdict::accepted : socks5::Verdict::refused));
    if (good) co_return std::nullopt;
    co_return messages_.failure(Errc::bad_credentials, " gave a wrong user or password");
}

asio::awaitable<Result<Endpoint>> Server::receive_request() {
    auto request = co_await messages_.receive(socks5::read_request);
    if (!request) {
        if (request.error().code == Errc::not_spoken) co_await messages_.send(serialise_reply(messages_.reply_hint()));
        co_return request.error();
    }
    if (request->command != socks5::Command::connect) {
        co_await messages_.send(serialise_reply(ReplyCode::command_not_supported));
        auto const number = std::to_string(static_cast<unsigned>(request->command));
        co_return messages_.failure(Errc::refused, " requested a command other than CONNECT: " + number);
    }
    co_return std::move(request->target);
}

}  // namespace

asio::awaitable<Result<Accepted>> socks5_accept(std::unique_ptr<net::Stream> client,
                                                std::optional<Credentials> const& credentials) {
    Socks5Judge judge;
    if (credentials)
        judge = [&](Credentials const& given) -> asio::awaitable<bool> { co_return given == *credentials; };
    co_return co_await socks5_accept(std::move(client), std::move(judge));
}

asio::awaitable<Result<Accepted>> socks5_accept(std::unique_ptr<net::Stream> client, Socks5Judge judge) {
    Server server(*client, judge);
    auto destination = co_await server.run();
    if (!destination) co_return destination.error();
    // A client may send its first bytes with the request, before the reply.
    auto resumed = net::unread(std::move(client), server.unread());
    Accepted accepted{std::move(resumed), std::move(*destination)};
    co_return std::move(accepted);
}

asio::awaitable<net::error_code> socks5_reply(net::Stream& client, ReplyCode code) {
    auto const bytes = serialise_reply(code);
    co_return co_await net::send(client, bytes);
}

}  // namespace pathology::proxycore::tunnel
