// An addon that looks whether addons are told of everything once, and in order.
#pragma once

#include <boost/asio/awaitable.hpp>
#include <cstddef>
#include <limits>
#include <pathology/proxycore/addons/addon.hpp>
#include <pathology/proxycore/flow/http_flow.hpp>
#include <string>
#include <unordered_map>

#include "demand.hpp"

namespace pathology::proxycore::fuzz {

namespace asio = boost::asio;

/// Keeps account of each flow, and demands the order of hooks (P40):
///
///     requestheaders ─▶ responseheaders ─▶ response ─▶ [websocket_start ─▶ websocket_message… ─▶ websocket_end]
///           ├─▶ request, where the whole is there      instead of all that is missing up to response: error
///     http_connect ─▶ http_connected | http_connect_error
class HookOrder final : public addons::Addon {
public:
    /// `most`: flows that may be under way at once.
    explicit HookOrder(std::size_t max_count = std::numeric_limits<std::size_t>::max()) : max_count_(max_count) {}
    std::string name() const override { return "hook_order"; }

    /// For the end: nothing is under way.
    void expect_balance() const {
        demand(under_way_ == 0, "a flow was never told of");
        demand(websockets_ == 0, "a WebSocket has no end");
        demand(clients_ == 0, "a client never left");
    }

    asio::awaitable<void> client_connected(flow::Client&) override {
        ++clients_;
        co_return;
    }
    asio::awaitable<void> client_disconnected(flow::Client&) override {
        demand(clients_-- > 0, "a client leaves that never came");
        co_return;
    }

    asio::awaitable<void> requestheaders(flow::HttpFlow& flow) override {
        demand(!flow.request.raw_content, "a request has content before its hook");
        begin(flow);
        co_return;
    }
    asio::awaitable<void> request(flow::HttpFlow& flow) override {
        auto& account = known(flow);
        demand(!account.is_tunnel && !account.has_failed, "a request comes late");
        demand(!account.is_asked, "a request comes twice");
        account.is_asked = true;
        co_return;
    }
    asio::awaitable<void> responseheaders(flow::HttpFlow& flow) override {
        demand(flow.response.has_value(), "there is no response in responseheaders");
        auto& account = open(flow);
        demand(!account.is_tunnel && !account.gets_response, "an answer belongs to no question");
        account.gets_response = true;
        co_return;
    }
    asio::awaitable<void> response(flow::HttpFlow& flow) override {
        demand(flow.response.has_value(), "there is no response in response");
        auto& account = open(flow);
        demand(account.gets_response, "a response has no head");
        end(account);
        co_return;
    }
    asio::awaitable<void> error(flow::HttpFlow& flow) override {
        demand(flow.error.has_value(), "there is no error in error");
        if (!accounts_.contains(flow.id)) begin(flow);  // one that was refused before its first hook
        auto& account = open(flow);
        demand(!account.is_tunnel, "a CONNECT has a hook of its own for errors");
        account.has_failed = true;
        end(account);
        co_return;
    }

    asio::awaitable<void> http_connect(flow::HttpFlow& flow) override {
        begin(flow);
        open(flow).is_tunnel = true;
        co_return;
    }
    asio::awaitable<void> http_connected(flow::HttpFlow& flow) override {
        demand(flow.response.has_value(), "there is no response in http_connected");
        end_connect(flow);
        co_return;
    }
    asio::awaitable<void> http_connect_error(flow::HttpFlow& flow) override {
        demand(flow.response || flow.error, "there is nothing to tell in http_connect_error");
        end_connect(flow);
        co_return;
    }

    asio::awaitable<void> websocket_start(flow::HttpFlow& flow) override {
        auto& account = known(flow);
        demand(account.is_over && !account.has_failed, "a WebSocket begins without an answer");
        demand(account.websocket == WebSocket::none, "a WebSocket begins twice");
        account.websocket = WebSocket::open;
        ++websockets_;
        co_return;
    }
    asio::awaitable<void> websocket_message(flow::HttpFlow& flow) override {
        demand(known(flow).websocket == WebSocket::open, "a message belongs to no WebSocket");
        demand(flow.websocket && !flow.websocket->messages.empty(), "there is no message in websocket_message");
        co_return;
    }
    asio::awaitable<void> websocket_end(flow::HttpFlow& flow) override {
        auto& account = known(flow);
        demand(account.websocket == WebSocket::open, "a WebSocket ends that is not open");
        account.websocket = WebSocket::over;
        --websockets_;
        co_return;
    }

private:
    enum class WebSocket { none, open, over };
    struct Account {
        bool is_tunnel = false, is_asked = false, gets_response = false, has_failed = false, is_over = false;
        WebSocket websocket = WebSocket::none;
    };

    void begin(flow::HttpFlow const& flow) {
        demand(under_way_ < max_count_, "a flow begins while another is under way");
        demand(accounts_.try_emplace(flow.id).second, "a flow begins twice");
        ++under_way_;
    }
    Account& known(flow::HttpFlow const& flow) {
        auto const found = accounts_.find(flow.id);
        demand(found != accounts_.end(), "a flow never began");
        return found->second;
    }
    Account& open(flow::HttpFlow const& flow) {
        auto& account = known(flow);
        demand(!account.is_over, "a flow was told of twice");
        return account;
    }
    void end(Account& account) {
        account.is_over = true;
        --under_way_;
    }
    void end_connect(flow::HttpFlow const& flow) {
        auto& account = open(flow);
        demand(account.is_tunnel, "a tunnel was never asked for");
        end(account);
    }

    std::size_t max_count_;
    std::unordered_map<flow::Id, Account> accounts_;
    std::size_t under_way_ = 0, websockets_ = 0, clients_ = 0;
};

}  // namespace pathology::proxycore::fuzz
