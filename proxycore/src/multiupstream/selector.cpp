// Between the events of routes, which name hops, and those of the Balancer, which name upstreams: each route that it
// makes has the id of its upstream as `Route::data`. Routes of addons have none, and are not counted.

#include <pathology/proxycore/multiupstream/selector.hpp>

#include <utility>

#include "addons/proxy_auth.hpp"
#include "layers/exchange/error_page.hpp"
#include "layers/http2/head.hpp"
#include "multiupstream/failure_cause.hpp"
#include "multiupstream/shared_choice.hpp"

namespace pathology::proxycore::multiupstream {
namespace {

using addons::LogLevel;
using upstream::Route;
using upstream::RouteRequest;
using upstream::RouteUse;

constexpr unsigned bad_gateway = 502;
constexpr char explanation_key = 0;  // its address is the key of the attachment

std::string_view address_of(flow::Client const& client) {
    auto const& address = client.address();
    return address ? std::string_view(address->host) : std::string_view();
}

/// As which the client authenticated, by this request or for its whole connection.
std::string_view user_of(flow::HttpFlow const& flow) {
    auto const known = flow.metadata.find("proxyauth");
    auto const* const pair =
        known == flow.metadata.end() ? nullptr : std::get_if<std::vector<std::string>>(&known->second);
    return pair == nullptr || pair->empty() ? addons::user_of(*flow.client_conn) : std::string_view(pair->front());
}

Question question_of(RouteRequest const& request) {
    Question question{request.target.host, request.target.port, request.client.id, address_of(request.client)};
    question.user = addons::user_of(request.client);
    if (request.flow == nullptr) return question;
    question.is_websocket = layers::asks_for_websocket(request.flow->request);
    question.user = user_of(*request.flow);
    question.request = &request.flow->request;
    return question;
}

}  // namespace

// --- routes of upstreams ---------------------------------------------------------------------------------------------

struct Selector::Use {
    UpstreamId id{};
    bool is_websocket = false;
    bool has_other_websockets = false;  ///< of the same client to the same host, which use this upstream
};

/// The routes of the upstreams, made once for each.
class Selector::Routes {
public:
    Route of(Decision const& decision, bool is_websocket) {
        auto [known, is_new] = by_id_.try_emplace(*decision.id);
        if (is_new) known->second = make(*decision.id, decision.upstream->hops);
        bool const has_others =
            decision.reason == Reason::websocket_affinity || decision.reason == Reason::shared_affinity;
        return known->second[is_websocket ? (has_others ? 2 : 1) : 0];
    }
    void forget() { by_id_.clear(); }

private:
    using Kinds = std::array<Route, 3>;

    static Kinds make(UpstreamId id, std::vector<tunnel::Hop> const& hops) {
        Route route;
        route.hops = hops;
        Kinds kinds{route, route, route};
        kinds[0].data = std::make_shared<Use const>(Use{id, false, false});
        kinds[1].data = std::make_shared<Use const>(Use{id, true, false});
        kinds[2].data = std::make_shared<Use const>(Use{id, true, true});
        return kinds;
    }

    struct Hash {
        std::size_t operator()(UpstreamId id) const {
            return std::hash<std::uint64_t>()(static_cast<std::uint64_t>(id));
        }
    };
    std::unordered_map<UpstreamId, Kinds, Hash> by_id_;
};

// --- choosing --------------------------------------------------------------------------------------------------------

Selector::Selector(Configuration configuration, SelectorSettings settings, Log log)
    : settings_(std::move(settings)),
      log_(std::move(log)),
      balancer_(std::move(configuration), settings_.balancer),
      routes_(std::make_unique<Routes>()) {}

Selector::~Selector() = default;

asio::awaitable<Route> Selector::select(RouteRequest const& request) {
    std::optional<Agreement> agreed;
    if (shared_) {
        auto const question = question_of(request);
        agreed = co_await shared_->agree(question);
    }
    co_return choose(request, agreed);
}

std::optional<Route> Selector::select_now(RouteRequest const& request) {
    if (shared_ && shared_->has_to_ask(question_of(request))) return std::nullopt;
    return choose(request, std::nullopt);
}

Route Selector::choose(RouteRequest const& request, std::optional<Agreement> const& agreed) {
    auto const question = question_of(request);
    auto const decision = balancer_.choose(question, now(), {}, agreed);
    if (shared_) shared_->on_chosen(question, decision);
    if (settings_.explains || !decision) {
        auto explanation = std::make_shared<Explanation const>(balancer_.explain(decision, question, now()));
        record(request.flow, explanation);
        if (!decision) return refuse(request, decision, *explanation);
    }
    return routes_->of(decision, question.is_websocket);
}

Route Selector::refuse(RouteRequest const& request, Decision const& decision, Explanation const& why) {
    bool const goes_direct =
        decision.reason == Reason::no_rule && settings_.no_match == SelectorSettings::NoMatch::direct;
    if (goes_direct) return Route::direct();
    log(LogLevel::warn, to_line(why));
    auto const refusal = refusal_of(why);
    if (request.flow != nullptr) return Route::respond(layers::error_page(bad_gateway, refusal));
    auto response = flow::Response::make(bad_gateway, "");
    response.reason = refusal;
    return Route::respond(std::move(response));
}

asio::awaitable<std::optional<Route>> Selector::select_again(RouteRequest const& request,
                                                             std::vector<upstream::FailedRoute> const& failed) {
    auto const* const last = static_cast<Use const*>(failed.back().route.data.get());
    bool const may_retry = last != nullptr && !last->has_other_websockets && cause_of(failed.back().why) &&
                           failed.size() <= settings_.max_retries;
    if (!may_retry) co_return std::nullopt;
    std::vector<UpstreamId> excluded;
    for (auto const& each : failed) excluded.push_back(static_cast<Use const*>(each.route.data.get())->id);
    std::optional<Agreement> agreed;
    if (shared_) {
        auto const asked = question_of(request);
        agreed = co_await shared_->agree(asked, excluded);
    }
    auto const question = question_of(request);
    auto const decision = balancer_.choose(question, now(), excluded, agreed);
    if (!decision) co_return std::nullopt;
    if (shared_) shared_->on_chosen(question, decision);
    balancer_.retried(last->id);
    if (settings_.explains)
        record(request.flow,
               std::make_shared<Explanation const>(balancer_.explain(decision, question, now(), excluded)));
    co_return routes_->of(decision, question.is_websocket);
}

void Selector::record(flow::HttpFlow* flow, std::shared_ptr<Explanation const> explanation) const {
    log(LogLevel::debug, to_line(*explanation));
    if (flow == nullptr) return;
    flow->metadata["multiupstream"] = to_json(*explanation);
    flow->attachments.set(&explanation_key, std::const_pointer_cast<Explanation>(std::move(explanation)));
}

std::shared_ptr<Explanation const> Selector::explanation_of(flow::Flow const& flow) {
    return flow.attachments.get<Explanation const>(&explanation_key);
}

// --- events ----------------------------------------------------------------------------------------------------------

namespace {

Question question_of(RouteUse const& use, bool is_websocket) {
    Question question{use.target.host, use.target.port, use.client->id, address_of(*use.client)};
    question.is_websocket = is_websocket;
    return question;
}

}  // namespace

/// The affinity of the connection gives the same upstream, and the reason.
void Selector::on_joined(RouteUse const& use, flow::HttpFlow& flow) {
    if (!settings_.explains) return;
    auto question = question_of(use, layers::asks_for_websocket(flow.request));
    question.user = user_of(flow);
    question.request = &flow.request;
    record(&flow, std::make_shared<Explanation const>(balancer_.preview(question, now())));
}

void Selector::on_chosen(RouteUse const& use) {
    if (auto const* const its = static_cast<Use const*>(use.route.data.get())) balancer_.opened(its->id);
}

void Selector::on_connected(RouteUse const& use, Latency latency) {
    auto const* const its = static_cast<Use const*>(use.route.data.get());
    if (its == nullptr) return;
    if (shared_) shared_->on_response(its->id);
    balancer_.connected(its->id, latency, now());
}

void Selector::on_failed(RouteUse const& use, layers::Failure const& why, Latency elapsed) {
    auto const* const its = static_cast<Use const*>(use.route.data.get());
    if (its == nullptr) return;
    auto const cause = cause_of(why);
    if (shared_ && (!cause || is_response(*cause))) shared_->on_response(its->id);
    if (!cause) return balancer_.succeeded(its->id);
    auto const question = question_of(use, its->is_websocket);
    balancer_.failed(its->id, question, {*cause, why.message, elapsed}, now());
    if (shared_) shared_->on_failed(its->id, question);
}

void Selector::on_released(RouteUse const& use) {
    if (auto const* const its = static_cast<Use const*>(use.route.data.get()))
        balancer_.released(its->id, question_of(use, its->is_websocket));
}

void Selector::on_websocket_opened(RouteUse const& use) {
    auto const* const its = static_cast<Use const*>(use.route.data.get());
    if (its == nullptr) return;
    balancer_.websocket_opened(its->id, question_of(use, true));
    if (shared_) shared_->on_websocket_opened(its->id, question_of(use, true));
}

void Selector::on_websocket_closed(RouteUse const& use) {
    auto const* const its = static_cast<Use const*>(use.route.data.get());
    if (its == nullptr) return;
    balancer_.websocket_closed(its->id, question_of(use, true));
    if (shared_) shared_->on_websocket_closed(question_of(use, true));
}

void Selector::on_client_gone(flow::Client const& client) {
    balancer_.client_gone(client.id);
    if (shared_) shared_->on_client_gone(client.id);
}

bool Selector::on_check_succeeded(UpstreamId id, Latency latency) {
    if (shared_) shared_->on_response(id);
    return balancer_.check_succeeded(id, latency, now());
}

bool Selector::on_check_failed(UpstreamId id, Failure const& failure) {
    if (shared_ && is_response(failure.cause)) shared_->on_response(id);
    bool const rests = balancer_.check_failed(id, failure, now());
    if (shared_) shared_->on_failed(id, Question());
    return rests;
}

// --- configuration ---------------------------------------------------------------------------------------------------

void Selector::share(std::shared_ptr<SharedState> state) {
    bool const binds_requests = settings_.balancer.policy.kind != Policy::Kind::hash;
    shared_ = std::make_unique<SharedChoice>(balancer_, std::move(state), binds_requests);
}

ReloadReport Selector::reload(Configuration configuration) {
    auto report = balancer_.reload(std::move(configuration));
    routes_->forget();
    if (shared_) shared_->follow_configuration();
    return report;
}

Statistics Selector::statistics() const { return balancer_.statistics(now()); }

void Selector::log(LogLevel level, std::string text) const {
    if (log_) log_(level, std::move(text));
}

}  // namespace pathology::proxycore::multiupstream
