#include "layers/upgrade.hpp"

#include <array>
#include <boost/asio/experimental/awaitable_operators.hpp>
#include <pathology/proxycore/layers/layers.hpp>
#include <utility>
#include <vector>

namespace pathology::proxycore::layers {
namespace {

/// Bytes both ways, until both sides have ended, one broke, or nothing moved for the time limit of both.
class Relay {
public:
    Relay(net::Stream& client, net::Stream& server) : client_(client), server_(server) {}

    asio::awaitable<void> run() {
        using namespace asio::experimental::awaitable_operators;
        auto both = pump(client_, server_) && pump(server_, client_);
        co_await std::move(both);
    }

private:
    asio::awaitable<void> pump(net::Stream& from, net::Stream& to) {
        std::vector<char> bytes(64 * 1024);
        for (;;) {
            auto const moved_before = moved_;
            auto const [ec, n] = co_await from.read_some(asio::buffer(bytes));
            if (ec == asio::error::eof) co_return to.close(net::HowToClose::half_close);
            if (ec == net::Errc::timed_out && moved_ != moved_before) continue;
            if (ec) co_return close(ec);
            moved_ += n;
            std::array<asio::const_buffer, 1> const all{asio::buffer(bytes.data(), n)};
            auto const failed = co_await to.write(all);
            if (failed) co_return close(failed);
        }
    }

    void close(net::error_code why) {
        auto const how = why == net::Errc::timed_out ? net::HowToClose::fin : net::HowToClose::reset;
        client_.close(how);
        server_.close(how);
    }

    net::Stream& client_;
    net::Stream& server_;
    std::uint64_t moved_ = 0;  ///< either way
};

}  // namespace

asio::awaitable<void> relay_upgraded(Context& context, flow::HttpFlow& flow, std::unique_ptr<net::Stream> client,
                                     std::unique_ptr<net::Stream> server) {
    if (flow.websocket) {
        co_await relay_websocket(context, flow, std::move(client), std::move(server));
        flow.live = false;
        co_return;
    }
    flow.live = false;
    auto const& http = context.settings->http;
    bool const is_wanted = http.rawtcp || !http.websocket;
    if (!is_wanted) {
        context.log(addons::LogLevel::warn, "the protocols were switched to one that is not passed on (rawtcp is off)");
        co_return;
    }
    Relay relay(*client, *server);
    co_await relay.run();
}

}  // namespace pathology::proxycore::layers
