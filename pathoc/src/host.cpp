#include <pathology/pathoc/host.hpp>

#include <algorithm>
#include <boost/throw_exception.hpp>
#include <charconv>
#include <stdexcept>

namespace pathology::pathoc {
namespace {

BadHost bad_host(std::string_view text) { return {"Invalid host spec: " + std::string(text)}; }

std::optional<std::uint16_t> read_port(std::string_view digits) {
    std::uint16_t port = 0;
    auto const* const end = digits.data() + digits.size();
    auto const [stop, error] = std::from_chars(digits.data(), end, port);
    if (error != std::errc() || stop != end || port == 0) return std::nullopt;
    return port;
}

}  // namespace

boost::system::result<Host, BadHost> parse_host(std::string_view text) {
    auto name = text;
    auto rest = std::string_view();
    if (text.starts_with('[')) {
        auto const close = text.find(']');
        if (close == std::string_view::npos) return bad_host(text);
        name = text.substr(1, close - 1);
        rest = text.substr(close + 1);
    } else if (std::count(text.begin(), text.end(), ':') == 1) {
        name = text.substr(0, text.find(':'));
        rest = text.substr(name.size());
    }
    if (name.empty() || name.find_first_of(" \t\r\n/@") != std::string_view::npos) return bad_host(text);
    if (rest.empty()) return Host{std::string(name), std::nullopt};
    if (!rest.starts_with(':')) return bad_host(text);
    auto const port = read_port(rest.substr(1));
    if (!port) return BadHost{"Invalid port in host spec: " + std::string(text)};
    return Host{std::string(name), port};
}

std::string to_string(std::string_view name, std::uint16_t port) {
    bool const is_ipv6 = name.find(':') != std::string_view::npos;
    auto text = is_ipv6 ? "[" + std::string(name) + "]" : std::string(name);
    return text + ":" + std::to_string(port);
}

void throw_exception_from_error(BadHost const& bad, boost::source_location const& where) {
    boost::throw_exception(std::invalid_argument(bad.message), where);
}

}  // namespace pathology::pathoc
