#include "filter/sample_flows.hpp"

#include <pathology/proxycore/flow/http_flow.hpp>
#include <pathology/proxycore/flow/tcp_flow.hpp>

namespace pathology::proxycore::filter {
namespace {

using flow::Client;
using flow::HttpFlow;
using flow::Request;
using flow::Response;
using flow::Server;
using flow::TcpFlow;

template <class Kind> std::unique_ptr<Kind> make_flow(std::uint16_t client_port, Endpoint const& server) {
    auto const client = std::make_shared<Client>(Client::make_dummy({"127.0.0.1", client_port}));
    return std::make_unique<Kind>(client, std::make_shared<Server>(Server::make_dummy(server)), flow::Time{});
}

std::unique_ptr<HttpFlow> make_page() {
    auto page = make_flow<HttpFlow>(50001, {"example.com", 80});
    page->request = Request::make("GET", "http://example.com/index.html?q=1", "",
                                  {{"Host", "example.com"}, {"User-Agent", "curl/8.0"}})
                        .value();
    page->response = Response::make(200, "Hello World\nsecond line",
                                    {{"Content-Type", "text/html; charset=utf-8"}, {"Server", "nginx"}});
    return page;
}

std::unique_ptr<HttpFlow> make_post() {
    auto post = make_flow<HttpFlow>(50002, {"api.example.com", 443});
    post->request = Request::make("POST", "https://api.example.com/v1/items?x=y", R"({"name":"Test"})",
                                  {{"Host", "api.example.com"}, {"Content-Type", "application/json"}})
                        .value();
    return post;
}

std::unique_ptr<HttpFlow> make_style_sheet() {
    auto sheet = make_flow<HttpFlow>(50003, {"10.0.0.9", 80});
    sheet->request = Request::make("GET", "http://10.0.0.9/a.css", "", {{"Host", "cdn.example.org"}}).value();
    sheet->response =
        Response::make(404, "body{color:red}", {{"Content-Type", "text/css"}, {"Content-Encoding", "gzip"}});
    return sheet;
}

std::unique_ptr<HttpFlow> make_failure() {
    auto failure = make_flow<HttpFlow>(50004, {"down.test", 80});
    failure->request = Request::make("DELETE", "http://down.test/").value();
    failure->error = flow::Error{std::string(flow::killed_message)};
    return failure;
}

std::unique_ptr<TcpFlow> make_connection() {
    auto connection = make_flow<TcpFlow>(50005, {"10.0.0.5", 7000});
    connection->messages = {{.from_client = true, .content = "PING foo"},
                            {.from_client = false, .content = "PONG bar"}};
    return connection;
}

std::unique_ptr<HttpFlow> make_websocket() {
    auto chat = make_flow<HttpFlow>(50006, {"ws.example.com", 443});
    chat->request = Request::make("GET", "https://ws.example.com/chat").value();
    chat->response = Response::make(101);
    chat->marked = ":default:";
    chat->websocket.emplace().messages = {{.from_client = true, .content = "hi there"},
                                          {.from_client = false, .content = "bye now"}};
    return chat;
}

}  // namespace

std::array<std::unique_ptr<flow::Flow>, 6> make_sample_flows() {
    return {make_page(), make_post(), make_style_sheet(), make_failure(), make_connection(), make_websocket()};
}

}  // namespace pathology::proxycore::filter
