#include <algorithm>
#include <pathology/proxycore/ascii.hpp>
#include <pathology/proxycore/percent.hpp>

#include "multiupstream/upstream_reader.hpp"

namespace pathology::proxycore::multiupstream {
namespace {

using enum Fields::Presence;

std::optional<tunnel::Credentials> read_credentials(Fields& fields) {
    auto user = fields.read_word("username", optional);
    auto password = fields.read_text("password", optional);
    if (fields.find("username") == nullptr && fields.find("password") != nullptr)
        fields.report("password", "a password without a username; add the field username");
    if (!user) return std::nullopt;
    return tunnel::Credentials{*std::move(user), password.value_or("")};
}

/// The scheme is required here: without it, `proxy.test:3128` and a part of a password behind a comma look alike.
bool have_schemes(std::string_view url) {
    while (!url.empty())
        if (ascii::take_until(url, ',').find("://") == std::string_view::npos) return false;
    return true;
}

/// The URL with the credentials in its last proxy, which has none.
std::string with_credentials(std::string url, tunnel::Credentials const& credentials) {
    auto const text = percent_encode(credentials.user, "") + ":" + percent_encode(credentials.password, "") + "@";
    return url.insert(url.rfind("://") + 3, text);
}

std::optional<std::vector<tunnel::Hop>> parse_url(std::string const& url, std::string_view field, Fields& fields) {
    auto hops = tunnel::parse_hops(url);
    if (hops) return *std::move(hops);
    auto const& failure = hops.error();
    auto const before = url.substr(0, failure.span.begin);
    auto const number = std::ranges::count(before, ',') + 1;
    bool const is_chain = url.find(',') != url.npos;
    fields.report(field, (is_chain ? "proxy " + std::to_string(number) + " of the chain: " : "") + failure.message);
    return std::nullopt;
}

}  // namespace

std::vector<tunnel::Hop> read_hops(Fields& fields, std::string const& name) {
    auto const url = fields.read_word("url", required);
    auto const credentials = read_credentials(fields);
    if (!url) return {};
    if (!have_schemes(*url) || url->ends_with(',')) {
        fields.report("url",
                      "expected http://host:port, with http, https or socks5 as the scheme; between proxies of "
                      "a chain is a comma, which is %2C within a password");
        return {};
    }
    auto hops = parse_url(*url, "url", fields);
    if (hops && credentials) {
        if (hops->back().credentials)
            fields.warn("username", "ignored: the url of the proxy " + name + " has credentials, which are used");
        else
            hops = parse_url(with_credentials(*url, *credentials), "username", fields);
    }
    if (!hops) return {};
    for (auto& hop : *hops) hop.name = name;
    return *std::move(hops);
}

}  // namespace pathology::proxycore::multiupstream
