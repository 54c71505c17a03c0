// When a flow is printed: at its end, which is one of response, error and http_connect_error for an HTTP exchange, or
// with each message of a WebSocket or TCP connection. The format is in dump_writer.cpp.

#include <pathology/proxycore/addons/dumper.hpp>
#include <pathology/proxycore/addons/host.hpp>

#include "addons/dump_writer.hpp"

namespace pathology::proxycore::addons {
namespace {

constexpr std::int64_t max_detail = 4;

}  // namespace

void Dumper::load(Host& host) {
    host.option(
        "flow_detail", detail_,
        "How much of a flow is shown: 0 nothing, 1 a line for the request and one for the response, 2 and header "
        "fields, 3 and the beginning of bodies and messages, 4 and all of them.");
    host.option("showhost", shows_host_, "Show the host that the client names, not the address it is sent to.");
    host.option("content_view_lines_cutoff", max_lines_, "How many lines of a body are shown at flow_detail 3.");
}

void Dumper::configure(Options const& /*options*/, std::set<std::string> const& /*changed*/) {
    if (detail_ < 0 || detail_ > max_detail) throw OptionsError("flow_detail takes a number from 0 to 4");
    if (max_lines_ < 0) throw OptionsError("content_view_lines_cutoff must not be negative");
}

HookSet Dumper::unused() const {
    if (detail_ > 0) return {};
    return {Hook::response,      Hook::error,       Hook::http_connect_error, Hook::websocket_message,
            Hook::websocket_end, Hook::tcp_message, Hook::tcp_error};
}

template <class Print> void Dumper::show(Print print) {
    DumpStyle const style{detail_, static_cast<std::size_t>(max_lines_), shows_host_, sink_.is_terminal,
                          sink_.columns ? sink_.columns() : 80};
    // One write for a block, so that no other output comes between its lines. block_ keeps its memory between flows.
    block_.clear();
    DumpWriter writer(style, block_);
    print(writer);
    sink_.write(block_);
}

asio::awaitable<void> Dumper::response(flow::HttpFlow& flow) {
    show([&](DumpWriter& writer) { writer.http(flow); });
    co_return;
}

asio::awaitable<void> Dumper::error(flow::HttpFlow& flow) {
    show([&](DumpWriter& writer) { writer.http(flow); });
    co_return;
}

asio::awaitable<void> Dumper::http_connect_error(flow::HttpFlow& flow) {
    show([&](DumpWriter& writer) { writer.http(flow); });
    co_return;
}

asio::awaitable<void> Dumper::websocket_message(flow::HttpFlow& flow) {
    show([&](DumpWriter& writer) { writer.websocket_message(flow); });
    co_return;
}

asio::awaitable<void> Dumper::websocket_end(flow::HttpFlow& flow) {
    show([&](DumpWriter& writer) { writer.websocket_end(flow); });
    co_return;
}

asio::awaitable<void> Dumper::tcp_message(flow::TcpFlow& flow) {
    show([&](DumpWriter& writer) { writer.tcp_message(flow); });
    co_return;
}

asio::awaitable<void> Dumper::tcp_error(flow::TcpFlow& flow) {
    show([&](DumpWriter& writer) { writer.tcp_error(flow); });
    co_return;
}

}  // namespace pathology::proxycore::addons
