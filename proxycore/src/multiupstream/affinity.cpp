#include "multiupstream/affinity.hpp"

#include <algorithm>
#include <utility>

#include "multiupstream/wildcard.hpp"

namespace pathology::proxycore::multiupstream {
namespace {

std::string key_of(Question const& question) {
    auto key = std::string(question.client_address) + ' ';  // no address contains a blank
    return key += host_form(question.host);
}

}  // namespace

std::optional<UpstreamId> AffinityTable::find_websocket(Question const& question) const {
    if (websockets_.empty()) return std::nullopt;
    auto const at = websockets_.find(key_of(question));
    return at == websockets_.end() ? std::nullopt : std::optional(at->second->upstream);
}

std::optional<UpstreamId> AffinityTable::find(Question const& question) const {
    auto const client = clients_.find(question.client);
    if (client == clients_.end()) return std::nullopt;
    auto const name = host_form(question.host);
    for (auto const& host : client->second.hosts)
        if (host.port == question.port && host.name == name) return host.upstream;
    return std::nullopt;
}

void AffinityTable::keep(Question const& question, UpstreamId upstream) {
    auto& hosts = clients_[question.client].hosts;
    auto name = host_form(question.host);
    auto const is_same = [&](Host const& host) { return host.port == question.port && host.name == name; };
    if (auto const known = std::ranges::find_if(hosts, is_same); known != hosts.end()) {
        known->upstream = upstream;
        return;
    }
    if (hosts.size() == max_hosts_of_client) {
        hosts.erase(hosts.begin());
        --hosts_;
    }
    hosts.push_back({std::move(name), question.port, upstream});
    ++hosts_;
}

void AffinityTable::hold_websocket(Question const& question, UpstreamId upstream) {
    auto key = key_of(question);
    auto& shared = websockets_[key];
    if (!shared) shared = std::make_shared<Websocket>(Websocket{std::move(key), upstream, 0});
    // One that uses another upstream counts for itself, not for the entry.
    auto held =
        shared->upstream == upstream ? shared : std::make_shared<Websocket>(Websocket{shared->key, upstream, 0});
    ++held->count;
    clients_[question.client].websockets.push_back(std::move(held));
}

void AffinityTable::release_websocket(Question const& question, UpstreamId upstream) {
    auto const client = clients_.find(question.client);
    if (client == clients_.end()) return;
    auto& all = client->second.websockets;
    auto const key = key_of(question);
    auto const held = std::ranges::find_if(
        all, [&](auto const& websocket) { return websocket->upstream == upstream && websocket->key == key; });
    if (held == all.end()) return;
    release(*held);
    all.erase(held);
    drop_if_empty(question.client);
}

void AffinityTable::release(std::shared_ptr<Websocket> const& held) {
    if (--held->count > 0) return;
    auto const entry = websockets_.find(held->key);
    if (entry != websockets_.end() && entry->second == held) websockets_.erase(entry);
}

void AffinityTable::forget_websockets(Question const& question) {
    if (!websockets_.empty()) websockets_.erase(key_of(question));
}

void AffinityTable::forget(Question const& question, UpstreamId upstream) {
    if (auto const entry = websockets_.find(key_of(question));
        question.is_websocket && entry != websockets_.end() && entry->second->upstream == upstream)
        websockets_.erase(entry);
    auto const client = clients_.find(question.client);
    if (client == clients_.end()) return;
    auto const name = host_form(question.host);
    hosts_ -= std::erase_if(client->second.hosts, [&](Host const& host) {
        return host.upstream == upstream && host.port == question.port && host.name == name;
    });
    drop_if_empty(question.client);
}

void AffinityTable::forget_upstream(UpstreamId upstream) {
    forget_upstreams([upstream](UpstreamId id) { return id == upstream; });
}

void AffinityTable::forget_upstreams(std::function<bool(UpstreamId)> const& is_gone) {
    std::erase_if(websockets_, [&](auto const& entry) { return is_gone(entry.second->upstream); });
    for (auto& [id, client] : clients_)
        hosts_ -= std::erase_if(client.hosts, [&](Host const& host) { return is_gone(host.upstream); });
    std::erase_if(clients_, [](auto const& entry) { return entry.second.is_empty(); });
}

void AffinityTable::forget_client(flow::Id const& client) {
    auto const at = clients_.find(client);
    if (at == clients_.end()) return;
    for (auto const& held : at->second.websockets) release(held);
    hosts_ -= at->second.hosts.size();
    clients_.erase(at);
}

void AffinityTable::drop_if_empty(flow::Id const& client) {
    auto const at = clients_.find(client);
    if (at != clients_.end() && at->second.is_empty()) clients_.erase(at);
}

}  // namespace pathology::proxycore::multiupstream
