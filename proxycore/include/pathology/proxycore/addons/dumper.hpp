// Prints flows for people. The option flow_detail sets the amount:
//
//     0    nothing
//     1    127.0.0.1:57770: GET http://origin.test/hello        a line for the request, and one for its result
//                         << 200 OK 100b
//     2    and the header fields
//     3    and the first lines of bodies, of WebSocket messages and of TCP messages
//     4    and their first MiB
//
// Bytes from the network could control the terminal, so they are written by http::terminal_text(), and fields by
// http::escaped().
#pragma once

#include <pathology/proxycore/addons/addon.hpp>
#include <pathology/proxycore/addons/dump_sink.hpp>
#include <string>

namespace pathology::proxycore::addons {

/// The options are `flow_detail`, `showhost` and `content_view_lines_cutoff`. An HTTP flow is printed when it is
/// complete, a CONNECT only if it failed, messages as they arrive.
class Dumper final : public Addon {
public:
    explicit Dumper(DumpSink sink) : sink_(std::move(sink)) {}
    std::string name() const override { return "dumper"; }

    void load(Host& host) override;
    void configure(Options const& options, std::set<std::string> const& changed) override;
    HookSet unused() const override;
    asio::awaitable<void> response(flow::HttpFlow& flow) override;
    asio::awaitable<void> error(flow::HttpFlow& flow) override;
    asio::awaitable<void> http_connect_error(flow::HttpFlow& flow) override;
    asio::awaitable<void> websocket_message(flow::HttpFlow& flow) override;
    asio::awaitable<void> websocket_end(flow::HttpFlow& flow) override;
    asio::awaitable<void> tcp_message(flow::TcpFlow& flow) override;
    asio::awaitable<void> tcp_error(flow::TcpFlow& flow) override;

private:
    /// Writes what `print(DumpWriter&)` makes, as one block.
    template <class Print> void show(Print print);

    DumpSink sink_;
    std::int64_t detail_ = 1;
    std::int64_t max_lines_ = 512;
    bool shows_host_ = false;
    std::string block_{};  ///< kept for its memory
};

}  // namespace pathology::proxycore::addons
