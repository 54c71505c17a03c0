// The part of a choice that several proxies have in common.
//
//     no affinity of this proxy ─▶ look_up ─┬─ bound to an upstream that can be used ─────────────▶ that one
//                                           └─ otherwise: propose ─▶ claim ─┬─ another proxy was first ─▶ its upstream
//                                                                           └─ otherwise ────────▶ the proposal
//
// Without a reply in time the proxy chooses alone.
#pragma once

#include <boost/asio/awaitable.hpp>
#include <chrono>
#include <memory>
#include <optional>
#include <pathology/proxycore/multiupstream/balancer.hpp>
#include <pathology/proxycore/multiupstream/shared_state.hpp>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace pathology::proxycore::multiupstream {

/// The time that a Balancer is given.
inline Balancer::Time now() { return std::chrono::steady_clock::now(); }

/// 16 hexadecimal digits of name and hops without passwords, the same on every machine.
std::string fingerprint_of(Upstream const& upstream);

/// Balancer and state must outlive it.
class SharedChoice {
public:
    /// `binds_requests`: affinities of requests are shared, too, not only those of WebSockets. The policy `hash` needs
    /// none: all proxies send a key to the same upstream.
    SharedChoice(Balancer& balancer, std::shared_ptr<SharedState> state, bool binds_requests);

    /// To be called after each reload of the Balancer.
    void follow_configuration();

    /// False: agree() returns std::nullopt at once.
    bool has_to_ask(Question const& question, std::span<UpstreamId const> excluded = {}) const;
    /// For Balancer::choose(). Reads the rests of other proxies as well.
    /// Cancel: terminal.
    boost::asio::awaitable<std::optional<Agreement>> agree(Question question,
                                                           std::span<UpstreamId const> excluded = {});
    /// The client connection uses what was chosen for its requests.
    void on_chosen(Question const& question, Decision const& decision);

    void on_websocket_opened(UpstreamId id, Question const& question);
    void on_websocket_closed(Question const& question);
    void on_client_gone(flow::Id const& client) { state_->forget_client(client); }
    /// Before Balancer::connected() and succeeded().
    void on_response(UpstreamId id);
    /// After Balancer::failed().
    void on_failed(UpstreamId id, Question const& question);

private:
    std::optional<SharedAffinity> affinity_of(Question const& question) const;
    std::string fingerprint(UpstreamId id) const;
    std::optional<UpstreamId> find(std::string const& fingerprint) const;
    void follow_rests(std::vector<SharedRest> const& rests);
    boost::asio::awaitable<Agreement> claim(SharedAffinity affinity, Agreement proposal, std::string replaced,
                                            std::span<UpstreamId const> excluded);
    std::optional<Agreement> agreement_on(std::string const& fingerprint, std::span<UpstreamId const> excluded) const;

    Balancer& balancer_;
    std::shared_ptr<SharedState> state_;
    bool binds_requests_;
    std::unordered_map<std::string, UpstreamId> ids_;
    std::unordered_map<UpstreamId, std::string> fingerprints_;
    std::vector<UpstreamId> reported_;  // their rests came from the state
};

}  // namespace pathology::proxycore::multiupstream
