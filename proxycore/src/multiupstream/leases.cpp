#include "multiupstream/leases.hpp"

#include <algorithm>
#include <utility>

namespace pathology::proxycore::multiupstream {
namespace {

constexpr std::size_t max_of_client = 100;

}  // namespace

/// One name space for both kinds.
std::string Leases::name_of(SharedAffinity const& affinity) {
    return (affinity.is_websocket ? "w" : "h") + affinity.name;
}

void Leases::hold(flow::Id const& client, SharedAffinity const& affinity, std::string const& upstream) {
    auto name = name_of(affinity);
    auto& held = held_[name];
    held.lease = {affinity, upstream};
    auto& names = clients_[client];
    if (!affinity.is_websocket && std::ranges::find(names, name) != names.end()) return;
    ++held.count;
    names.push_back(std::move(name));
    if (names.size() <= max_of_client) return;
    auto const oldest = std::move(names.front());
    names.erase(names.begin());
    release(oldest);
}

bool Leases::release(flow::Id const& client, SharedAffinity const& affinity) {
    auto const at = clients_.find(client);
    if (at == clients_.end()) return false;
    auto& names = at->second;
    auto const name = name_of(affinity);
    auto const its = std::ranges::find(names, name);
    if (its == names.end()) return false;
    names.erase(its);
    if (names.empty()) clients_.erase(at);
    return release(name);
}

bool Leases::release(std::string const& name) {
    auto const held = held_.find(name);
    if (held == held_.end() || --held->second.count > 0) return false;
    held_.erase(held);
    return true;
}

std::vector<SharedAffinity> Leases::forget_client(flow::Id const& client) {
    std::vector<SharedAffinity> ended;
    auto const at = clients_.find(client);
    if (at == clients_.end()) return ended;
    for (auto const& name : at->second) {
        auto affinity = held_.at(name).lease.affinity;
        if (release(name)) ended.push_back(std::move(affinity));
    }
    clients_.erase(at);
    return ended;
}

void Leases::drop(SharedAffinity const& affinity, std::string const& upstream) {
    auto const held = held_.find(name_of(affinity));
    if (held != held_.end() && held->second.lease.upstream == upstream) held->second.lease.upstream.clear();
}

std::vector<Lease> Leases::all() const {
    std::vector<Lease> leases;
    for (auto const& [name, held] : held_)
        if (!held.lease.upstream.empty()) leases.push_back(held.lease);
    return leases;
}

}  // namespace pathology::proxycore::multiupstream
