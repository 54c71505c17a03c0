// The client side of SOCKS5 (RFC 1928 §3-6, RFC 1929):
//
//     greeting ─▶ method ─┬─ none ──────────────────────────────────▶ request ─▶ reply ─▶ the stream is the tunnel
//                         └─ password ─▶ credentials ─▶ verdict ─▶ ┘
//
// The messages are sent one by one, each after the response to the last: servers may not read ahead.
#include <algorithm>
#include <pathology/proxycore/net/prefixed_stream.hpp>
#include <pathology/proxycore/tunnel/socks5.hpp>

#include "tunnel/socks5_messages.hpp"

namespace pathology::proxycore::tunnel {
namespace {

using socks5::Method;
using socks5::ReplyCode;

constexpr std::size_t max_counted = 255;  // a length is one octet

class Client {
public:
    Client(net::Stream& server, Endpoint const& destination, std::optional<Credentials> const& credentials)
        : messages_(server, "the SOCKS server"), destination_(destination), credentials_(credentials) {}

    asio::awaitable<MaybeFailure> run() {
        if (auto const reason = find_unsendable()) co_return Failure{Errc::refused, *reason};
        auto const method = co_await choose_method();
        if (!method) co_return method.error();
        if (*method == Method::password) {
            if (auto failure = co_await authenticate()) co_return failure;
        }
        co_return co_await request();
    }

    std::string const& unread() const { return messages_.unread(); }

private:
    /// Why host or credentials cannot be sent; std::nullopt if they can.
    std::optional<std::string> find_unsendable() const {
        auto const too_long = [](std::string const& text) { return text.size() > max_counted; };
        if (too_long(destination_.host)) return "SOCKS5 takes host names of up to 255 bytes";
        if (!credentials_ || (!too_long(credentials_->user) && !too_long(credentials_->password))) return std::nullopt;
        return "SOCKS5 takes users and passwords of up to 255 bytes";
    }

    asio::awaitable<Result<Method>> choose_method();
    asio::awaitable<MaybeFailure> authenticate();
    asio::awaitable<MaybeFailure> request();
    Failure refusal_or(Failure why) const;

    Socks5Messages messages_;
    Endpoint const& destination_;
    std::optional<Credentials> const& credentials_;
};

asio::awaitable<Result<Method>> Client::choose_method() {
    socks5::Greeting greeting;
    greeting.methods = {Method::none};
    if (credentials_) greeting.methods.push_back(Method::password);
    co_await messages_.send(serialise(greeting));
    auto const choice = co_await messages_.receive(socks5::read_method);
    if (!choice) co_return choice;
    auto const& offered = greeting.methods;
    if (std::find(offered.begin(), offered.end(), *choice) != offered.end()) co_return choice;
    if (*choice != Method::unacceptable) {
        co_return messages_.failure(Errc::not_spoken, " selected an authentication method that was not offered");
    }
    if (credentials_)
        co_return messages_.failure(Errc::refused, " accepts neither a user and a password nor no authentication");
    co_return messages_.failure(Errc::wants_credentials, " requires a user and a password");
}

asio::awaitable<MaybeFailure> Client::authenticate() {
    socks5::Credentials const credentials{credentials_->user, credentials_->password};
    co_await messages_.send(serialise(credentials));
    auto const verdict = co_await messages_.receive(socks5::read_verdict);
    if (!verdict) co_return verdict.error();
    if (*verdict == socks5::Verdict::accepted) co_return std::nullopt;
    co_return messages_.failure(Errc::bad_credentials, " rejected this user and password");
}

asio::awaitable<MaybeFailure> Client::request() {
    socks5::Request const wanted{socks5::Command::connect, destination_};
    co_await messages_.send(serialise(wanted));
    auto const reply = co_await messages_.receive(socks5::read_reply);
    if (!reply) co_return refusal_or(reply.error());
    if (reply->code == ReplyCode::succeeded) co_return std::nullopt;
    co_return messages_.failure(Errc::refused, " refused: " + socks5::describe(reply->code));
}

/// Some servers close the connection after the code of a refusal, without the address: an incomplete reply. The code is
/// more useful than "connection closed".
Failure Client::refusal_or(Failure why) const {
    auto const& bytes = messages_.unread();
    if (bytes.size() < 2 || bytes[1] == static_cast<char>(ReplyCode::succeeded)) return why;
    auto const code = static_cast<ReplyCode>(bytes[1]);
    return messages_.failure(Errc::refused, " refused: " + socks5::describe(code), why.cause);
}

}  // namespace

asio::awaitable<Result<std::unique_ptr<net::Stream>>> socks5_connect(std::unique_ptr<net::Stream> server,
                                                                     Endpoint const& destination,
                                                                     std::optional<Credentials> const& credentials) {
    Client client(*server, destination, credentials);
    if (auto const failure = co_await client.run()) co_return *failure;
    co_return net::unread(std::move(server), client.unread());
}

}  // namespace pathology::proxycore::tunnel
