// Which cells cannot be, each with its reason.
#include "matrix/cell.hpp"

namespace pathology::integration::matrix {
namespace {

using Reason = std::optional<std::string>;

Reason of_route(Cell const& cell) {
    bool const is_direct = cell.route() == Route::direct;
    if (cell.mode() == Mode::upstream && is_direct) return "upstream mode has no direct route";
    if (cell.mode() == Mode::forwarder && is_direct) return "the backend of a forwarder names a proxy for each request";
    if (cell.mode() == Mode::forwarder && cell.route() == Route::chain)
        return "the backend of a forwarder names one proxy";
    return std::nullopt;
}

Reason of_protocols(Cell const& cell) {
    bool const is_h2_server = cell.server() == Http::h2;
    if (cell.exchange() == Exchange::tcp) {
        if (cell.client() == Http::h2 || is_h2_server)
            return "bytes that are not HTTP have no version: they are in h1/h1";
        if (cell.mode() == Mode::forwarder) return "a forwarder closes connections that are not HTTP";
        return std::nullopt;
    }
    if (is_websocket(cell.exchange()) && is_h2_server)
        return "pathod announces no extended CONNECT, so a WebSocket goes to it over HTTP/1";
    if (!is_h2_server) return std::nullopt;
    if (cell.client() == Http::h1)
        return "a server is asked over HTTP/2 for clients of HTTP/2 alone, if it takes HTTP/1 as well";
    if (cell.is_tls()) return std::nullopt;
    if (cell.mode() == Mode::reverse) return "a server without TLS behind a reverse proxy is asked over HTTP/1";
    return std::nullopt;
}

Reason of_fault(Cell const& cell) {
    if (cell.fault() == Fault::none) return std::nullopt;
    if (cell.addon() == Addon::responds) return "an addon that responds itself leaves no response for a fault";
    if (cell.exchange() == Exchange::tcp && cell.fault() == Fault::garbage)
        return "bytes that are not HTTP are never garbage";
    if (is_error(cell.exchange()) && cell.fault() == Fault::truncate) return "an error is a response that is truncated";
    return std::nullopt;
}

Reason of_addon(Cell const& cell) {
    if (cell.addon() != Addon::none && cell.exchange() == Exchange::tcp)
        return "bytes that are not HTTP have no request that an addon edits, responds or holds";
    return std::nullopt;
}

}  // namespace

std::optional<std::string> why_impossible(Cell const& cell) {
    for (auto* const rule : {of_route, of_protocols, of_fault, of_addon})
        if (auto reason = rule(cell)) return reason;
    return std::nullopt;
}

}  // namespace pathology::integration::matrix
