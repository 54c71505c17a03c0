#include "multiupstream/shared_choice.hpp"

#include <algorithm>
#include <chrono>
#include <utility>

#include "multiupstream/hash_key.hpp"
#include "multiupstream/wildcard.hpp"

namespace pathology::proxycore::multiupstream {
namespace {

namespace asio = boost::asio;

}  // namespace

std::string fingerprint_of(Upstream const& upstream) {
    constexpr std::string_view digits = "0123456789abcdef";
    constexpr unsigned bits_of_digit = 4;
    // No name has a line end.
    auto hash = stable_hash(upstream.name + '\n' + tunnel::to_string(upstream.hops));
    std::string text(sizeof hash * 2, '0');
    for (auto digit = text.rbegin(); digit != text.rend(); ++digit, hash >>= bits_of_digit)
        *digit = digits[hash % digits.size()];
    return text;
}

SharedChoice::SharedChoice(Balancer& balancer, std::shared_ptr<SharedState> state, bool binds_requests)
    : balancer_(balancer), state_(std::move(state)), binds_requests_(binds_requests) {
    follow_configuration();
}

void SharedChoice::follow_configuration() {
    ids_.clear();
    fingerprints_.clear();
    for (auto const id : balancer_.ids()) {
        auto text = fingerprint_of(*balancer_.upstream(id));
        fingerprints_.emplace(id, text);
        ids_.emplace(std::move(text), id);
    }
    std::erase_if(reported_, [this](UpstreamId id) { return !fingerprints_.contains(id); });
}

// --- agreeing --------------------------------------------------------------------------------------------------------

bool SharedChoice::has_to_ask(Question const& question, std::span<UpstreamId const> excluded) const {
    return state_->is_available() && !balancer_.has_affinity(question, now(), excluded);
}

asio::awaitable<std::optional<Agreement>> SharedChoice::agree(Question question, std::span<UpstreamId const> excluded) {
    if (!has_to_ask(question, excluded)) co_return std::nullopt;
    std::string const user(question.user);  // an addon may change the metadata of the flow meanwhile
    question.user = user;
    auto const affinity = affinity_of(question);
    auto const view = co_await state_->look_up(affinity);
    if (!view) co_return std::nullopt;
    follow_rests(view->rests);
    if (!affinity) co_return std::nullopt;
    if (auto bound = agreement_on(view->upstream, excluded)) co_return bound;
    auto const proposal = balancer_.propose(question, now(), excluded);
    if (!proposal) co_return std::nullopt;
    Agreement const proposed{*proposal.id, proposal.reason, proposal.by_default};
    co_return co_await claim(*affinity, proposed, view->upstream, excluded);
}

asio::awaitable<Agreement> SharedChoice::claim(SharedAffinity affinity, Agreement proposal, std::string replaced,
                                               std::span<UpstreamId const> excluded) {
    auto const proposed = fingerprint(proposal.id);
    auto const bound = co_await state_->claim(std::move(affinity), proposed, std::move(replaced));
    if (!bound || *bound == proposed) co_return proposal;
    co_return agreement_on(*bound, excluded).value_or(proposal);
}

/// std::nullopt if the upstream cannot be used: it is not in the configuration, rests, or was tried.
std::optional<Agreement> SharedChoice::agreement_on(std::string const& fingerprint,
                                                    std::span<UpstreamId const> excluded) const {
    auto const id = find(fingerprint);
    if (!id || std::ranges::find(excluded, *id) != excluded.end()) return std::nullopt;
    if (balancer_.health(*id, now()).state == HealthState::resting) return std::nullopt;
    return Agreement{*id, Reason::shared_affinity};
}

/// A host that is too long is no name; nothing is kept for it.
std::optional<SharedAffinity> SharedChoice::affinity_of(Question const& question) const {
    if (question.client == flow::Id{} || question.client_address.empty()) return std::nullopt;
    if (question.host.size() > max_host) return std::nullopt;
    if (!question.is_websocket && !binds_requests_) return std::nullopt;
    auto name = std::string(question.client_address) + ' ' + host_form(question.host);
    if (!question.is_websocket) name += ':' + std::to_string(question.port);
    return SharedAffinity{std::move(name), question.is_websocket};
}

std::string SharedChoice::fingerprint(UpstreamId id) const {
    auto const at = fingerprints_.find(id);
    return at == fingerprints_.end() ? std::string() : at->second;
}

std::optional<UpstreamId> SharedChoice::find(std::string const& fingerprint) const {
    auto const at = ids_.find(fingerprint);
    return at == ids_.end() ? std::nullopt : std::optional(at->second);
}

// --- rests -----------------------------------------------------------------------------------------------------------

/// A rest that another proxy ended is not among them any more.
void SharedChoice::follow_rests(std::vector<SharedRest> const& rests) {
    std::vector<UpstreamId> resting;
    for (auto const& rest : rests) {
        auto const id = find(rest.upstream);
        if (!id) continue;
        balancer_.rest(*id, now() + rest.remaining, now());
        resting.push_back(*id);
    }
    for (auto const id : reported_)
        if (std::ranges::find(resting, id) == resting.end()) balancer_.end_reported_rest(id);
    reported_ = std::move(resting);
}

void SharedChoice::on_response(UpstreamId id) {
    if (balancer_.health(id, now()).state == HealthState::available) return;
    if (auto const upstream = fingerprint(id); !upstream.empty()) state_->end_rest(upstream);
}

void SharedChoice::on_failed(UpstreamId id, Question const& question) {
    auto const upstream = fingerprint(id);
    if (upstream.empty()) return;
    auto const health = balancer_.health(id, now());
    if (health.state == HealthState::resting)
        state_->begin_rest(upstream, std::chrono::ceil<std::chrono::milliseconds>(health.remaining));
    if (auto const affinity = affinity_of(question)) state_->drop(*affinity, upstream);
}

// --- affinities ------------------------------------------------------------------------------------------------------

void SharedChoice::on_chosen(Question const& question, Decision const& decision) {
    if (!decision || question.is_websocket || decision.reason == Reason::affinity) return;
    if (auto const affinity = affinity_of(question))
        state_->hold(question.client, *affinity, fingerprint(*decision.id));
}

void SharedChoice::on_websocket_opened(UpstreamId id, Question const& question) {
    auto const affinity = affinity_of(question);
    auto const upstream = fingerprint(id);
    if (affinity && !upstream.empty()) state_->hold(question.client, *affinity, upstream);
}

void SharedChoice::on_websocket_closed(Question const& question) {
    if (auto const affinity = affinity_of(question)) state_->release(question.client, *affinity);
}

}  // namespace pathology::proxycore::multiupstream
