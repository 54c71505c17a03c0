// Bytes that are not HTTP.
#include "matrix/exchange.hpp"
#include "matrix/tcp_server.hpp"

namespace pathology::integration::matrix {

void run_tcp(Topology& topology, Cell const& cell, Report& report) {
    auto& server = *topology.tcp;
    server.fault = cell.fault();
    auto const before = topology.hooks->flow_hooks().size();
    bool const is_whole = cell.fault() == Fault::none;
    {
        auto const client = topology.connect({});
        client->send(tcp_ping);
        std::string const expected(tcp_pong.substr(0, is_whole ? tcp_pong.size() : 2));
        report.expect_equal("what the client read", client->read(expected.size()), expected);
        bool const ends_by_client = is_whole || cell.fault() == Fault::stall;
        if (ends_by_client) client->close();
        report.expect_equal("what the client read behind it", client->read_to_end(), "");
    }
    report.expect_equal("what the server read", server.received(), tcp_ping);
    auto const flow = topology.proxy->take_flow(record_patience).value();
    report.expect_equal("the protocol of the flow", flow.protocol, "tcp");
    report.expect_equal("the messages of the flow", flow.messages.size(), 2U);
    auto const hooks = hooks_since(topology, before);
    report.expect(hooks.starts_with("tcp_start tcp_message tcp_message tcp_"), "the hooks are " + hooks);
    report.expect_equal("whether the flow has an error", !flow.error.empty(), hooks.ends_with("tcp_error"));
}

}  // namespace pathology::integration::matrix
