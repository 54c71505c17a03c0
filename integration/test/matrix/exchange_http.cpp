// Requests and responses.
#include <optional>

#include "matrix/exchange.hpp"

namespace pathology::integration::matrix {
namespace {

/// How a cell is played.
struct Script {
    std::string response;          ///< a spec, in which FAULT stands for the fault at `place`
    std::string place = "body+3";  ///< where a fault occurs
    std::string content;           ///< of the response
    unsigned status = 200;
    std::string upload{};  ///< content of the request
    std::string upload_spec{};
    std::string interim{}, trailer{};  ///< status of an interim response; value of the trailer field X-Sum
    bool is_streamed = false;          ///< the response
    bool is_complete = false;          ///< before the place of the fault
};

Script script_of(Exchange exchange) {
    switch (exchange) {
        case Exchange::small: return {.response = "200:b'hello'FAULT", .content = "hello"};
        case Exchange::large:
            return {.response = "200:b<largeFAULT",
                    .place = "body+200000",
                    .content = large_content(),
                    .is_streamed = true};
        case Exchange::chunked: return {.response = "200:k'one ':k'two ':k'three'FAULT", .content = "one two three"};
        case Exchange::trailers:
            return {
                .response = "200:h'trailer'='x-sum':k'hello':e'x-sum'='7'FAULT", .content = "hello", .trailer = "7"};
        case Exchange::interim:
            return {.response = "103:h'link'='</a>' 200:b'hello'FAULT", .content = "hello", .interim = "103"};
        case Exchange::upload:
            return {.response = "200:b'taken'FAULT",
                    .content = "taken",
                    .upload = "hello server",
                    .upload_spec = ":b'hello server'"};
        case Exchange::early:
            return {.response = "413:whead:b'too large'FAULT",
                    .content = "too large",
                    .status = 413,
                    .upload_spec = ":b@300k,digits"};
        case Exchange::events:
            return {.response = "200:c'text/event-stream':k'data: 1\\n\\n':k'data: 2\\n\\n'FAULT",
                    .content = "data: 1\n\ndata: 2\n\n",
                    .is_streamed = true};
        case Exchange::error_before: return {.response = "200:b'hello'FAULT", .place = "0", .content = "hello"};
        case Exchange::error_middle: return {.response = "200:b'hello'FAULT", .content = "hello"};
        default: break;
    }
    return {.response = "200:b'hello'FAULT", .place = "a", .content = "hello", .is_complete = true};
}

/// What the client gets.
enum class Outcome { whole, responded, bad_gateway, broken, nothing };

Outcome outcome_of(Cell const& cell, Script const& script, Fault fault) {
    if (cell.addon() == Addon::responds) return Outcome::responded;
    if (fault == Fault::none || script.is_complete) return Outcome::whole;
    if (fault == Fault::stall) return Outcome::nothing;
    return script.is_streamed && fault != Fault::garbage ? Outcome::broken : Outcome::bad_gateway;
}

/// The fault that occurs: that of the cell, or the end that an error has by itself.
Fault fault_of(Cell const& cell) {
    return is_error(cell.exchange()) && cell.fault() == Fault::none ? Fault::truncate : cell.fault();
}

std::string replaced(std::string text, std::string_view word, std::string const& by) {
    if (auto const at = text.find(word); at != text.npos) text.replace(at, word.size(), by);
    return text;
}

bool is_buffered_upload(Script const& script) { return !script.upload.empty(); }

struct Sides {
    Cell const& cell;
    Script const& script;
    Outcome outcome;
    std::string content() const {
        bool const is_edited = cell.addon() == Addon::edits && !script.is_streamed;
        return outcome == Outcome::responded ? "responded" : is_edited ? "edited" : script.content;
    }
    unsigned status() const {
        return outcome == Outcome::responded ? 403 : outcome == Outcome::bad_gateway ? 502 : script.status;
    }
};

void expect_client(Sides const& sides, pathoc::Result<pathoc::Response> const& response, Report& report) {
    if (sides.outcome == Outcome::nothing || sides.outcome == Outcome::broken) {
        report.expect(!response, "the client has a whole response, of status " +
                                     (response ? std::to_string(response->status()) : std::string()));
        return;
    }
    if (!response) return report.add("the client has no response: " + response.error().message);
    report.expect_equal("the client's status", response->status(), sides.status());
    if (sides.outcome == Outcome::bad_gateway) return;
    report.expect_equal("the client's content", response->body, sides.content());
    bool const is_edited = sides.cell.addon() == Addon::edits && sides.outcome == Outcome::whole;
    report.expect_equal("the client's X-Edited", response->head.fields.first("x-edited").value_or(""),
                        is_edited && !sides.script.is_streamed ? "response" : "");
    if (sides.outcome == Outcome::responded) return;
    report.expect_equal("the client's trailer", response->trailers.first("x-sum").value_or(""), sides.script.trailer);
    std::string interim;
    for (auto const& head : response->interim)
        if (head.status != 100) interim += std::to_string(head.status);
    report.expect_equal("the client's interim responses", interim, sides.script.interim);
}

void expect_server(Sides const& sides, Topology& topology, std::string const& path, Report& report) {
    if (sides.outcome == Outcome::responded)
        return report.expect_equal("the server's requests", topology.daemon->requests().size(), 0U);
    auto request = topology.daemon->take_request(record_patience).value();
    if (request.method == "PRI")
        request = topology.daemon->take_request(record_patience).value();  // asked whether it is HTTP/2
    auto const& cell = sides.cell;
    report.expect_equal("the server's method", request.method, sides.script.upload_spec.empty() ? "GET" : "POST");
    report.expect_equal("the server's path", request.path, path);
    report.expect_equal("HTTP/2 of the server", request.stream.has_value(), cell.server() == Http::h2);
    report.expect_equal("the server's X-Cell", request.header("x-cell").value_or(""), "yes");
    bool const is_edited = cell.addon() == Addon::edits;
    if (cell.exchange() == Exchange::early) return;
    report.expect_equal("the server's X-Edited", request.header("x-edited").value_or(""), is_edited ? "request" : "");
    auto const upload = is_edited && is_buffered_upload(sides.script) ? "edited" : sides.script.upload;
    report.expect_equal("the server's content", request.body, upload);
}

void expect_hooks(Sides const& sides, Topology const& topology, std::size_t before, Report& report) {
    auto const hooks = hooks_since(topology, before);
    bool const has_no_error = topology.is_read_by_upstream(sides.cell) && sides.outcome == Outcome::bad_gateway;
    bool const is_whole = sides.outcome == Outcome::whole || sides.outcome == Outcome::responded || has_no_error;
    report.expect(hooks.starts_with("requestheaders") && hooks.find(',') == hooks.npos, "the hooks are " + hooks);
    report.expect(is_whole == !hooks.ends_with(" error"), "the hooks are " + hooks);
    if (is_whole && sides.cell.exchange() != Exchange::early && sides.outcome == Outcome::whole)
        report.expect_equal("the order of hooks", hooks, "requestheaders request responseheaders response");
}

void expect_flow(Sides const& sides, Topology& topology, std::string const& path, Report& report) {
    auto const flow = topology.proxy->take_flow(record_patience).value();
    report.expect(flow.url.ends_with(path), "the URL of the flow is " + flow.url);
    bool const is_whole = sides.outcome == Outcome::whole || sides.outcome == Outcome::responded;
    if (!is_whole && topology.is_read_by_upstream(sides.cell)) return;
    report.expect(is_whole == flow.error.empty(), "the error of the flow is '" + flow.error + "'");
    if (!is_whole) return;
    report.expect_equal("the status of the flow", flow.response.status, sides.status());
    if (!sides.script.is_streamed) report.expect_equal("the content of the flow", flow.response.body, sides.content());
    if (sides.outcome == Outcome::whole)
        report.expect_equal("whether the flow has an upstream proxy", !flow.via.empty(),
                            sides.cell.route() != Route::direct);
}

}  // namespace

void run_http(Topology& topology, Cell const& cell, Report& report) {
    auto const fault = fault_of(cell);
    auto const script = script_of(cell.exchange());
    auto const path = "/" + to_string(cell);
    topology.daemon->on(path + "$", replaced(script.response, "FAULT", fault_at(fault, script.place)));
    auto const before = topology.hooks->flow_hooks().size();
    Sides const sides{cell, script, outcome_of(cell, script, fault)};
    {
        auto client = topology.client(cell);
        auto const* const method = script.upload_spec.empty() ? "get:" : "post:";
        auto const spec = method + topology.target(cell, path) + ":h'x-cell'='yes'" + script.upload_spec;
        expect_client(sides, client.request(spec), report);
    }
    expect_flow(sides, topology, path, report);
    expect_server(sides, topology, path, report);
    expect_hooks(sides, topology, before, report);
}

}  // namespace pathology::integration::matrix
