#include "layers/relay/relay.hpp"

#include <array>
#include <boost/asio/experimental/awaitable_operators.hpp>
#include <utility>
#include <vector>

#include "layers/stream_end.hpp"

namespace pathology::proxycore::layers {
namespace {

constexpr std::size_t read_size = 64 * 1024;

}  // namespace

Relay::Relay(Context& context, net::Stream& client, net::Stream& server)
    : Relay(context, client, server, Records{*context.client, *context.server}) {}

Relay::Relay(Context& context, net::Stream& client, net::Stream& server, Records records)
    : client_{client, records.client, "client"}, server_{server, records.server, "server"} {
    auto const limit = context.settings->times.idle;
    client.set_time_limit(limit);
    server.set_time_limit(limit);
}

asio::awaitable<void> Relay::run() {
    using namespace asio::experimental::awaitable_operators;
    auto both = pump(client_, server_) && pump(server_, client_);
    co_await std::move(both);
}

asio::awaitable<void> Relay::pump(Side& from, Side& to) {
    std::vector<char> block(read_size);
    for (;;) {
        // The idle limit is of the relay, not of one direction: a long download keeps the silent upload alive. So a
        // read that timed out is repeated if the other pump has moved a piece, or is waiting for an addon or for its
        // writer.
        auto const moved_before = moved_;
        auto const [ec, n] = co_await from.stream.read_some(asio::buffer(block));
        if (ec == net::Errc::timed_out && (moved_ != moved_before || waiting_ > 0)) continue;
        if (ec) co_return co_await pass_end(from, to, ec);
        ++moved_;
        ++waiting_;
        bool const has_more = co_await pass(from, to, std::string_view(block.data(), n));
        --waiting_;
        ++moved_;  // the time limit begins anew after a piece that was held
        if (!has_more) co_return;
    }
}

asio::awaitable<bool> Relay::pass(Side& from, Side& to, std::string_view bytes) {
    std::optional<std::string> instead;
    if (on_message) {
        instead = co_await on_message(&from == &client_, bytes);
        if (!instead) {
            break_off("closed by an addon", net::CloseMode::fin);
            co_return false;
        }
        // The lock keeps injected bytes out of the middle of a piece. Without on_message nothing is injected, and the
        // pump is the only writer.
        if (instead->empty()) co_return true;
        auto const lock = co_await to.writing.lock();
        co_return co_await send(to, *instead);
    }
    co_return co_await send(to, bytes);
}

asio::awaitable<bool> Relay::send(Side& to, std::string_view bytes) {
    auto const ec = co_await net::send(to.stream, bytes);
    if (ec) co_await lose(to, ec);
    co_return !ec;
}

asio::awaitable<void> Relay::send_between(bool to_server, std::string_view bytes) {
    auto& to = to_server ? server_ : client_;
    auto const lock = co_await to.writing.lock();
    if (!to.is_ended && !bytes.empty()) co_await send(to, bytes);
}

asio::awaitable<void> Relay::pass_end(Side& from, Side& to, net::error_code ec) {
    auto const end = end_of(ec);
    if (end == StreamEnd::broken) co_return co_await lose(from, ec);
    if (end == StreamEnd::truncated) record_error(from, ec);
    from.record.state = after_peer_ended(from.record.state);
    to.is_ended = true;
    co_await carry_end(end, to.stream);
    to.record.state = after_we_ended(to.record.state);
}

/// Ends both sides. The other pump's error is a consequence of that.
asio::awaitable<void> Relay::lose(Side& lost, net::error_code ec) {
    if (std::exchange(is_over_, true)) co_return;
    record_error(lost, ec);
    client_.is_ended = server_.is_ended = true;
    lost.stream.close(net::CloseMode::reset);
    co_await carry_end(StreamEnd::broken, other(lost).stream);
}

void Relay::record_error(Side const& side, net::error_code ec) {
    if (error_.empty()) error_ = std::string(side.name) + ": " + net::describe(ec);
}

/// The closed streams end both pumps.
void Relay::break_off(std::string why, net::CloseMode how) {
    is_over_ = true;
    if (error_.empty()) error_ = std::move(why);
    client_.is_ended = server_.is_ended = true;
    client_.stream.close(how);
    server_.stream.close(how);
}

// --- of an upgraded exchange -----------------------------------------------------------------------------------------

UpgradedRecords::UpgradedRecords(flow::HttpFlow const& flow)
    : flow_(flow), client_(*flow.client_conn), server_(*flow.server_conn) {}

Relay::Records UpgradedRecords::records() {
    // A stream of HTTP/2 ends without its connection; the record of the connection must not be changed to "closed".
    bool const is_one_of_many = flow_.request.http_version.major >= 2;
    auto const& alpn = flow_.server_conn->alpn;
    bool const is_shared = alpn == "h2" || alpn == "h2c";
    return {is_one_of_many ? client_ : *flow_.client_conn, is_shared ? server_ : *flow_.server_conn};
}

}  // namespace pathology::proxycore::layers
