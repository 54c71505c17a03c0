#include "support/hook_recorder.hpp"

#include <algorithm>
#include <array>
#include <pathology/proxycore/async/timeout.hpp>

namespace pathology::proxycore::test {
namespace {

std::string joined(std::vector<std::string> const& hooks) {
    std::string text;
    for (auto const& hook : hooks) text.append(text.empty() ? "" : " ").append(hook);
    return text;
}

/// Whether a hook is the last one of an HTTP flow, but for those of its WebSocket.
bool is_last(std::string_view hook) {
    constexpr std::array<std::string_view, 4> ends{"response", "error", "http_connected", "http_connect_error"};
    return std::find(ends.begin(), ends.end(), hook) != ends.end();
}

}  // namespace

// --- hooks -----------------------------------------------------------------------------------------------------------

void HookRecorder::begin(char const* hook) {
    std::scoped_lock const lock(mutex_);
    hooks_.emplace_back(hook);
}

void HookRecorder::finish(char const* hook) {
    std::scoped_lock const lock(mutex_);
    ++counts_[hook];
    finished_.notify_all();
}

void HookRecorder::record(char const* hook) {
    begin(hook);
    finish(hook);
}

HookRecorder::Hook HookRecorder::client_connected(flow::Client& client) {
    if (on_client_connected) on_client_connected(client);
    co_return record("client_connected");
}

HookRecorder::Hook HookRecorder::client_disconnected(flow::Client& client) {
    {
        std::scoped_lock const lock(mutex_);
        clients_.push_back(client);
    }
    co_return record("client_disconnected");
}

HookRecorder::Hook HookRecorder::server_connect(addons::ServerConnectionData& data) {
    if (on_server_connect) on_server_connect(data);
    co_return record("server_connect");
}

HookRecorder::Hook HookRecorder::server_connect_error(addons::ServerConnectionData& data) {
    {
        std::scoped_lock const lock(mutex_);
        failed_servers_.push_back(data.server);
    }
    co_return record("server_connect_error");
}

HookRecorder::Hook HookRecorder::server_disconnected(addons::ServerConnectionData& data) {
    {
        std::scoped_lock const lock(mutex_);
        servers_.push_back(data.server);
    }
    co_return record("server_disconnected");
}

HookRecorder::Hook HookRecorder::next_layer(addons::NextLayerData& data) {
    if (on_next_layer) on_next_layer(data);
    co_return finish("next_layer");
}

/// Its flow is of the proxy's own CONNECT and has no other hook.
HookRecorder::Hook HookRecorder::http_connect_upstream(flow::HttpFlow& flow) {
    if (auto const action = on_hook.find("http_connect_upstream"); action != on_hook.end()) action->second(flow);
    co_return record("http_connect_upstream");
}

HookRecorder::Hook HookRecorder::on_http(char const* hook, flow::HttpFlow& flow) {
    begin(hook);
    struct Stay {
        explicit Stay(bool& its_flag) : flag(its_flag) { flag = true; }
        ~Stay() { flag = false; }
        Stay(Stay const&) = delete;
        Stay& operator=(Stay const&) = delete;
        bool& flag;
    };
    Stay const stay(begin_http(hook, flow).is_in_hook);
    if (auto const length = pauses.find(hook); length != pauses.end()) co_await async::pause(length->second);
    if (auto const action = on_hook.find(hook); action != on_hook.end()) action->second(flow);
    if (is_last(hook)) keep(hook, flow);
    finish(hook);
}

HookRecorder::Progress& HookRecorder::begin_http(char const* hook, flow::HttpFlow const& flow) {
    std::scoped_lock const lock(mutex_);
    auto& progress = progress_of(flow.id);
    require(!progress.is_in_hook, progress, "two hooks of one flow overlap");
    progress.hooks.emplace_back(hook);
    check(hook, flow, progress);
    return progress;
}

void HookRecorder::keep(char const* hook, flow::HttpFlow const& flow) {
    std::shared_ptr<flow::Flow> const copy = flow.copy();
    std::scoped_lock const lock(mutex_);
    http_flows_.emplace_back(hook, std::dynamic_pointer_cast<flow::HttpFlow>(copy));
}

HookRecorder::Hook HookRecorder::on_tcp(char const* hook, flow::TcpFlow& flow) {
    begin(hook);
    begin_tcp(hook, flow);
    if (hook == std::string_view("tcp_message") && on_tcp_message) co_await on_tcp_message(flow);
    finish(hook);
}

void HookRecorder::begin_tcp(std::string const& hook, flow::TcpFlow const& flow) {
    std::scoped_lock const lock(mutex_);
    auto& progress = progress_of(flow.id);
    progress.hooks.push_back(hook);
    check_tcp(hook, progress);
    if (!progress.has_ended) return;
    std::shared_ptr<flow::Flow> const copy = flow.copy();
    tcp_flows_.push_back(std::dynamic_pointer_cast<flow::TcpFlow>(copy));
}

// --- the order of hooks ----------------------------------------------------------------------------------------------

HookRecorder::Progress& HookRecorder::progress_of(flow::Id const& id) {
    auto const is_it = [&](auto const& known) { return known->id == id; };
    auto const found = std::find_if(progress_.rbegin(), progress_.rend(), is_it);
    if (found != progress_.rend()) return **found;
    return *progress_.emplace_back(std::make_unique<Progress>(Progress{.id = id}));
}

void HookRecorder::require(bool is_so, Progress const& progress, char const* rule) {
    if (!is_so) violations_ += std::string(rule) + ": " + joined(progress.hooks) + '\n';
}

void HookRecorder::check(std::string const& hook, flow::HttpFlow const& flow, Progress& progress) {
    using WebSocket = Progress::WebSocket;
    auto const expect = [&](bool is_so, char const* rule) { require(is_so, progress, rule); };
    bool const is_first = progress.hooks.size() == 1;
    if (is_first) expect(flows_under_way_++ < max_flows_, "a flow begins while another one is under way");
    if (hook == "requestheaders" || hook == "http_connect") {
        expect(is_first, "a flow begins twice");
        expect(hook != "requestheaders" || !flow.request.raw_content, "there is content before requestheaders");
        progress.is_tunnel = hook == "http_connect";
    } else if (hook == "request") {
        expect(!is_first && !progress.is_tunnel && !progress.has_failed, "request is out of order");
        expect(!std::exchange(progress.has_request, true), "request runs twice");
    } else if (hook == "responseheaders") {
        expect(!is_first && !progress.is_tunnel && !progress.has_ended, "responseheaders is out of order");
        expect(!std::exchange(progress.has_response_head, true), "responseheaders runs twice");
        expect(flow.response.has_value(), "responseheaders has no response");
    } else if (hook == "response") {
        expect(progress.has_response_head && flow.response.has_value(), "response has no head");
    } else if (hook == "error") {  // may be the only one, if the request is refused before its first hook
        expect(!progress.is_tunnel && flow.error.has_value(), "error is out of order");
        progress.has_failed = true;
    } else if (hook == "http_connected") {
        expect(progress.is_tunnel && flow.response.has_value(), "http_connected is out of order");
    } else if (hook == "http_connect_error") {
        expect(progress.is_tunnel && (flow.response || flow.error), "http_connect_error is out of order");
    } else if (hook == "websocket_start") {
        expect(progress.has_ended && !progress.has_failed, "a WebSocket opens before its response");
        expect(std::exchange(progress.websocket, WebSocket::open) == WebSocket::none, "a WebSocket opens twice");
    } else if (hook == "websocket_message") {
        expect(progress.websocket == WebSocket::open, "a message belongs to no open WebSocket");
        expect(flow.websocket && !flow.websocket->messages.empty(), "websocket_message has no message");
    } else if (hook == "websocket_end") {
        expect(std::exchange(progress.websocket, WebSocket::closed) == WebSocket::open, "a WebSocket ends twice");
    }
    if (!is_last(hook)) return;
    expect(!std::exchange(progress.has_ended, true), "a flow ends twice");
    --flows_under_way_;
}

void HookRecorder::check_tcp(std::string const& hook, Progress& progress) {
    bool const is_first = progress.hooks.size() == 1;
    require((hook == "tcp_start") == is_first, progress, "tcp_start is not the first hook");
    require(!progress.has_ended, progress, "a TCP flow goes on after its end");
    progress.has_ended = hook == "tcp_end" || hook == "tcp_error";
}

// --- what was recorded -----------------------------------------------------------------------------------------------

std::vector<std::string> HookRecorder::hooks() const {
    std::scoped_lock const lock(mutex_);
    return hooks_;
}

std::string HookRecorder::sequence() const {
    auto all = hooks();
    std::erase_if(all,
                  [](std::string const& hook) { return hook.starts_with("websocket_") || hook.starts_with("tcp_"); });
    return joined(all);
}

std::size_t HookRecorder::count(std::string const& hook) const {
    std::scoped_lock const lock(mutex_);
    auto const found = counts_.find(hook);
    return found != counts_.end() ? found->second : 0;
}

bool HookRecorder::wait_for(std::string const& hook, std::size_t times) const {
    std::unique_lock lock(mutex_);
    auto const has_run = [&] { return counts_.contains(hook) && counts_.at(hook) >= times; };
    return finished_.wait_for(lock, std::chrono::seconds(20), has_run);
}

std::vector<std::string> HookRecorder::flow_hooks() const {
    std::scoped_lock const lock(mutex_);
    std::vector<std::string> all;
    for (auto const& progress : progress_) all.push_back(joined(progress->hooks));
    return all;
}

std::string HookRecorder::flow_sequences() const {
    std::string all;
    for (auto const& flow : flow_hooks()) all.append(all.empty() ? "" : ", ").append(flow);
    return all;
}

std::string HookRecorder::violations() const {
    std::scoped_lock const lock(mutex_);
    return violations_;
}

std::string HookRecorder::imbalance() const {
    std::scoped_lock const lock(mutex_);
    auto found = violations_;
    for (auto const& progress : progress_) {
        bool const is_open = !progress->has_ended || progress->websocket == Progress::WebSocket::open;
        if (is_open) found += "a flow has no end: " + joined(progress->hooks) + '\n';
    }
    auto const times = [&](char const* hook) { return counts_.contains(hook) ? counts_.at(hook) : 0; };
    auto const expect_ends = [&](char const* begin, std::initializer_list<char const*> ends) {
        std::size_t ended = 0;
        for (auto const* end : ends) ended += times(end);
        if (times(begin) != ended)
            found += std::to_string(times(begin)) + ' ' + begin + ", " + std::to_string(ended) + " ends\n";
    };
    expect_ends("client_connected", {"client_disconnected"});
    expect_ends("server_connect", {"server_connected", "server_connect_error"});
    expect_ends("server_connected", {"server_disconnected"});
    expect_ends("tls_start_server", {"tls_established_server", "tls_failed_server"});
    return found;
}

std::vector<std::shared_ptr<flow::HttpFlow>> HookRecorder::flows_at(
    std::initializer_list<std::string_view> hooks) const {
    std::scoped_lock const lock(mutex_);
    std::vector<std::shared_ptr<flow::HttpFlow>> found;
    for (auto const& [hook, flow] : http_flows_)
        if (std::find(hooks.begin(), hooks.end(), hook) != hooks.end()) found.push_back(flow);
    return found;
}
std::vector<std::shared_ptr<flow::TcpFlow>> HookRecorder::tcp_flows() const {
    std::scoped_lock const lock(mutex_);
    return tcp_flows_;
}
std::vector<flow::Server> HookRecorder::servers() const {
    std::scoped_lock const lock(mutex_);
    return servers_;
}
std::vector<flow::Server> HookRecorder::failed_servers() const {
    std::scoped_lock const lock(mutex_);
    return failed_servers_;
}
std::vector<flow::Client> HookRecorder::clients() const {
    std::scoped_lock const lock(mutex_);
    return clients_;
}

}  // namespace pathology::proxycore::test
