#include <gtest/gtest.h>

#include <pathology/proxycore/errors.hpp>
#include <pathology/proxycore/flow/connection.hpp>

namespace pathology::proxycore::flow {
namespace {

using State = ConnectionState;

TEST(ConnectionState, P30_d_HasTheNumbersOfTheInterface) {
    EXPECT_EQ(static_cast<int>(State::closed), 0);
    EXPECT_EQ(static_cast<int>(State::open), 1);
    EXPECT_EQ(static_cast<int>(State::can_read), 2);
    EXPECT_EQ(static_cast<int>(State::can_write), 4);
    EXPECT_EQ(static_cast<int>(State::active), 7);
    EXPECT_EQ(State::active & State::can_read, State::can_read);
    EXPECT_EQ(to_string(State::active), "ACTIVE");
    EXPECT_EQ(to_string(State::closed), "CLOSED");
    EXPECT_EQ(to_string(State::open | State::can_read), "OPEN|CAN_READ");
}

TEST(ConnectionState, P30_b_GoesThroughHalfCloses) {
    auto state = State::active;
    state = after_peer_ended(state);
    EXPECT_EQ(to_string(state), "OPEN|CAN_WRITE");
    state = after_we_ended(state);
    EXPECT_EQ(state, State::closed);

    state = after_we_ended(State::active);
    EXPECT_EQ(to_string(state), "OPEN|CAN_READ");
    EXPECT_EQ(after_we_ended(state), state);
    EXPECT_EQ(after_peer_ended(state), State::closed);
    EXPECT_EQ(after_peer_ended(State::closed), State::closed);
}

TEST(Server, BeginsClosed) {
    Server const server(Endpoint{"origin.test", 443});
    EXPECT_EQ(server.state, State::closed);
    EXPECT_FALSE(server.connected());
    EXPECT_EQ(server.timestamp_start, std::nullopt);
    EXPECT_EQ(server.address(), (Endpoint{"origin.test", 443}));
}

TEST(Server, P30_c_KeepsItsAddressWhileOpen) {
    Server server(Endpoint{"origin.test", 443});
    server.set_address(Endpoint{"other.test", 80});
    server.set_via(ServerSpec{"http", {"proxy.test", 3128}});
    server.state = State::open | State::can_write;
    EXPECT_THROW(server.set_address(Endpoint{"third.test", 80}), SetServerNotAllowedException);
    EXPECT_THROW(server.set_address(std::nullopt), SetServerNotAllowedException);
    EXPECT_THROW(server.set_via(std::nullopt), SetServerNotAllowedException);
    EXPECT_NO_THROW(server.set_address(Endpoint{"other.test", 80}));
    EXPECT_EQ(server.address(), (Endpoint{"other.test", 80}));
    server.state = State::closed;
    EXPECT_NO_THROW(server.set_address(Endpoint{"third.test", 80}));
}

TEST(Server, ReportsWhyItsAddressStays) {
    auto server = Server::make_dummy({"server", 0});
    try {
        server.set_address(std::nullopt);
        FAIL() << "nothing was thrown";
    } catch (ProxyException const& error) {
        EXPECT_STREQ(error.what(),
                     "the address of Server(server:0, ACTIVE) cannot change while the connection is open");
    }
}

TEST(Connection, IsItsId) {
    auto const client = Client::make_dummy({"client", 0});
    auto snapshot = client;
    snapshot.sni = "changed";
    EXPECT_EQ(client, snapshot);
    auto const another = client.copy();
    EXPECT_FALSE(client == another);
    EXPECT_EQ(another.address(), client.address());
}

TEST(Connection, HasDummiesForTests) {
    auto const client = Client::make_dummy({"client", 0});
    EXPECT_EQ(client.address(), (Endpoint{"client", 0}));
    EXPECT_EQ(client.peername, client.address());
    EXPECT_TRUE(client.connected());
    auto const server = Server::make_dummy({"server", 0});
    EXPECT_EQ(server.address(), (Endpoint{"server", 0}));
    EXPECT_TRUE(server.connected());
}

TEST(Connection, IsDescribed) {
    Client client({"127.0.0.1", 4242}, {"127.0.0.1", 8080}, from_seconds(1));
    EXPECT_EQ(to_string(client), "Client(127.0.0.1:4242, ACTIVE)");
    EXPECT_EQ(to_seconds(*client.timestamp_start), 1.0);
    client.tls = true;
    EXPECT_EQ(to_string(client), "Client(127.0.0.1:4242, ACTIVE, TLS to come)");
    client.timestamp_tls_setup = from_seconds(2);
    client.tls_version = "TLSv1.3";
    EXPECT_TRUE(client.tls_established());
    EXPECT_EQ(to_string(client), "Client(127.0.0.1:4242, ACTIVE, TLSv1.3)");
    EXPECT_EQ(to_string(Server(Endpoint{"::1", 80})), "Server([::1]:80, CLOSED)");
    EXPECT_EQ(to_string(Server()), "Server(no address, CLOSED)");
    EXPECT_EQ(to_string(ServerSpec{"https", {"::1", 443}}), "https://[::1]:443");
}

}  // namespace
}  // namespace pathology::proxycore::flow
