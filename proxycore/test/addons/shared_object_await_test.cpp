// A shared object whose addon awaits sockets, in a proxy that serves several requests at once. Asio's inline variables
// must exist once in the process, or its call stacks are two.
#include <gmock/gmock.h>

#include <boost/asio/connect.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/read.hpp>
#include <boost/asio/read_until.hpp>
#include <boost/asio/write.hpp>
#include <pathology/proxycore/addons/shared_object.hpp>
#include <pathology/proxycore/proxy/proxy.hpp>
#include <thread>

namespace pathology::proxycore::addons {
namespace {

namespace asio = boost::asio;
using asio::ip::tcp;

/// Returns each line that it gets, in capitals, one connection after the other.
class Backend {
public:
    Backend() : acceptor_(loop_, tcp::endpoint(asio::ip::make_address_v4("127.0.0.1"), 0)) {
        accept();  // before the thread: run() returns if there is no work
        thread_ = std::thread([this] { loop_.run(); });
    }
    ~Backend() {
        asio::post(loop_, [this] { acceptor_.close(); });
        thread_.join();
    }
    Backend(Backend const&) = delete;
    Backend& operator=(Backend const&) = delete;

    std::uint16_t port() const { return acceptor_.local_endpoint().port(); }

private:
    struct Session {
        explicit Session(tcp::socket its_socket) : socket(std::move(its_socket)) {}
        tcp::socket socket;
        std::string line;
    };
    void accept() {
        acceptor_.async_accept([this](boost::system::error_code ec, tcp::socket socket) {
            if (ec) return;
            auto const session = std::make_shared<Session>(std::move(socket));
            auto const on_line = [session](boost::system::error_code read, std::size_t) {
                if (read) return;
                for (char& c : session->line) c = static_cast<char>(std::toupper(static_cast<unsigned char>(c)));
                asio::async_write(session->socket, asio::buffer(session->line),
                                  [session](boost::system::error_code, std::size_t) {});
            };
            asio::async_read_until(session->socket, asio::dynamic_buffer(session->line), '\n', on_line);
            accept();
        });
    }

    asio::io_context loop_{1};
    tcp::acceptor acceptor_;
    std::thread thread_;
};

/// The last line of the response to one request.
std::string response_of(std::uint16_t port, std::string const& path) {
    asio::io_context loop;
    tcp::socket socket(loop);
    socket.connect({asio::ip::make_address_v4("127.0.0.1"), port});
    asio::write(socket, asio::buffer("GET http://origin.test" + path +
                                     " HTTP/1.1\r\nHost: origin.test\r\n"
                                     "Connection: close\r\n\r\n"));
    std::string all;
    boost::system::error_code at_end;
    asio::read(socket, asio::dynamic_buffer(all), at_end);
    return all.substr(all.rfind('\n') + 1);
}

TEST(SharedObject, MayAwaitSockets) {
    Backend const backend;
    std::string log;
    proxy::Proxy proxy([&](LogEntry const& entry) {
        if (entry.level == LogLevel::error) log += entry.message + "\n";
    });
    proxy.options().apply({{"listen_host", "127.0.0.1"}, {"listen_port", "0"}});
    proxy.addons().add(load_shared_object(RESOLVER_ADDON));
    proxy.options().apply({{"resolver_port", std::to_string(backend.port())}});
    proxy.start();
    std::vector<std::thread> clients;
    std::vector<std::string> responses(8);
    for (std::size_t i = 0; i < responses.size(); ++i)
        clients.emplace_back([&, i] {
            for (int round = 0; round < 5; ++round)
                responses[i] = response_of(proxy.port(), "/path" + std::to_string(i));
        });
    for (auto& client : clients) client.join();
    proxy.stop();
    for (std::size_t i = 0; i < responses.size(); ++i) EXPECT_EQ(responses[i], "/PATH" + std::to_string(i));
    EXPECT_EQ(log, "");
}

}  // namespace
}  // namespace pathology::proxycore::addons
