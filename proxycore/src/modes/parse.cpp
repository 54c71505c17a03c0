// A recursive-descent parser without a tokenizer: the grammar, in mode.hpp, is split from the outside in.
//
//     name:data@host:port ─▶ first ":" ─▶ name
//                         └▶ last "@" ─▶ listen, data ─▶ scheme "://" place, or proxies
//
// Every part is a view into the specification, so its pointer is its place for failures.

#include <algorithm>
#include <pathology/proxycore/ascii.hpp>
#include <pathology/proxycore/flow/url.hpp>
#include <pathology/proxycore/http/escaped.hpp>
#include <pathology/proxycore/modes/mode.hpp>
#include <span>

#include <pathology/proxycore/endpoint.hpp>

namespace pathology::proxycore::modes {
namespace {

using Schemes = std::span<std::string_view const>;

/// The whole specification, to locate a part of it in failures.
class Text {
public:
    explicit Text(std::string_view whole) : whole_(whole) {}

    Failure fail(Errc code, std::string_view part, std::string message) const {
        auto const begin = static_cast<std::size_t>(part.data() - whole_.data());
        return {code, std::move(message), begin, begin + part.size()};
    }

private:
    std::string_view whole_;
};

/// Host and port of `part`; a failure has its place in the whole specification.
Result<HostPort> parse_place(Text const& text, std::string_view part, std::uint16_t min_port) {
    auto parsed = parse_host_port(part, min_port);
    if (parsed) return *std::move(parsed);
    auto const& failure = parsed.error();
    auto const& span = failure.span;
    auto const code = failure.code == EndpointErrc::bad_host ? Errc::bad_host : Errc::bad_port;
    return text.fail(code, part.substr(span.begin, span.end - span.begin), failure.message);
}

/// A port alone, or host and port.
Result<Listen> parse_listen(Text const& text, std::string_view part) {
    bool const has_host = part.find(':') != std::string_view::npos;
    if (has_host) {
        auto place = parse_place(text, part, 0);
        if (place.has_error()) return place.error();
        if (place->port) return Listen{std::move(place->host), place->port};
    }
    auto const port = parse_port(part);
    if (!port) return text.fail(Errc::bad_port, part, "expected a port, a number from 0 to 65535");
    return Listen{{}, port};
}

std::string joined(std::span<std::string_view const> words) {
    std::string list;
    for (auto const word : words) list.append(list.empty() ? "" : ", ").append(word);
    return list;
}

Result<flow::ServerSpec> parse_server(Text const& text, std::string_view part, Schemes schemes) {
    auto const mark = part.find("://");
    auto const scheme =
        mark == std::string_view::npos ? std::string(schemes.front()) : ascii::lowered(part.substr(0, mark));
    if (std::find(schemes.begin(), schemes.end(), scheme) == schemes.end())
        return text.fail(Errc::bad_scheme, part.substr(0, mark), "expected one of the schemes " + joined(schemes));
    auto place = mark == std::string_view::npos ? part : part.substr(mark + 3);
    if (auto const slash = place.find_first_of("/?#"); slash != std::string_view::npos) {
        if (place.substr(slash) != "/")
            return text.fail(Errc::unexpected_path, place.substr(slash),
                             "a server is host and port alone, without a path");
        place.remove_suffix(1);
    }
    auto const endpoint = parse_place(text, place, 1);
    if (endpoint.has_error()) return endpoint.error();
    auto const port = endpoint->port ? endpoint->port : flow::default_port(scheme);
    if (!port)
        return text.fail(Errc::missing_port, place.substr(place.size()),
                         "expected \":\" and a port, as " + scheme + " has none of its own");
    return flow::ServerSpec{scheme, {endpoint->host, *port}};
}

using Kind = decltype(Mode::is);

Errc code_of(tunnel::HopErrc code) {
    switch (code) {
        case tunnel::HopErrc::bad_scheme: return Errc::bad_scheme;
        case tunnel::HopErrc::bad_host: return Errc::bad_host;
        case tunnel::HopErrc::bad_port: return Errc::bad_port;
        case tunnel::HopErrc::bad_credentials: return Errc::bad_credentials;
        case tunnel::HopErrc::unexpected_path: break;
    }
    return Errc::unexpected_path;
}

Result<std::vector<tunnel::Hop>> parse_proxies(Text const& text, std::string_view part) {
    auto hops = tunnel::parse_hops(part);
    if (hops) return *std::move(hops);
    auto const& [begin, end] = hops.error().span;
    return text.fail(code_of(hops.error().code), part.substr(begin, end - begin), hops.error().message);
}

/// Whether the "@" at `at` ends the credentials of a proxy; otherwise a listening address follows. The rule is in
/// mode.hpp.
bool ends_credentials(std::string_view text, std::size_t at) {
    auto const behind = text.substr(at + 1);
    if (behind.find_first_of("/,") != std::string_view::npos) return true;
    auto const url = text.substr(0, at).substr(text.substr(0, at).rfind(',') + 1);
    auto const mark = url.find("://");
    auto const authority = url.substr(mark == std::string_view::npos ? 0 : mark + 3);
    bool const is_port = parse_port(behind).has_value();
    bool const is_whole = authority.find_first_of("@/") != std::string_view::npos || parse_host_port(authority);
    return !is_port && !is_whole;
}

template <class Is> Result<Kind> parse_data(Text const& text, std::string_view data) {
    auto const mode = "the mode " + std::string(Is::name);
    if constexpr (requires(Is is) { is.proxies; }) {
        if (data.empty()) return text.fail(Errc::missing_data, data, mode + " needs a proxy after a colon");
        auto proxies = parse_proxies(text, data);
        if (proxies.has_error()) return proxies.error();
        return Kind(Is{*std::move(proxies)});
    } else if constexpr (requires(Is is) { is.folder; }) {
        if (data.empty()) return text.fail(Errc::missing_data, data, mode + " needs a folder after a colon");
        return Kind(Is{std::string(data)});
    } else if constexpr (requires { Is::schemes; }) {
        if (data.empty()) return text.fail(Errc::missing_data, data, mode + " needs a server after a colon");
        auto server = parse_server(text, data, Is::schemes);
        if (server.has_error()) return server.error();
        return Kind(Is{*std::move(server)});
    } else {
        if (!data.empty()) return text.fail(Errc::unexpected_data, data, mode + " takes nothing after a colon");
        return Kind(Is{});
    }
}

/// Finds the type whose name was given: a fold over the alternatives of the variant, so a new mode is added to Mode
/// alone.
template <class... Is>
Result<Kind> parse_kind_of(std::variant<Is...> const*, Text const& text, std::string_view spelled,
                           std::string_view data) {
    auto const name = ascii::lowered(spelled);
    std::optional<Result<Kind>> kind;
    ((name == Is::name && (kind = parse_data<Is>(text, data), true)) || ...);
    if (kind) return *std::move(kind);
    constexpr std::array names{Is::name...};
    return text.fail(Errc::unknown_mode, spelled,
                     "unknown mode " + http::quoted(spelled) + "; known are " + joined(names));
}

Result<Kind> parse_kind(Text const& text, std::string_view spelled, std::string_view data) {
    return parse_kind_of(static_cast<Kind const*>(nullptr), text, spelled, data);
}

/// Behind the name and its colon.
struct Rest {
    std::string_view data;
    std::optional<std::string_view> listen;
};

Rest split_listen(std::string_view name, std::string_view rest) {
    auto const at = rest.rfind('@');
    bool const names_proxies = ascii::lowered(name) == Upstream::name;
    if (at == std::string_view::npos || (names_proxies && ends_credentials(rest, at))) return {rest, {}};
    return {rest.substr(0, at), rest.substr(at + 1)};
}

}  // namespace

Result<Mode> parse_mode(std::string_view whole) {
    Text const text(whole);
    auto const name = whole.substr(0, whole.find_first_of(":@"));
    auto const behind_name = whole.substr(name.size());
    auto const [data, listen_text] =
        split_listen(name, behind_name.starts_with(':') ? behind_name.substr(1) : behind_name);
    auto kind = parse_kind(text, name, data);
    if (kind.has_error()) return kind.error();
    Mode mode{*std::move(kind), {}};
    if (!listen_text) return mode;
    auto listen = parse_listen(text, *listen_text);
    if (listen.has_error()) return listen.error();
    mode.listen = *std::move(listen);
    return mode;
}

Result<flow::ServerSpec> parse_reverse_server(std::string_view text) {
    return parse_server(Text(text), text, Reverse::schemes);
}

Result<std::vector<tunnel::Hop>> parse_upstream_proxies(std::string_view text) {
    return parse_proxies(Text(text), text);
}

}  // namespace pathology::proxycore::modes
