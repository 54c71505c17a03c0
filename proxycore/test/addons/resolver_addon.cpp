// An addon in a shared object that awaits timers and sockets: it asks a backend about each request.
#include <boost/asio/connect.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/read_until.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/write.hpp>
#include <pathology/proxycore/addons/host.hpp>
#include <pathology/proxycore/addons/shared_object.hpp>

namespace addons = pathology::proxycore::addons;
namespace asio = boost::asio;
namespace flow = pathology::proxycore::flow;

class Resolver : public addons::Addon {
public:
    std::string name() const override { return "resolver"; }

    void load(addons::Host& host) override {
        host.option("resolver_port", port_, "Port of the backend, at 127.0.0.1.");
        host.spawn(tick());
    }

    asio::awaitable<void> request(flow::HttpFlow& flow) override {
        asio::ip::tcp::socket socket(co_await asio::this_coro::executor);
        asio::ip::tcp::endpoint const backend(asio::ip::make_address_v4("127.0.0.1"),
                                              static_cast<std::uint16_t>(port_));
        co_await socket.async_connect(backend, asio::use_awaitable);
        std::string line = flow.request.path + "\n";
        co_await asio::async_write(socket, asio::buffer(line), asio::use_awaitable);
        line.clear();
        auto const size =
            co_await asio::async_read_until(socket, asio::dynamic_buffer(line), '\n', asio::use_awaitable);
        flow.response = flow::Response::make(200, line.substr(0, size - 1));
    }

private:
    /// Work beside the hooks, as long as the addon is loaded.
    asio::awaitable<void> tick() {
        asio::steady_timer timer(co_await asio::this_coro::executor);
        for (;;) {
            timer.expires_after(std::chrono::milliseconds(1));
            co_await timer.async_wait(asio::use_awaitable);
        }
    }

    std::int64_t port_ = 0;
};

PATHOLOGY_ADDON(Resolver)
