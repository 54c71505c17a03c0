// A client that writes flows, and one that reads them back, over everything that flows hold.
#include <pathology/proxycore/flow/visit.hpp>

#include <gmock/gmock.h>

#include <any>
#include <deque>

namespace pathology::proxycore::flow {
namespace {

template <class T> constexpr bool is_optional = false;
template <class T> constexpr bool is_optional<std::optional<T>> = true;
template <class T> constexpr bool is_list = false;
template <Visitable T> constexpr bool is_list<std::vector<T>> = true;

/// Leaves, in the order of the visit.
struct Tape {
    std::deque<std::any> leaves{};
    std::vector<std::string> names{};
};

struct Writer {
    Tape& tape;

    template <class T> void operator()(std::string_view name, T const& member) {
        tape.names.emplace_back(name);
        write(member);
    }
    template <class T> void write(T const& member) {
        if constexpr (Visitable<T>) {
            visit(member, *this);
        } else if constexpr (is_optional<T>) {
            tape.leaves.emplace_back(member.has_value());
            if (member) write(*member);
        } else if constexpr (is_list<T>) {
            tape.leaves.emplace_back(member.size());
            for (auto const& item : member) write(item);
        } else {
            tape.leaves.emplace_back(member);
        }
    }
    template <class T> void write(std::shared_ptr<T> const& connection) { visit(*connection, *this); }
    void write(std::unique_ptr<Flow> const& backup) {
        tape.leaves.emplace_back(backup != nullptr);
        if (backup != nullptr) visit(std::as_const(*backup), *this);
    }
};

struct Reader {
    Tape& tape;

    template <class T> T taken() {
        auto leaf = std::move(tape.leaves.front());
        tape.leaves.pop_front();
        return std::any_cast<T>(leaf);
    }
    template <class T> void operator()(std::string_view /*name*/, T& member) { read(member); }
    template <class T> void read(T& member) {
        if constexpr (Visitable<T>) {
            visit(member, *this);
        } else if constexpr (is_optional<T>) {
            member.reset();
            if (taken<bool>()) read(member.emplace());
        } else if constexpr (is_list<T>) {
            member.resize(taken<std::size_t>());
            for (auto& item : member) read(item);
        } else {
            member = taken<T>();
        }
    }
    void read(std::optional<tls::Certificate>& member) {
        member.reset();
        if (taken<bool>()) member = taken<tls::Certificate>();
    }
    template <class T> void read(std::shared_ptr<T>& connection) {
        connection = std::make_shared<T>();
        visit(*connection, *this);
    }
    void read(std::unique_ptr<Flow>& backup) {
        if (!taken<bool>()) return;
        backup = std::make_unique<HttpFlow>(nullptr, nullptr, Time{});
        visit(*backup, *this);
    }
};

std::shared_ptr<Client> some_client() {
    auto client = std::make_shared<Client>(Endpoint{"::1", 1}, Endpoint{"::1", 2}, from_seconds(3), IdGenerator(7)());
    client->alpn_offers = {"h2", "http/1.1"};
    client->timestamp_end = from_seconds(4);
    client->proxy_mode = "socks5";
    return client;
}

std::shared_ptr<Server> some_server() {
    auto server = std::make_shared<Server>(Endpoint{"origin.test", 443}, IdGenerator(8)());
    server->set_via(ServerSpec{"http", {"proxy.test", 3128}});
    server->state = ConnectionState::active;  // its address cannot be set any more, but it can be read back
    server->tls_version = "TLSv1.3";
    server->timestamp_tcp_setup = from_seconds(5);
    return server;
}

HttpFlow some_http_flow() {
    HttpFlow flow(some_client(), some_server(), from_seconds(6), IdGenerator(9)());
    flow.number = 12;
    flow.request = Request::make("POST", "https://origin.test/path?q=1", "content", {{"A", "b"}}).value();
    flow.request.trailers = http::Fields{{"T", "u"}};
    flow.backup();
    flow.response = Response::make(418, "tea");
    flow.response->timestamp_end = from_seconds(7);
    flow.websocket.emplace().messages = {{.content = "hello", .timestamp = from_seconds(8)},
                                         {.from_client = false, .content = "\0x", .dropped = true}};
    flow.websocket->close_code = std::uint16_t{1000};
    flow.error = Error{"reset", from_seconds(9)};
    flow.marked = ":default:";
    flow.comment = "a word";
    flow.is_replay = Replay::response;
    flow.metadata["key"] = std::vector<std::string>{"a", "b"};
    flow.intercept();
    return flow;
}

template <class Kind> void expect_to_come_back(Kind const& flow) {
    Tape tape;
    Writer writer{tape};
    visit(flow, writer);
    auto copy = tape;
    Kind read(nullptr, nullptr, Time{});
    Reader reader{copy};
    visit(read, reader);
    EXPECT_TRUE(copy.leaves.empty());
    Tape again;
    Writer second{again};
    visit(std::as_const(read), second);
    EXPECT_EQ(again.names, tape.names);
    EXPECT_EQ(again.leaves.size(), tape.leaves.size());
    EXPECT_EQ(read.id, flow.id);
    EXPECT_EQ(read.number, flow.number);
    EXPECT_EQ(read.client_conn->id, flow.client_conn->id);
    EXPECT_EQ(read.server_conn->address(), flow.server_conn->address());
    EXPECT_EQ(to_string(read.server_conn->via().value()), "http://proxy.test:3128");
    EXPECT_EQ(read.error, flow.error);
    EXPECT_EQ(read.metadata, flow.metadata);
    EXPECT_EQ(read.intercepted(), flow.intercepted());
}

TEST(FlowVisit, ReadsAnHttpFlowBack) {
    auto const flow = some_http_flow();
    expect_to_come_back(flow);
    Tape tape;
    Writer writer{tape};
    visit(static_cast<Flow const&>(flow), writer);  // of whichever kind
    HttpFlow read(nullptr, nullptr, Time{});
    Reader reader{tape};
    visit(static_cast<Flow&>(read), reader);
    EXPECT_EQ(read.request, flow.request);
    EXPECT_EQ(read.request.host(), "origin.test");
    EXPECT_EQ(read.response, flow.response);
    EXPECT_EQ(read.websocket, flow.websocket);
    EXPECT_TRUE(read.modified());
    read.revert();
    EXPECT_EQ(read.response, std::nullopt);
}

TEST(FlowVisit, ReadsATcpFlowBack) {
    TcpFlow flow(some_client(), some_server(), from_seconds(6));
    flow.messages = {{.content = "bytes", .injected = true}};
    expect_to_come_back(flow);
    Tape tape;
    Writer writer{tape};
    visit(flow, writer);
    EXPECT_THAT(tape.names, testing::IsSupersetOf({"messages", "injected", "timestamp_created", "address", "sni"}));
}

}  // namespace
}  // namespace pathology::proxycore::flow
