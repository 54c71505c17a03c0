// pathop in multi-upstream mode, with one upstream proxy.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "upstreams/peers.hpp"
#include "upstreams/targets.hpp"

namespace pathology::integration {

class ThroughPeer {
public:
    /// One runs at a time, for all the rows of its proxy.
    static ThroughPeer& of(PeerCase const& row) {
        static std::optional<ThroughPeer> current;
        static std::string name;
        if (name != row.name) current.emplace(Peer::of(row), Peer::of(row).configuration());
        name = row.name;
        return *current;
    }

    ThroughPeer(Peer const& peer, std::string const& configuration)
        : trusted_(folder_.write("trusted.pem", Targets::all().authorities() + peer.authority())),
          mode_("multiupstream:" + config_.path().string()),
          file_(config_.write("proxies.yaml", configuration)),
          pathop_({"--json", "-v", "--mode", mode_, "--upstream-trusted-ca", trusted_, "--set",
                   "stream_large_bodies=1m"}) {}

    Pathop& pathop() { return pathop_; }

private:
    test::Folder folder_, config_;
    std::string trusted_, mode_, file_;
    Pathop pathop_;
};

}  // namespace pathology::integration
