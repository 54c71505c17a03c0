// Which shared affinities this proxy keeps alive.
//
//     client connection ─▶ names ─▶ lease: the upstream, and how many hold it
#pragma once

#include <cstddef>
#include <pathology/proxycore/flow/id.hpp>
#include <pathology/proxycore/multiupstream/shared_state.hpp>
#include <string>
#include <unordered_map>
#include <vector>

namespace pathology::proxycore::multiupstream {

struct Lease {
    SharedAffinity affinity;
    std::string upstream;  ///< empty: it was dropped, and is not renewed until it is held again
};

/// Bounds: 100 for each client connection; the oldest makes way.
class Leases {
public:
    void hold(flow::Id const& client, SharedAffinity const& affinity, std::string const& upstream);
    /// Returns whether nobody holds it any more.
    bool release(flow::Id const& client, SharedAffinity const& affinity);
    /// Returns the affinities that nobody holds any more.
    std::vector<SharedAffinity> forget_client(flow::Id const& client);
    void drop(SharedAffinity const& affinity, std::string const& upstream);

    /// Those that are to be renewed.
    std::vector<Lease> all() const;
    std::size_t size() const { return held_.size(); }

private:
    struct Held {
        Lease lease;
        std::size_t count = 0;
    };
    using Names = std::vector<std::string>;

    bool release(std::string const& name);
    static std::string name_of(SharedAffinity const& affinity);

    std::unordered_map<std::string, Held> held_;
    std::unordered_map<flow::Id, Names> clients_;
};

}  // namespace pathology::proxycore::multiupstream
