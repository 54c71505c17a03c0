#include "forwarder/messages.hpp"

#include <algorithm>
#include <limits>
#include <nlohmann/json.hpp>
#include <pathology/proxycore/ascii.hpp>
#include <utility>

#include <pathology/proxycore/endpoint.hpp>
#include <pathology/proxycore/upstream/route.hpp>

#include "base64.hpp"

namespace pathology::proxycore::forwarder {
namespace {

using Json = nlohmann::json;

constexpr std::size_t max_pattern = 4096;  // bytes; what a person writes is far shorter

MessageFailure bad(std::string message) { return {MessageErrc::bad_json, std::move(message)}; }

/// The member if it is there and not null.
Json const* member(Json const& object, char const* name) {
    auto const found = object.find(name);
    return found == object.end() || found->is_null() ? nullptr : &*found;
}

std::optional<std::int64_t> integer(Json const* value) {
    if (value == nullptr || !value->is_number_integer()) return std::nullopt;
    constexpr auto max = static_cast<std::uint64_t>(std::numeric_limits<std::int64_t>::max());
    if (value->is_number_unsigned() && value->get<std::uint64_t>() > max) return std::nullopt;
    return value->get<std::int64_t>();
}

// --- a proxy ---------------------------------------------------------------------------------------------------------

MessageResult<std::string> text(Json const& proxy, char const* name) {
    auto const* const value = member(proxy, name);
    if (value == nullptr) return std::string();
    if (!value->is_string()) return bad("its " + std::string(name) + " is not text");
    return value->get<std::string>();
}

MessageResult<std::uint16_t> port(Json const& proxy) {
    auto const* const value = member(proxy, "port");
    if (value == nullptr) return std::uint16_t{0};
    auto const number = integer(value).value_or(0);
    if (number < 1 || number > 65535) return bad("its port is not a number from 1 to 65535");
    return static_cast<std::uint16_t>(number);
}

/// `address`, otherwise ip and port. An address that is made of an IPv6 address without brackets is the same as both.
MessageResult<Endpoint> endpoint(Json const& proxy) {
    auto const address = text(proxy, "address"), ip = text(proxy, "ip");
    auto const number = port(proxy);
    if (!address) return address.error();
    if (!ip) return ip.error();
    if (!number) return number.error();
    bool const is_of_ip = address->empty() || *address == *ip + ":" + std::to_string(*number);
    auto const named = parse_host_port(is_of_ip ? bracketed(*ip) : *address);
    if (!named) return bad("its address is not a host and a port");
    auto const found = named->with_default(*number);
    if (found.port == 0) return bad("its address has no port");
    return found;
}

MessageResult<std::string> scheme(Json const& proxy) {
    auto const protocol = text(proxy, "protocol");
    if (!protocol) return protocol.error();
    auto const word = ascii::lowered(*protocol);
    if (word.empty()) return std::string("http");
    if (word == "socks5h") return std::string("socks5");
    if (word != "http" && word != "https" && word != "socks5") return bad("its protocol is not http, https or socks5");
    return word;
}

MessageResult<std::optional<tunnel::Credentials>> credentials(Json const& proxy) {
    auto const user = text(proxy, "username"), password = text(proxy, "password");
    if (!user) return user.error();
    if (!password) return password.error();
    if (user->empty() && password->empty()) return std::optional<tunnel::Credentials>();
    if (user->empty()) return bad("it has a password without a username");
    return std::optional(tunnel::Credentials{*user, *password});
}

/// The URL of it is parsed, so that the same values are invalid as in an option.
MessageResult<tunnel::Hop> hop(Json const& proxy) {
    auto const protocol = scheme(proxy);
    auto const address = endpoint(proxy);
    auto user = credentials(proxy);
    if (!protocol) return protocol.error();
    if (!address) return address.error();
    if (!user) return user.error();
    auto result = upstream::hop_of({*protocol, *address});
    result.credentials = *std::move(user);
    auto const checked = tunnel::parse_hops(tunnel::to_urls({&result, 1}));
    if (!checked) return bad("it cannot be used: " + checked.error().message);
    return result;
}

MessageResult<ChosenProxy> proxy_of(Json const& proxy) {
    auto const* const id = member(proxy, "id");
    auto const number = integer(id);
    if (id != nullptr && !number) return bad("its id is not an integer");
    auto const* const works = member(proxy, "is_working");
    if (works != nullptr && !works->is_boolean()) return bad("its is_working is not true or false");
    if (works != nullptr && !works->get<bool>()) return MessageFailure{MessageErrc::not_working, "it does not work"};
    auto via = hop(proxy);
    if (!via) return via.error();
    return ChosenProxy{number, *std::move(via)};
}

// --- rules -----------------------------------------------------------------------------------------------------------

std::optional<Rule> rule_of(Json const& item) {
    if (!item.is_object()) return std::nullopt;
    auto const* const pattern = member(item, "pattern");
    if (pattern == nullptr || !pattern->is_string()) return std::nullopt;
    auto const& text = pattern->get_ref<std::string const&>();
    if (text.size() > max_pattern) return std::nullopt;
    auto const id = integer(member(item, "id"));
    return Rule{id ? std::to_string(*id) : "?", text};
}

}  // namespace

MessageResult<ChosenProxy> parse_proxy(std::string_view json) {
    auto const proxy = Json::parse(json, nullptr, false);
    if (!proxy.is_object()) return bad("it is not a JSON object");
    return proxy_of(proxy);
}

MessageResult<RuleList> parse_rules(std::string_view json) {
    auto const items = Json::parse(json, nullptr, false);
    if (!items.is_array()) return bad("it is not a JSON array");
    if (items.size() > max_rules)
        return MessageFailure{MessageErrc::too_many, "it has more than " + std::to_string(max_rules) + " rules"};
    RuleList list;
    for (auto const& item : items) {
        if (auto rule = rule_of(item))
            list.rules.push_back(std::move(*rule));
        else
            ++list.invalid;
    }
    return list;
}

std::string to_json(Activity const& activity) {
    nlohmann::ordered_json json;
    json["user_id"] = activity.user_id ? nlohmann::ordered_json(*activity.user_id) : nlohmann::ordered_json();
    json["endpoint"] = activity.url;
    json["method"] = activity.method;
    json["status_code"] = activity.status;
    json["target_url"] = activity.url;
    json["proxy_id"] = activity.proxy_id ? nlohmann::ordered_json(*activity.proxy_id) : nlohmann::ordered_json();
    json["timestamp"] = activity.timestamp;
    return json.dump(-1, ' ', false, nlohmann::ordered_json::error_handler_t::replace);
}

std::optional<std::int64_t> user_id_of(std::string_view authorization) {
    auto token = ascii::trimmed(authorization);
    token = ascii::trimmed(token.substr(std::min(token.find(' '), token.size())));
    ascii::take_until(token, '.');
    auto const payload = decode_base64url(ascii::take_until(token, '.'));
    if (!payload) return std::nullopt;
    auto const claims = Json::parse(*payload, nullptr, false);
    if (!claims.is_object()) return std::nullopt;
    if (auto const id = integer(member(claims, "user_id"))) return id;
    return integer(member(claims, "sub"));
}

}  // namespace pathology::proxycore::forwarder
