#include "forwarder/backend.hpp"

#include <pathology/proxycore/percent.hpp>
#include <utility>

namespace pathology::proxycore::forwarder {
namespace {

constexpr std::uint64_t max_message = 64 << 10;  // bytes of a response that is one object
constexpr std::uint64_t max_rule_list = 16 << 20;
constexpr std::size_t more_connections = 8;  // than one for each request: posts of activities

client::HttpClientOptions options_of(Settings const& settings, std::uint64_t max_body) {
    client::HttpClientOptions options;
    options.connect_timeout = settings.timeout;
    options.timeout = settings.timeout;
    options.max_body_size = max_body;
    options.max_connections = settings.max_requests + more_connections;
    options.trust = settings.trust;
    return options;
}

/// `METHOD path` for messages, without the query.
std::string name_of(flow::Request const& request) {
    return request.raw_method + " " + std::string(flow::split_path(request.path).path) + " of the backend";
}

BackendFailure failure_of(std::string const& call, layers::Failure const& why) {
    auto code = BackendErrc::unreachable;
    if (why.code == layers::Errc::timed_out) code = BackendErrc::timed_out;
    if (why.code == layers::Errc::malformed || why.code == layers::Errc::too_large) code = BackendErrc::invalid;
    return {code, call + ": " + why.message};
}

BackendFailure failure_of(std::string const& call, unsigned status) {
    auto code = BackendErrc::rejected;
    if (status == 401) code = BackendErrc::unauthorized;
    if (status == 403) code = BackendErrc::forbidden;
    return {code, call + " responded " + std::to_string(status)};
}

BackendFailure failure_of(std::string const& call, MessageFailure const& why) {
    return {BackendErrc::invalid, call + " sent a response that cannot be used: " + why.message};
}

/// A GET has no content, and so no length.
flow::Request get(std::string const& url, std::string_view authorization) {
    auto request = flow::Request::make("GET", url, {}, {{"Accept", "application/json"}}).value();
    request.headers.remove("Content-Length");
    if (!authorization.empty()) request.headers.set("Authorization", authorization);
    return request;
}

std::string with_target(std::string endpoint, std::string_view target_url) {
    endpoint += endpoint.find('?') == std::string::npos ? '?' : '&';
    return endpoint + "target_url=" + percent_encode(target_url, "");
}

std::string_view content_of(flow::Response const& response) {
    return response.raw_content ? std::string_view(*response.raw_content) : std::string_view();
}

}  // namespace

Backend::Backend(Settings const& settings)
    : settings_(settings),
      client_(options_of(settings, max_message)),
      rules_client_(options_of(settings, max_rule_list)) {}

asio::awaitable<BackendResult<flow::Response>> Backend::call(client::HttpClient& client, flow::Request request) {
    auto const name = name_of(request);
    auto sending = client.send(std::move(request));
    auto response = co_await std::move(sending);
    if (!response) co_return failure_of(name, response.error());
    if (response->status_code / 100 != 2) co_return failure_of(name, response->status_code);
    co_return std::move(*response);
}

asio::awaitable<BackendResult<ChosenProxy>> Backend::choose_proxy(std::string token, std::string target_url) {
    auto request = get(settings_.base_url + with_target(settings_.proxy_endpoint, target_url), token);
    auto const name = name_of(request);
    auto calling = call(client_, std::move(request));
    auto const response = co_await std::move(calling);
    if (!response) co_return response.error();
    auto proxy = parse_proxy(content_of(*response));
    if (!proxy) co_return failure_of(name, proxy.error());
    co_return std::move(*proxy);
}

asio::awaitable<BackendResult<RuleList>> Backend::fetch_rules() {
    auto request = get(settings_.base_url + settings_.blacklist_endpoint, "Bearer " + settings_.system_token);
    auto const name = name_of(request);
    auto calling = call(rules_client_, std::move(request));
    auto const response = co_await std::move(calling);
    if (!response) co_return response.error();
    auto rules = parse_rules(content_of(*response));
    if (!rules) co_return failure_of(name, rules.error());
    co_return std::move(*rules);
}

asio::awaitable<BackendResult<void>> Backend::post(Activity activity) {
    auto const body = to_json(activity);
    auto const authorization = "Bearer " + settings_.system_token;
    auto request = flow::Request::make("POST", settings_.base_url + settings_.activity_endpoint, body,
                                       {{"Authorization", authorization}, {"Content-Type", "application/json"}})
                       .value();
    auto calling = call(client_, std::move(request));
    auto const response = co_await std::move(calling);
    if (!response) co_return response.error();
    co_return BackendResult<void>();
}

asio::awaitable<void> Backend::close() {
    co_await client_.close();
    co_await rules_client_.close();
}

}  // namespace pathology::proxycore::forwarder
