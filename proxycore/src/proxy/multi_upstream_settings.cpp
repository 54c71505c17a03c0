// Values of the options multiupstream_… to settings; each error names its option.

#include "proxy/multi_upstream_settings.hpp"

#include <boost/asio/ip/address.hpp>
#include <pathology/proxycore/ascii.hpp>
#include <pathology/proxycore/errors.hpp>
#include <pathology/proxycore/http/escaped.hpp>
#include <utility>

#include "proxy/option_names.hpp"

namespace pathology::proxycore::proxy {
namespace {

using addons::OptionalText;
using addons::Options;

constexpr std::int64_t max_seconds = 86'400;

[[noreturn]] void refuse(std::string_view option, std::string const& why) {
    throw OptionsError("option " + std::string(option) + ": " + why);
}

std::chrono::seconds seconds(Options const& options, option::Name<std::int64_t> name, std::int64_t min) {
    auto const value = options.get<std::int64_t>(name);
    if (value < min || value > max_seconds)
        refuse(name, "expected a number of seconds from " + std::to_string(min) + " to " + std::to_string(max_seconds));
    return std::chrono::seconds(value);
}

multiupstream::BalancerSettings balancer_settings(Options const& options) {
    multiupstream::BalancerSettings settings;
    auto policy = multiupstream::parse_policy(options.get<std::string>(option::multiupstream_policy));
    if (!policy) refuse(option::multiupstream_policy, policy.error().message);
    settings.policy = *std::move(policy);
    settings.seed = static_cast<std::uint64_t>(options.get<std::int64_t>(option::multiupstream_seed));
    settings.health.first_rest = seconds(options, option::multiupstream_first_rest, 1);
    settings.health.max_rest = seconds(options, option::multiupstream_max_rest, 1);
    if (settings.health.max_rest < settings.health.first_rest)
        refuse(option::multiupstream_max_rest, "is less than multiupstream_first_rest");
    return settings;
}

bool is_loopback(std::string const& host) {
    boost::system::error_code no_address;
    auto const address = boost::asio::ip::make_address(host, no_address);
    return !no_address && address.is_loopback();
}

}  // namespace

multiupstream::SelectorSettings multiupstream_settings(Options const& options) {
    constexpr std::int64_t max_retries = 100;
    multiupstream::SelectorSettings settings;
    settings.balancer = balancer_settings(options);
    bool const goes_direct = options.get<std::string>(option::multiupstream_no_match) == "direct";
    using NoMatch = multiupstream::SelectorSettings::NoMatch;
    settings.no_match = goes_direct ? NoMatch::direct : NoMatch::refuse;
    auto const retries = options.get<std::int64_t>(option::multiupstream_max_retries);
    if (retries < 0 || retries > max_retries)
        refuse(option::multiupstream_max_retries, "expected a number from 0 to " + std::to_string(max_retries));
    settings.max_retries = static_cast<std::uint32_t>(retries);
    settings.explains = options.get<bool>(option::multiupstream_explain);
    return settings;
}

std::optional<multiupstream::RedisSettings> shared_settings(Options const& options) {
    constexpr std::int64_t max_timeout = 60'000;
    multiupstream::RedisSettings settings;
    auto const timeout = options.get<std::int64_t>(option::multiupstream_shared_timeout);
    if (timeout < 1 || timeout > max_timeout)
        refuse(option::multiupstream_shared_timeout,
               "expected a number of milliseconds from 1 to " + std::to_string(max_timeout));
    settings.client.max_call = std::chrono::milliseconds(timeout);
    settings.lease = seconds(options, option::multiupstream_shared_lease, 1);
    auto const& text = options.get<std::string>(option::multiupstream_shared_state);
    if (text.empty()) return std::nullopt;
    auto url = redis::parse_url(text);
    if (!url) refuse(option::multiupstream_shared_state, url.error().message);
    settings.client.url = *std::move(url);
    return settings;
}

std::optional<CheckSettings> check_settings(Options const& options) {
    CheckSettings settings{.interval = seconds(options, option::multiupstream_check, 0)};
    auto const& target = options.get<OptionalText>(option::multiupstream_check_target);
    if (target) {
        auto const parsed = parse_host_port(*target);
        if (!parsed) refuse(option::multiupstream_check_target, parsed.error().message);
        if (!parsed->port)
            refuse(option::multiupstream_check_target, "expected HOST:PORT, not " + http::quoted(*target));
        settings.target = Endpoint{parsed->host, *parsed->port};
        if (settings.interval.count() == 0)
            refuse(option::multiupstream_check_target, "there are no checks; multiupstream_check=SECONDS enables them");
    }
    if (settings.interval.count() == 0) return std::nullopt;
    return settings;
}

std::optional<Endpoint> metrics_endpoint(Options const& options) {
    auto const& given = options.get<OptionalText>(option::multiupstream_metrics);
    if (!given) return std::nullopt;
    if (auto const port = parse_port(*given)) return Endpoint{"127.0.0.1", *port};
    auto const parsed = parse_host_port(*given, 0);
    if (!parsed) refuse(option::multiupstream_metrics, parsed.error().message);
    if (!parsed->port) refuse(option::multiupstream_metrics, "expected [HOST:]PORT, not " + http::quoted(*given));
    auto const host = ascii::lowered(parsed->host) == "localhost" ? "127.0.0.1" : parsed->host;
    if (!is_loopback(host))
        refuse(option::multiupstream_metrics,
               http::quoted(parsed->host) +
                   " is not a loopback address. Metrics name the upstream proxies and are sent to whoever connects, so "
                   "they are for this machine alone: use 127.0.0.1 or [::1]");
    return Endpoint{host, *parsed->port};
}

}  // namespace pathology::proxycore::proxy
