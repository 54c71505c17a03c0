#include "matrix/exchange.hpp"

#include "matrix/tcp_server.hpp"

namespace pathology::integration::matrix {

std::string fault_at(Fault fault, std::string const& place) {
    switch (fault) {
        case Fault::none: return {};
        case Fault::stall: return ":d" + place + ",hold";
        case Fault::reset: return ":d" + place + ",rst";
        case Fault::half_close: return ":d" + place + ",half";
        case Fault::cut: return ":d" + place + ",cut";
        case Fault::truncate: return ":d" + place;
        case Fault::garbage: break;
    }
    // No status line; a frame of HTTP/2 that is too long; a frame of a WebSocket with reserved bits.
    return ":i" + std::string(place == "a" ? place : "0") + ",'\\xff\\xff\\xff\\xff garbage'";
}

std::string hooks_since(Topology const& topology, std::size_t flows_before) {
    (void)topology.proxy->wait_until_idle(record_patience);  // the last hooks may be behind what the client read
    auto const all = topology.hooks->flow_hooks();
    std::string text;
    for (auto i = flows_before; i < all.size(); ++i) {
        if (all[i].starts_with("http_connect")) continue;
        text += (text.empty() ? "" : ", ") + all[i];
    }
    return text;
}

namespace {

void expect_silence(Topology& topology, Cell const& cell, Report& report) {
    auto const clients = topology.proxy->wait_until_idle(record_patience);
    report.expect(bool(clients), "the proxy: " + clients.message());
    if (topology.daemon && !stays_at_server(cell)) {
        auto const servers = topology.daemon->wait_until_idle(record_patience);
        report.expect(bool(servers), "the server: " + servers.message());
    }
    report.expect_equal("the balance of hooks", topology.hooks->imbalance(), "");
}

}  // namespace

bool stays_at_server(Cell const& cell) {
    return cell.exchange() == Exchange::early && cell.fault() == Fault::stall && cell.addon() != Addon::responds;
}

Report run(Topology& topology, Cell const& cell) {
    Report report;
    topology.proxy->forget();
    if (topology.daemon) topology.daemon->forget();
    if (topology.tcp) topology.tcp->forget();
    topology.addon = cell.addon();
    topology.was_held = false;
    auto* const play = cell.exchange() == Exchange::tcp ? run_tcp
                       : is_websocket(cell.exchange())  ? run_websocket
                                                        : run_http;
    try {
        play(topology, cell, report);
    } catch (std::exception const& error) {
        report.add(error.what());
    }
    bool const may_have_no_request = cell.exchange() == Exchange::early;  // the response fails before the upload ends
    bool const is_held = cell.addon() == Addon::holds;
    report.expect(topology.was_held == is_held || may_have_no_request, "the flow was not held");
    expect_silence(topology, cell, report);
    topology.addon = Addon::none;
    return report;
}

}  // namespace pathology::integration::matrix
