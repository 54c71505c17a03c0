// How many server connections are open for the clients of one address.
#pragma once

#include <cstddef>
#include <map>
#include <memory>
#include <string>

namespace pathology::proxycore::upstream {

/// Bounds what one address can open. Without that, two proxies that forward to each other exchange one request until they
/// have no descriptors left; nothing in the request shows that, since this proxy adds no Via.
///
/// Thread: that of the proxy's loop. A place may outlive it.
class ServersByClient {
public:
    /// A place, which is free again when it is destroyed; nullptr if `max` are taken.
    std::shared_ptr<void> acquire(std::string const& client, std::size_t max) {
        auto& count = (*counts_)[client];
        if (count >= max) return nullptr;
        ++count;
        // The deleter owns what it counts down, so the pointer itself may be any.
        return {counts_.get(), [counts = counts_, client](void*) {
                    auto const found = counts->find(client);
                    if (--found->second == 0) counts->erase(found);
                }};
    }

private:
    using Counts = std::map<std::string, std::size_t>;
    std::shared_ptr<Counts> counts_ = std::make_shared<Counts>();
};

}  // namespace pathology::proxycore::upstream
