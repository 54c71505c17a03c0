#include <pathology/proxycore/forwarder/forwarder.hpp>

#include <pathology/proxycore/addons/host.hpp>
#include <pathology/proxycore/errors.hpp>
#include <utility>

#include "forwarder/fields.hpp"
#include "forwarder/refusal.hpp"
#include "forwarder/state.hpp"
#include "proxy/option_names.hpp"

namespace pathology::proxycore::forwarder {
namespace {

using namespace std::chrono_literals;
using upstream::Route;
namespace option = proxy::option;

/// All addons together have two seconds at the end.
constexpr auto max_drain = 1500ms;

constexpr char blocked[] = "the URL is blocked by the blacklist";

}  // namespace

Forwarder::Forwarder(LoadedSettings loaded) : state_(std::make_unique<State>(std::move(loaded), *this)) {}
Forwarder::~Forwarder() = default;

Forwarder::Statistics Forwarder::statistics() const {
    return {state_->admission.slots().used(), state_->admission.slots().waiting(), state_->blacklist.current().size(),
            state_->activities.dropped()};
}

// --- the program -----------------------------------------------------------------------------------------------------

void Forwarder::load(addons::Host& host) { state_->host = &host; }

void Forwarder::configure(addons::Options const& options, std::set<std::string> const& /*changed*/) {
    auto const is_on = [&](std::string_view name) { return options.contains(name) && options.get<bool>(name); };
    if (is_on(option::upstream_cert))
        throw OptionsError(
            "option upstream_cert must be false with a forwarder: the route is known for a request only");
    if (options.contains(option::connection_strategy) &&
        options.get<std::string>(option::connection_strategy) != "lazy")
        throw OptionsError(
            "option connection_strategy must be lazy with a forwarder: the route is known for a request only");
    state_->own_site = is_on("onboarding") ? options.get<std::string>("onboarding_host") : "";
}

asio::awaitable<void> Forwarder::running() {
    for (auto const& warning : state_->warnings) state_->write(LogLevel::warn, warning);
    co_await state_->blacklist.load();
    state_->host->spawn(state_->run());
}

asio::awaitable<void> Forwarder::done() {
    state_->write_early();
    co_await state_->activities.finish(max_drain);
    co_await state_->backend->close();
    state_->backend.reset();
    state_->host = nullptr;
}

// --- a request -------------------------------------------------------------------------------------------------------

asio::awaitable<void> Forwarder::http_connect(flow::HttpFlow& flow) {
    mask_credentials(flow.request);
    co_return;
}

asio::awaitable<void> Forwarder::requestheaders(flow::HttpFlow& flow) {
    if (state_->is_own_site(flow.request)) co_return;
    auto const& settings = state_->settings;
    auto const record = take_request(flow.request, settings.default_token, settings.forwards_token);
    flow.attachments.set(this, record);
    if (flow.response) co_return;
    if (record->token.empty() && settings.requires_token) {
        flow.response = refusal(401, "a token is required: send the field \"Authorization: Bearer TOKEN\"");
        co_return;
    }
    bool const is_blocked = co_await state_->admission.is_blocked(flow.request);
    if (is_blocked) flow.response = refusal(403, blocked);
}

/// Without a flow it is no request: there is nobody to ask the backend for.
asio::awaitable<Route> Forwarder::select(upstream::RouteRequest const& request) {
    auto const record = request.flow != nullptr ? state_->record_of(*request.flow) : nullptr;
    if (!record) co_return Route::respond(refusal(403, "only HTTP requests are forwarded"));
    auto target = request.flow->request.pretty_url();
    if (target != record->url) {  // another addon changed it
        bool const is_blocked = co_await state_->admission.is_blocked(request.flow->request);
        if (is_blocked) co_return Route::respond(refusal(403, blocked));
    }
    auto choosing = state_->admission.choose_proxy(*record, std::move(target));
    auto refused = co_await std::move(choosing);
    if (refused) co_return Route::respond(std::move(*refused));
    Route route;
    route.hops = {record->proxy->via};
    co_return route;
}

// --- its end ---------------------------------------------------------------------------------------------------------

asio::awaitable<void> Forwarder::responseheaders(flow::HttpFlow& flow) {
    auto const record = state_->record_of(flow);
    if (!record || !flow.response) co_return;
    auto& response = *flow.response;
    bool const reads_requests = record->proxy && record->proxy->via.protocol == tunnel::Hop::Protocol::http;
    record->is_refused_by_proxy = reads_requests && flow.request.scheme() == "http" && response.status_code == 407;
    drop_hop_by_hop(response);
    if (!record->is_refused_by_proxy) co_return;
    state_->write(LogLevel::warn,
                  "the upstream proxy " + label_of(record->proxy->via) + " requires other credentials: 407");
    response.status_code = 502;
    response.reason = flow::reason_of(502);
}

asio::awaitable<void> Forwarder::response(flow::HttpFlow& flow) {
    auto const record = state_->record_of(flow);
    if (!record || !flow.response) co_return;
    if (record->is_refused_by_proxy && flow.response->raw_content)
        become_refusal(*flow.response, 502, "the upstream proxy refused the request: 407");
    restore_request(flow.request, *record);
    auto const status = flow.response->status_code;
    state_->report(flow, *record, status);
    if (status == 101)
        state_->upgraded.emplace(flow.server_conn->id, record);
    else
        record->slot.reset();
}

/// Malformed requests are refused before `requestheaders`. Without a request line there is nothing to report.
asio::awaitable<void> Forwarder::error(flow::HttpFlow& flow) {
    auto record = state_->record_of(flow);
    bool const is_request = flow.request.raw_line.empty() && flow.request.raw_method != "CONNECT";
    mask_credentials(flow.request);
    if (!record && is_request && !state_->is_own_site(flow.request))
        record = record_of_refused(flow.request, state_->settings.default_token);
    if (record) state_->end_without_response(flow, *record);
    co_return;
}

asio::awaitable<void> Forwarder::websocket_end(flow::HttpFlow& flow) {
    if (auto const record = state_->record_of(flow)) record->slot.reset();
    co_return;
}

asio::awaitable<void> Forwarder::server_disconnected(addons::ServerConnectionData& data) {
    state_->release(data.server.id);
    co_return;
}

}  // namespace pathology::proxycore::forwarder
