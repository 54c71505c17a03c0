// Formats flows as lines of text.
#pragma once

#include <cstddef>
#include <pathology/proxycore/flow/http_flow.hpp>
#include <pathology/proxycore/flow/tcp_flow.hpp>
#include <string>
#include <string_view>

namespace pathology::proxycore::addons {

/// The amount of output and its target.
struct DumpStyle {
    std::int64_t detail = 1;
    std::size_t max_lines = 512;  ///< of a body at detail 3
    bool shows_host = false;      ///< URLs name the host of the Host field
    bool is_terminal = false;
    std::size_t columns = 80;
};

/// Appends complete lines to a text. The functions for messages write the last message of the flow.
class DumpWriter {
public:
    DumpWriter(DumpStyle const& style, std::string& out) : style_(style), out_(out) {}

    /// The begin of a body.
    struct Part {
        std::string bytes{};
        bool is_cut = false;
    };

    void http(flow::HttpFlow const& flow);
    void websocket_message(flow::HttpFlow const& flow);
    void websocket_end(flow::HttpFlow const& flow);
    void tcp_message(flow::TcpFlow const& flow);
    void tcp_error(flow::TcpFlow const& flow);

private:
    void request_line(flow::HttpFlow const& flow);
    void response_line(flow::HttpFlow const& flow);
    void message(flow::Message const& message, http::Fields const& headers);
    void content(flow::Message const& message);
    void fields(http::Fields const& fields);
    void body(Part const& part, bool is_binary);
    void error_line(std::string_view text);
    /// "127.0.0.1:4000 -> tcp -> origin.test:7000"
    void message_line(flow::Flow const& flow, bool from_client, std::string_view what, std::string_view path);
    std::string url_of(flow::Request const& request) const;

    void paint(std::string_view parameters, std::string_view text);

    DumpStyle const& style_;
    std::string& out_;
};

}  // namespace pathology::proxycore::addons
