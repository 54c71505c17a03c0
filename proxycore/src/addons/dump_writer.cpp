// The blocks that the dumper prints for a flow, at flow_detail 1 to 4. Every string of a peer goes through
// http::terminal_text() or http::escaped() before it is appended, so that no peer can control the terminal.
//
//      192.0.2.7:50312: GET http://example.org/index.html        1: request line
//          Host: example.org                                     2: fields
//                                                                3: body, cut off after max_lines; 4: the first MiB
//                   << 200 OK 1.2k                               1: response line, aligned with the method

#include "addons/dump_writer.hpp"

#include <algorithm>
#include <optional>
#include <pathology/proxycore/console/dump.hpp>
#include <pathology/proxycore/content/coding.hpp>
#include <pathology/proxycore/content/decoder.hpp>
#include <pathology/proxycore/http/escaped.hpp>

#include "addons/paint.hpp"
#include "addons/printable.hpp"
#include "content/media_type.hpp"

namespace pathology::proxycore::addons {
namespace {

using http::terminal_text;

constexpr std::string_view indent = "    ";
constexpr std::string_view missing = "(content missing)";
/// The hooks run on the loop of the proxy, so only so much of a body is decoded and printed.
constexpr std::size_t max_shown = 1 << 20;
constexpr std::string_view replayed = "[replay]";

std::string address_of(std::optional<Endpoint> const& address) { return address ? to_string(*address) : "?"; }

bool is_http1(http::Version version) { return version.major == 1; }

/// The version is shown only if it is not HTTP/1 on both sides.
bool shows_version(http::Version its, http::Version other) { return !is_http1(its) || its != other; }

/// What a request asks for, as far as the client has said it.
std::string named_by(flow::Request const& request, bool shows_host) {
    if (!request.raw_line.empty()) return request.raw_line;
    auto url = shows_host ? request.pretty_url() : request.url();
    return url.empty() ? request.to_head().target : url;
}

std::string_view method_colour(std::string_view method) {
    if (method == "GET") return sgr::bold_green;
    return method == "DELETE" ? sgr::bold_red : sgr::bold_magenta;
}

std::string_view status_colour(unsigned code) {
    if (code == 418) return sgr::bold_red_blinking;
    if (code >= 200 && code < 300) return sgr::bold_green;
    if (code >= 300 && code < 400) return sgr::bold_magenta;
    return code >= 400 && code < 600 ? sgr::bold_red : sgr::bold;
}

bool names_charset(flow::Message const& message) {
    auto const type = content::parse_media_type(message.headers.first("Content-Type").value_or(""));
    return type && type->parameter("charset");
}

DumpWriter::Part part_of(std::string_view bytes) {
    return {std::string(bytes.substr(0, max_shown)), bytes.size() > max_shown};
}

/// The begin of the content without its codings; as it is if they cannot be undone.
DumpWriter::Part decoded_part(flow::Message const& message) {
    auto const field = message.headers.first("Content-Encoding");
    auto const codings = content::parse_content_encoding(field.value_or(""));
    if (!field || !codings || codings->empty()) return part_of(*message.raw_content);
    DumpWriter::Part part;
    content::Decoder decoder(*codings, max_shown);
    auto decoded = decoder.feed(*message.raw_content, part.bytes);
    if (decoded) decoded = decoder.finish(part.bytes);
    part.is_cut = !decoded && decoded.error().code == content::Errc::too_large;
    return decoded || part.is_cut ? part : part_of(*message.raw_content);
}

/// A part may end inside of a character.
std::optional<std::string> text_of(DumpWriter::Part const& part, flow::Message const& message) {
    flow::Response whole;
    whole.headers = message.headers;
    whole.headers.remove("Content-Encoding");
    whole.raw_content = part.bytes;
    auto text = whole.text(part.is_cut ? flow::Strictness::lenient : flow::Strictness::strict);
    if (!text) return std::nullopt;
    return std::move(*text);
}

// HTTP/2 has no reason phrase; the one of the registry is shown instead.
std::string_view reason_of(flow::Response const& response) {
    return is_http1(response.http_version) ? std::string_view(response.reason) : flow::reason_of(response.status_code);
}

}  // namespace

void DumpWriter::http(flow::HttpFlow const& flow) {
    request_line(flow);
    message(flow.request, flow.request.secret_field.empty() ? flow.request.headers : flow.request.shown_fields());
    if (flow.response) {
        response_line(flow);
        message(*flow.response, flow.response->headers);
    }
    if (flow.error) error_line(" << " + terminal_text(flow.error->message));
}

void DumpWriter::request_line(flow::HttpFlow const& flow) {
    if (flow.is_replay == flow::Replay::request)
        paint(sgr::bold_yellow, replayed);
    else
        out_ += terminal_text(address_of(flow.client_conn->peername));
    out_ += ": ";
    if (flow.request.raw_line.empty()) {
        paint(method_colour(flow.request.method()), terminal_text(flow.request.raw_method));
        out_ += ' ';
    }
    paint(sgr::bold, url_of(flow.request));
    auto const version = flow.request.http_version;
    if (shows_version(version, flow.response ? flow.response->http_version : http::Version{}))
        out_ += " " + to_string(version);
    out_ += '\n';
}

std::string DumpWriter::url_of(flow::Request const& request) const {
    auto url = terminal_text(named_by(request, style_.shows_host));
    if (!style_.is_terminal || style_.detail > 1) return url;
    // Only the short form is shortened, to keep a flow on one line; files and higher details get the whole URL.
    auto length = std::max<std::size_t>(style_.columns, 75) - 25;  // columns of the address before it
    if (url.size() <= length) return url;
    while ((static_cast<unsigned char>(url[length]) & 0xc0) == 0x80) --length;  // not inside a character
    return url.substr(0, length) + "…";
}

void DumpWriter::response_line(flow::HttpFlow const& flow) {
    auto const& response = *flow.response;
    auto const replay = flow.is_replay == flow::Replay::response ? replayed : std::string_view();
    std::string version;
    if (shows_version(response.http_version, flow.request.http_version))
        version = to_string(response.http_version) + " ";
    if (!replay.empty()) paint(sgr::bold_yellow, replay);
    if (style_.detail == 1) {  // the status is printed below the method
        auto const taken = 2 + version.size() + replay.size();
        auto const address = flow.client_conn->peername ? to_string(*flow.client_conn->peername).size() : 0;
        out_.append(address > taken ? address - taken : 0, ' ');
    }
    paint(sgr::bold, " <<");
    out_ += " " + version;
    auto const colour = status_colour(response.status_code);
    paint(colour, std::to_string(response.status_code));
    out_ += ' ';
    paint(colour, terminal_text(reason_of(response)));
    out_ += ' ';
    paint(sgr::bold, response.raw_content ? human_size(response.raw_content->size()) : missing);
    out_ += '\n';
}

void DumpWriter::message(flow::Message const& message, http::Fields const& headers) {
    if (style_.detail < 2) return;
    fields(headers);
    if (style_.detail >= 3) content(message);
    if (!message.trailers || message.trailers->begin() == message.trailers->end()) return;
    out_ += indent;
    paint(sgr::magenta, "--- HTTP Trailers");
    out_ += '\n';
    fields(*message.trailers);
}

void DumpWriter::content(flow::Message const& message) {
    if (!message.raw_content) return body({std::string(missing)}, false);
    auto part = decoded_part(message);
    bool const is_binary = is_mostly_binary(part.bytes);
    // Without a charset the default would be ISO-8859-1, in which all bytes are valid: images would be printed as text.
    if (!names_charset(message)) return body(part, is_binary);
    auto text = text_of(part, message);
    if (!text || is_mostly_binary(*text)) return body(part, is_binary);
    body({std::move(*text), part.is_cut}, false);
}

void DumpWriter::fields(http::Fields const& fields) {
    for (auto const [name, value] : fields) {
        out_ += indent;
        paint(sgr::blue, http::escaped(name));
        out_ += ": " + http::escaped(value) + "\n";
    }
}

void DumpWriter::body(Part const& part, bool is_binary) {
    if (!part.bytes.empty()) out_ += '\n';
    // Both forms are lines; a hex dump is cut off by the same rule as text. Only detail 3 has a limit of lines.
    auto const dump = is_binary ? console::dump_hex(part.bytes) : std::string();
    auto rest = is_binary ? std::string_view(dump) : std::string_view(part.bytes);
    bool is_cut = part.is_cut;
    for (std::size_t lines = 0; !rest.empty(); ++lines) {
        is_cut = is_cut || (style_.detail == 3 && lines == style_.max_lines);
        if (style_.detail == 3 && lines == style_.max_lines) break;
        auto line = rest.substr(0, rest.find('\n'));
        rest.remove_prefix(std::min(line.size() + 1, rest.size()));
        if (is_binary) line.remove_prefix(1);  // the tab
        if (line.ends_with('\r')) line.remove_suffix(1);
        out_ += indent;
        http::append_terminal_text(out_, line, http::WhiteSpace::lines);
        out_ += '\n';
    }
    if (is_cut) {
        out_ += indent;
        paint(sgr::dim, "(cut off)");
        out_ += '\n';
    }
    out_ += '\n';
}

// --- messages --------------------------------------------------------------------------------------------------------

void DumpWriter::message_line(flow::Flow const& flow, bool from_client, std::string_view what, std::string_view path) {
    auto const arrow = from_client ? " -> " : " <- ";
    out_ += terminal_text(address_of(flow.client_conn->peername));
    ((out_ += arrow) += what) += arrow;
    out_ += terminal_text(address_of(flow.server_conn->address())) + terminal_text(path) + "\n";
}

void DumpWriter::websocket_message(flow::HttpFlow const& flow) {
    auto const& message = flow.websocket->messages.back();
    auto const what = message.is_text() ? "WebSocket text message" : "WebSocket binary message";
    message_line(flow, message.from_client, what, flow.request.path);
    if (style_.detail >= 3) body(part_of(message.content), !message.is_text() && is_mostly_binary(message.content));
}

void DumpWriter::tcp_message(flow::TcpFlow const& flow) {
    auto const& message = flow.messages.back();
    message_line(flow, message.from_client, "tcp", "");
    if (style_.detail >= 3) body(part_of(message.content), is_mostly_binary(message.content));
}

void DumpWriter::tcp_error(flow::TcpFlow const& flow) {
    auto const message = flow.error ? terminal_text(flow.error->message) : std::string();
    error_line("Error in TCP connection to " + terminal_text(address_of(flow.server_conn->address())) + ": " + message);
}

namespace {

/// RFC 6455 §7.4.1 and the registry.
std::string name_of_close(std::uint16_t code) {
    switch (code) {
        case 1002: return "PROTOCOL_ERROR";
        case 1003: return "UNSUPPORTED_DATA";
        case 1006: return "ABNORMAL_CLOSURE";
        case 1007: return "INVALID_FRAME_PAYLOAD_DATA";
        case 1008: return "POLICY_VIOLATION";
        case 1009: return "MESSAGE_TOO_BIG";
        case 1010: return "MANDATORY_EXT";
        case 1011: return "INTERNAL_ERROR";
        case 1012: return "SERVICE_RESTART";
        case 1013: return "TRY_AGAIN_LATER";
        case 1014: return "BAD_GATEWAY";
        case 1015: return "TLS_HANDSHAKE_FAILED";
        default: return "UNKNOWN_ERROR=" + std::to_string(code);
    }
}

// 1000 normal closure, 1001 going away, 1005 close frame without a code.
constexpr bool is_orderly(std::uint16_t code) { return code == 1000 || code == 1001 || code == 1005; }

}  // namespace

void DumpWriter::websocket_end(flow::HttpFlow const& flow) {
    // Without a close frame the code is 1006, which is never sent (RFC 6455 §7.1.5).
    auto const code = flow.websocket->close_code.value_or(1006);
    auto const reason = terminal_text(flow.websocket->close_reason.value_or(""));
    if (is_orderly(code)) {
        out_ += "WebSocket connection closed by ";
        out_ += flow.websocket->closed_by_client.value_or(false) ? "client: " : "server: ";
        out_ += std::to_string(code) + (reason.empty() ? "" : " " + reason) + "\n";
        return;
    }
    error_line("Error in WebSocket connection to " + terminal_text(address_of(flow.server_conn->address())) +
               ": WebSocket Error: " + name_of_close(code) + (reason.empty() ? "" : " (reason: " + reason + ")"));
}

void DumpWriter::error_line(std::string_view text) {
    paint(sgr::bold_red, text);
    out_ += '\n';
}

void DumpWriter::paint(std::string_view parameters, std::string_view text) {
    append_painted(out_, style_.is_terminal, parameters, text);
}

}  // namespace pathology::proxycore::addons
