// Short forms of upstreams, rules and questions.
#pragma once

#include <chrono>
#include <cstdint>
#include <pathology/proxycore/flow/id.hpp>
#include <pathology/proxycore/multiupstream/balancer.hpp>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace pathology::proxycore::multiupstream::test {

using namespace std::chrono_literals;

inline Rule host_rule(std::string pattern) { return {Rule::Kind::host_pattern, std::move(pattern), 0}; }
inline Rule port_rule(std::uint16_t port) { return {Rule::Kind::port, {}, port}; }
inline Rule default_rule() { return {Rule::Kind::by_default, {}, 0}; }

inline Upstream make_upstream(std::string name, std::uint32_t weight = 1, std::vector<Rule> rules = {default_rule()}) {
    tunnel::Hop const hop{
        .address = {name + ".test", 3128}, .credentials = tunnel::Credentials{"user", "secret"}, .name = name};
    return {std::move(name), {hop}, weight, std::move(rules)};
}

/// a, b, … with these weights and a default rule.
inline Configuration by_weights(std::vector<std::uint32_t> const& weights) {
    Configuration configuration;
    for (auto const weight : weights) {
        auto const letter = static_cast<char>('a' + configuration.upstreams.size());
        configuration.upstreams.push_back(make_upstream(std::string(1, letter), weight));
    }
    return configuration;
}

inline Balancer::Time at(std::chrono::nanoseconds since_start) { return Balancer::Time(1h + since_start); }

/// The number is that of a client connection; 0 = none.
inline flow::Id client(std::uint8_t number) { return {{number}}; }

inline Question ask(std::string_view host, std::uint8_t connection = 0, std::uint16_t port = 80) {
    return {.host = host, .port = port, .client = client(connection), .client_address = "192.0.2.1"};
}
inline Question ask_websocket(std::string_view host, std::uint8_t connection, std::string_view address = "192.0.2.1") {
    return {.host = host, .port = 443, .client = client(connection), .client_address = address, .is_websocket = true};
}

/// The name of what is chosen; "" = none.
inline std::string name_of(Decision const& decision) { return decision ? decision.upstream->name : ""; }

}  // namespace pathology::proxycore::multiupstream::test
