#include <pathology/proxycore/flow/url.hpp>

#include <algorithm>
#include <pathology/proxycore/ascii.hpp>
#include <pathology/proxycore/endpoint.hpp>
#include <pathology/proxycore/errors.hpp>
#include <pathology/proxycore/http/escaped.hpp>
#include <pathology/proxycore/http/mask.hpp>
#include <pathology/proxycore/http/target.hpp>

#include "flow/destination.hpp"

namespace pathology::proxycore::flow {

void throw_exception_from_error(UrlFailure const& failure, boost::source_location const&) {
    throw ProtocolException(failure.message);
}

std::optional<std::uint16_t> default_port(std::string_view scheme) {
    if (scheme == "http") return std::uint16_t{80};
    if (scheme == "https") return std::uint16_t{443};
    return std::nullopt;
}

boost::system::result<Url, UrlFailure> parse_url(std::string_view text) {
    auto const fail = [&](UrlErrc code, std::string_view what, std::size_t offset) {
        return UrlFailure{code, std::string(what) + " in the URL " + http::quoted(http::mask_password(text)), offset};
    };
    auto const colon = text.find("://");
    if (colon == std::string_view::npos) return fail(UrlErrc::bad_scheme, "no scheme", 0);
    auto const scheme = ascii::lowered(text.substr(0, colon));
    auto const port = default_port(scheme);
    if (!port) return fail(UrlErrc::bad_scheme, "a scheme other than http and https", 0);
    auto const place = colon + 3;
    auto const end = std::min(text.find_first_of("/?#", place), text.size());
    auto const authority = http::parse_authority(text.substr(place, end - place));
    if (!authority.valid || authority.host.empty())
        return fail(UrlErrc::bad_authority, "no valid host and port", place);
    auto path = std::string(text.substr(end));
    if (!path.starts_with('/')) path.insert(0, 1, '/');
    if (std::any_of(path.begin(), path.end(), [](char c) { return static_cast<unsigned char>(c) <= ' ' || c == 0x7f; }))
        return fail(UrlErrc::bad_path, "a blank or control character", end);
    return Url{scheme, std::string(authority.host), parse_port(authority.port).value_or(*port), std::move(path)};
}

std::string host_and_port(std::string_view scheme, std::string_view host, std::uint16_t port) {
    std::string text;
    append_host_and_port(text, scheme, host, port);
    return text;
}

std::string to_string(Url const& url) {
    return url.scheme + "://" + host_and_port(url.scheme, url.host, url.port) + url.path;
}

}  // namespace pathology::proxycore::flow
