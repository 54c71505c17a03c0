#include "redis/url.hpp"

#include <charconv>
#include <pathology/proxycore/ascii.hpp>
#include <pathology/proxycore/percent.hpp>
#include <utility>

namespace pathology::proxycore::redis {
namespace {

constexpr std::string_view scheme = "redis://";
constexpr std::uint16_t default_port = 6379;

std::optional<std::uint16_t> parse_database(std::string_view text) {
    std::uint16_t number = 0;
    if (text.empty()) return number;
    auto const* const end = text.data() + text.size();
    auto const [stop, ec] = std::from_chars(text.data(), end, number);
    return ec == std::errc() && stop == end ? std::optional(number) : std::nullopt;
}

/// Reads the part before the last "@". Returns what is wrong with it.
std::optional<UrlFailure> read_credentials(std::string_view text, Url& into) {
    if (text.find_first_of("/?#@") != std::string_view::npos)
        return UrlFailure{"in user and password / is written as %2F, ? as %3F, # as %23 and @ as %40"};
    auto const colon = text.find(':');
    if (colon == std::string_view::npos) return UrlFailure{"expected :PASSWORD or USER:PASSWORD before the @"};
    into.user = percent_decode(text.substr(0, colon));
    into.password = percent_decode(text.substr(colon + 1));
    return std::nullopt;
}

}  // namespace

boost::system::result<Url, UrlFailure> parse_url(std::string_view text) {
    if (ascii::lowered(text.substr(0, scheme.size())) != scheme)
        return UrlFailure{"expected redis://[USER:PASSWORD@]HOST[:PORT][/DATABASE]; no other scheme is available"};
    auto rest = text.substr(scheme.size());
    Url url;
    if (auto const at = rest.rfind('@'); at != std::string_view::npos) {
        if (auto const failure = read_credentials(rest.substr(0, at), url)) return *failure;
        rest.remove_prefix(at + 1);
    }
    auto const slash = rest.find('/');
    auto const database = parse_database(slash == std::string_view::npos ? "" : rest.substr(slash + 1));
    if (!database) return UrlFailure{"expected the number of a database from 0 to 65535 after HOST[:PORT]/"};
    url.database = *database;
    auto place = parse_host_port(rest.substr(0, slash));
    if (!place) return UrlFailure{"expected HOST or HOST:PORT, a port from 1 to 65535, an IPv6 address in brackets"};
    url.address = std::move(*place).with_default(default_port);
    return url;
}

std::string to_string(Url const& url) {
    auto text = std::string(scheme);
    if (url.password) text += percent_encode(url.user, "") + ":***@";
    return text + to_string(url.address) + "/" + std::to_string(url.database);
}

}  // namespace pathology::proxycore::redis
