#include <pathology/proxycore/flow/connection.hpp>

namespace pathology::proxycore::flow {
namespace {

std::string described(std::string_view kind, std::optional<Endpoint> const& address, Connection const& connection) {
    auto text =
        std::string(kind) + '(' + (address ? to_string(*address) : "no address") + ", " + to_string(connection.state);
    if (connection.tls_established())
        text += ", " + connection.tls_version.value_or("TLS");
    else if (connection.tls)
        text += ", TLS to come";
    return text + ')';
}

// Ids identify connections in records, so two of them never share one.
template <class Kind> Kind another(Kind const& connection) {
    auto made = connection;
    made.id = Id::make();
    return made;
}

}  // namespace

std::string to_string(ConnectionState state) {
    if (state == ConnectionState::closed) return "CLOSED";
    if (state == ConnectionState::active) return "ACTIVE";
    std::string text;
    auto const name = [&](ConnectionState flag, std::string_view word) {
        if (has(state, flag)) text.append(text.empty() ? "" : "|").append(word);
    };
    name(ConnectionState::open, "OPEN");
    name(ConnectionState::can_read, "CAN_READ");
    name(ConnectionState::can_write, "CAN_WRITE");
    return text;
}

std::string to_string(ServerSpec const& spec) { return spec.scheme + "://" + to_string(spec.address); }

Client::Client(Endpoint peer, Endpoint self, Time now, Id its_id) : Connection(its_id) {
    peername = std::move(peer);
    sockname = std::move(self);
    state = ConnectionState::active;
    timestamp_start = now;
}

Client Client::copy() const { return another(*this); }
Client Client::make_dummy(Endpoint address) { return {std::move(address), Endpoint{"proxy", 0}, Time{}}; }

// Flows of other connections may share the record of an open connection, and it is the key of the pool.
void Server::set_address(std::optional<Endpoint> address) {
    // Setting the same value is no change, and allowed at any time.
    if (address == address_) return;
    expect_not_open("address");
    address_ = std::move(address);
}

void Server::set_via(std::optional<ServerSpec> via) {
    if (via == via_) return;
    expect_not_open("route");
    via_ = std::move(via);
}

void Server::expect_not_open(char const* what) const {
    if (state == ConnectionState::closed) return;
    throw SetServerNotAllowedException("the " + std::string(what) + " of " + to_string(*this) +
                                       " cannot change while the connection is open");
}

Server Server::copy() const { return another(*this); }

std::shared_ptr<Server> Server::snapshot() const {
    auto made = std::make_shared<Server>(*this);
    made->attachments.copy_from(attachments);
    return made;
}

Server Server::make_dummy(Endpoint address) {
    Server server(std::move(address));
    server.state = ConnectionState::active;
    server.timestamp_start = Time{};
    return server;
}

std::string to_string(Client const& client) { return described("Client", client.address(), client); }
std::string to_string(Server const& server) { return described("Server", server.address(), server); }

}  // namespace pathology::proxycore::flow
