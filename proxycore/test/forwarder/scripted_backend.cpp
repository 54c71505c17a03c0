#include "forwarder/scripted_backend.hpp"

#include <pathology/proxycore/async/timeout.hpp>
#include <pathology/proxycore/http1/reader.hpp>
#include <utility>

#include "proxy/read_more.hpp"
#include "support/play.hpp"

namespace pathology::proxycore::forwarder::test {
namespace {

constexpr char hanging[] = "hang", closing[] = "close";

std::string response_of(unsigned status, std::string const& json) {
    return "HTTP/1.1 " + std::to_string(status) +
           " x\r\nContent-Type: application/json\r\nContent-Length: " + std::to_string(json.size()) + "\r\n\r\n" + json;
}

std::string path_of(http::RequestHead const& head) { return head.target.substr(0, head.target.find('?')); }

}  // namespace

ScriptedBackend::ScriptedBackend()
    : server_([this](net::Stream& stream) -> asio::awaitable<void> { co_await serve(stream); }) {
    respond("/blacklist", 200, "[]");
    respond("/activity", 201, "{}");
    respond("/proxy", 404, R"({"detail":"No working proxies available"})");
}

void ScriptedBackend::respond(std::string const& path, unsigned status, std::string const& json) {
    std::scoped_lock const lock(mutex_);
    script_[path] = {response_of(status, json)};
}

void ScriptedBackend::respond_in_turn(std::string const& path, std::vector<std::string> const& json) {
    std::scoped_lock const lock(mutex_);
    auto& responses = script_[path];
    responses.clear();
    for (auto const& one : json) responses.push_back(response_of(200, one));
}

void ScriptedBackend::hang(std::string const& path) {
    std::scoped_lock const lock(mutex_);
    script_[path] = {hanging};
}

void ScriptedBackend::close(std::string const& path) {
    std::scoped_lock const lock(mutex_);
    script_[path] = {closing};
}

std::vector<AskedRequest> ScriptedBackend::asked(std::string const& path) const {
    std::scoped_lock const lock(mutex_);
    auto const found = asked_.find(path);
    return found == asked_.end() ? std::vector<AskedRequest>() : found->second;
}

std::vector<AskedRequest> ScriptedBackend::wait_for(std::string const& path, std::size_t count) const {
    {
        std::unique_lock lock(mutex_);
        recorded_.wait_for(lock, proxycore::test::patience, [&] {
            auto const found = asked_.find(path);
            return found != asked_.end() && found->second.size() >= count;
        });
    }
    return asked(path);
}

std::string ScriptedBackend::next_response(std::string const& path) {
    std::scoped_lock const lock(mutex_);
    auto& responses = script_[path];
    if (responses.empty()) return response_of(404, "{}");
    auto response = responses.front();
    if (responses.size() > 1) responses.erase(responses.begin());
    return response;
}

void ScriptedBackend::record(std::string const& path, AskedRequest request) {
    std::scoped_lock const lock(mutex_);
    asked_[path].push_back(std::move(request));
    recorded_.notify_all();
}

asio::awaitable<void> ScriptedBackend::serve(net::Stream& stream) {
    http1::RequestReader reader;
    AskedRequest request;
    std::string path;
    for (;;) {
        auto const event = reader.next();
        if (!event) co_return;
        if (!*event) {
            bool const has_more = co_await proxy::test::read_more(stream, reader);
            if (!has_more) co_return;
        } else if (*event == http1::Event::head) {
            request = {std::string(reader.raw()), {}};
            path = path_of(reader.head());
        } else if (*event == http1::Event::data) {
            request.body += reader.data();
        } else if (*event == http1::Event::end) {
            record(path, request);
            auto const response = next_response(path);
            if (response == hanging) co_await async::pause(std::nullopt);
            if (response == closing) co_return;
            co_await net::send(stream, response);
        }
    }
}

}  // namespace pathology::proxycore::forwarder::test
