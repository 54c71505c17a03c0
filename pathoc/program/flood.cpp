#include "program/flood.hpp"

#include <algorithm>
#include <boost/asio/ip/address.hpp>
#include <pathology/proxycore/net/resolve.hpp>
#include <variant>

namespace pathology::pathoc {
namespace {

namespace asio = boost::asio;
namespace net = proxycore::net;

constexpr std::uint64_t max_allowed_connections = 16;   // at once
constexpr std::uint64_t max_allowed_in_flight = 100;    // requests of a connection (RFC 9113 §6.5.2)
constexpr std::uint64_t max_allowed_unanswered = 1000;  // messages whose response is not waited for, in a run

bool is_loopback(asio::ip::address const& address) {
    if (!address.is_v6() || !address.to_v6().is_v4_mapped()) return address.is_loopback();
    return asio::ip::make_address_v4(asio::ip::v4_mapped, address.to_v6()).is_loopback();
}

/// Returns true if a message ends its connection, so that no response is read.
bool ends_connection(language::Message const& message) {
    for (auto const& feature : language::features(message)) {
        auto const* const end = std::get_if<language::DisconnectAt>(&feature.is);
        if (end != nullptr) return end->how != language::Ending::half && end->how != language::Ending::hold;
    }
    return false;
}

std::uint64_t saturated_product(std::uint64_t a, std::uint64_t b) {
    std::uint64_t product = 0;
    return __builtin_mul_overflow(a, b, &product) ? UINT64_MAX : product;
}

std::uint64_t saturated_sum(std::uint64_t a, std::uint64_t b) {
    std::uint64_t sum = 0;
    return __builtin_add_overflow(a, b, &sum) ? UINT64_MAX : sum;
}

/// Returns true if a frame follows message `at` of a script: over HTTP/2 the response is then not waited for.
bool precedes_frame(Script const& script, std::size_t at) {
    auto const is_frame = [](PreparedMessage const& one) { return one.is_raw_frame() && one.times() > 0; };
    return std::any_of(script.messages.begin() + static_cast<std::ptrdiff_t>(at) + 1, script.messages.end(), is_frame);
}

/// How often the messages are sent whose response is not waited for. One that ends the connection is the last; `ends`
/// is set then.
std::uint64_t count_unanswered(Script const& script, bool http2, bool& ends) {
    auto sent = script.repetitions;
    for (std::size_t i = 0; i < sent.size() && !ends; ++i) {
        auto const& message = script.messages[i];
        bool const waits = message.has_response() && !(http2 && precedes_frame(script, i));
        ends = sent[i].times > 0 && ends_connection(message.message());
        if (ends) {
            sent[i] = {};  // no second time, nor a second round of its group
            sent.resize(i + 1);
        } else if (waits) {
            sent[i].times = 0;
        }
    }
    return language::count_messages(sent).value_or(UINT64_MAX);
}

/// The same for a connection, which sends all scripts `rounds` times.
std::uint64_t count_unanswered(std::span<Script const> scripts, std::uint64_t rounds, bool http2) {
    std::uint64_t count = 0;
    bool ends = false;
    for (auto const& script : scripts) {
        if (!ends) count = saturated_sum(count, count_unanswered(script, http2, ends));
    }
    return ends ? count : saturated_product(count, rounds);
}

/// -1, no limit, is more than any other number.
std::uint64_t connections_of(ProgramOptions const& options) {
    return options.connections < 0 ? UINT64_MAX : static_cast<std::uint64_t>(options.connections);
}

}  // namespace

std::optional<std::string> describe_flood(ProgramOptions const& options, std::span<Script const> scripts) {
    auto const connections = connections_of(options);
    if (auto const at_once = std::min<std::uint64_t>(options.parallel, connections); at_once > max_allowed_connections)
        return std::to_string(at_once) + " connections at once (more than " + std::to_string(max_allowed_connections) +
               ")";
    if (options.in_flight > max_allowed_in_flight)
        return std::to_string(options.in_flight) + " requests in flight on a connection (more than " +
               std::to_string(max_allowed_in_flight) + ")";
    auto const each = count_unanswered(scripts, options.repeat, options.http2);
    auto const all = saturated_product(each, connections);
    if (all <= max_allowed_unanswered) return std::nullopt;
    auto const number = all == UINT64_MAX ? std::string("an unlimited number of") : std::to_string(all);
    return number + " messages whose response is not waited for (more than " + std::to_string(max_allowed_unanswered) +
           ")";
}

bool is_loopback(std::string const& address) {
    boost::system::error_code ec;
    auto const parsed = asio::ip::make_address(address, ec);
    return !ec && is_loopback(parsed);
}

asio::awaitable<std::optional<std::string>> find_foreign_host(Route const& route) {
    std::vector<Endpoint> hosts{route.target};
    for (auto const& hop : route.hops) hosts.push_back(hop.address);
    for (auto const& host : hosts) {
        boost::system::error_code ec;
        auto addresses = net::spelled_address(host.host, host.port);
        if (addresses.empty()) addresses = co_await net::resolve(host.host, host.port, ec);
        bool const is_nearest = host.host == route.nearest().host;
        if (addresses.empty() && !is_nearest) co_return host.host + " (an unknown address)";
        for (auto const& one : addresses) {
            if (is_loopback(one.address())) continue;
            auto const text = one.address().to_string();
            co_return text == host.host ? text : host.host + " (" + text + ")";
        }
    }
    co_return std::nullopt;
}

std::string refuse_flood(std::string const& flood, std::string const& host) {
    return "this run is a flood: " + flood + ", and " + host +
           " is not a loopback address; add --i-own-this-target if you may do that to it";
}

}  // namespace pathology::pathoc
