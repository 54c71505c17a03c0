// hops ─▶ "," ─▶ hop ─▶ "://" ─▶ last "@" ─▶ credentials, place
//
// Every part is a view into the whole text, so its pointer is its place for failures.

#include <pathology/proxycore/tunnel/hop.hpp>

#include <algorithm>
#include <array>
#include <pathology/proxycore/ascii.hpp>
#include <pathology/proxycore/percent.hpp>
#include <utility>

namespace pathology::proxycore::tunnel {
namespace {

template <class T> using Read = boost::system::result<T, HopFailure>;

struct Scheme {
    std::string_view name;
    Hop::Protocol protocol;
    bool is_secure;
    std::uint16_t port;
};
// The first scheme of a protocol is the one that is printed.
constexpr std::array schemes{
    Scheme{"http", Hop::Protocol::http, false, 80},
    Scheme{"https", Hop::Protocol::http, true, 443},
    Scheme{"socks5", Hop::Protocol::socks5, false, 1080},
    Scheme{"socks5h", Hop::Protocol::socks5, false, 1080},
};

constexpr std::size_t max_socks_credential = 255;  // RFC 1929 §2

class HopParser {
public:
    explicit HopParser(std::string_view whole) : whole_(whole) {}

    Read<std::vector<Hop>> parse() const {
        std::vector<Hop> hops;
        for (auto rest = whole_;;) {
            auto const comma = std::min(rest.find(','), rest.size());
            auto hop = parse_hop(rest.substr(0, comma));
            if (!hop) return hop.error();
            hops.push_back(*std::move(hop));
            if (comma == rest.size()) return hops;
            rest.remove_prefix(comma + 1);
        }
    }

private:
    HopFailure fail(HopErrc code, std::string_view part, std::string message) const {
        auto const begin = static_cast<std::size_t>(part.data() - whole_.data());
        return {{code, std::move(message)}, {begin, begin + part.size()}};
    }

    Read<Hop> parse_hop(std::string_view text) const {
        auto const mark = text.find("://");
        bool const has_scheme = mark != std::string_view::npos;
        auto const scheme_name = has_scheme ? ascii::lowered(text.substr(0, mark)) : std::string("http");
        auto const* const scheme = std::ranges::find(schemes, scheme_name, &Scheme::name);
        if (scheme == schemes.end())
            return fail(HopErrc::bad_scheme, text.substr(0, mark), "expected one of the schemes http, https, socks5");
        Hop hop{scheme->protocol, scheme->is_secure, {}, {}, {}};
        auto authority = has_scheme ? text.substr(mark + 3) : text;
        if (auto const failure = cut_path(authority)) return *failure;
        auto const at = authority.rfind('@');
        if (at != std::string_view::npos) {
            auto credentials = parse_credentials(authority.substr(0, at), hop.protocol);
            if (!credentials) return credentials.error();
            hop.credentials = *std::move(credentials);
            authority.remove_prefix(at + 1);
        }
        auto const place = parse_place(authority);
        if (!place) return place.error();
        hop.address = place->with_default(scheme->port);
        return hop;
    }

    /// A slash alone may end the URL.
    std::optional<HopFailure> cut_path(std::string_view& authority) const {
        auto const end = authority.find_first_of("/?#");
        if (end == std::string_view::npos) return std::nullopt;
        auto const path = authority.substr(end);
        if (path == "/") {
            authority.remove_suffix(1);
            return std::nullopt;
        }
        bool const is_in_password = path.find('@') != std::string_view::npos;
        return fail(HopErrc::unexpected_path, path,
                    is_in_password ? "expected the host of a proxy after user and password, in which / is written "
                                     "as %2F, ? as %3F and # as %23"
                                   : "a proxy is host and port alone, without a path");
    }

    /// The failures mark the user alone: the password is not shown.
    Read<Credentials> parse_credentials(std::string_view text, Hop::Protocol protocol) const {
        auto const colon = std::min(text.find(':'), text.size());
        auto const user = text.substr(0, colon);
        Credentials credentials{percent_decode(user), percent_decode(text.substr(std::min(colon + 1, text.size())))};
        if (user.empty()) return fail(HopErrc::bad_credentials, user, "expected a user before the @");
        bool const is_socks = protocol == Hop::Protocol::socks5;
        if (!is_socks && credentials.user.find(':') != std::string::npos)
            return fail(HopErrc::bad_credentials, user, "an HTTP proxy cannot be sent a user with a colon (RFC 7617)");
        if (is_socks && std::max(credentials.user.size(), credentials.password.size()) > max_socks_credential)
            return fail(HopErrc::bad_credentials, user,
                        "a SOCKS5 server takes user and password of up to 255 bytes (RFC 1929)");
        return credentials;
    }

    Read<HostPort> parse_place(std::string_view text) const {
        auto parsed = parse_host_port(text, 1);
        if (parsed) return *std::move(parsed);
        auto const& [begin, end] = parsed.error().span;
        auto const code = parsed.error().code == EndpointErrc::bad_host ? HopErrc::bad_host : HopErrc::bad_port;
        return fail(code, text.substr(begin, end - begin), parsed.error().message);
    }

    std::string_view whole_;
};

std::string to_url(Hop const& hop) {
    if (!hop.credentials) return to_string(hop);
    auto const& [user, password] = *hop.credentials;
    return std::string(scheme_of(hop)) + "://" + percent_encode(user, "") + ":" + percent_encode(password, "") + "@" +
           to_string(hop.address) + "/";
}

}  // namespace

boost::system::result<std::vector<Hop>, HopFailure> parse_hops(std::string_view text) {
    return HopParser(text).parse();
}

std::string_view scheme_of(Hop const& hop) {
    for (auto const& scheme : schemes)
        if (scheme.protocol == hop.protocol && scheme.is_secure == hop.is_secure) return scheme.name;
    return "socks5";  // TLS with a SOCKS5 server has no scheme
}

std::string to_string(Hop const& hop) {
    auto text = std::string(scheme_of(hop)) + "://";
    if (hop.credentials) text += percent_encode(hop.credentials->user, "") + ":***@";
    return text + to_string(hop.address);
}

std::string to_string(std::span<Hop const> hops) {
    std::string text;
    for (auto const& hop : hops) text.append(text.empty() ? "" : ",").append(to_string(hop));
    return text;
}

std::string to_urls(std::span<Hop const> hops) {
    std::string text;
    for (auto const& hop : hops) text.append(text.empty() ? "" : ",").append(to_url(hop));
    return text;
}

std::string label_of(Hop const& hop) {
    auto const address = to_string(hop.address);
    return hop.name.empty() ? address : hop.name + " (" + address + ")";
}

}  // namespace pathology::proxycore::tunnel
