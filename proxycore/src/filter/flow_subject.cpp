#include <pathology/proxycore/filter/flow_subject.hpp>

#include <pathology/proxycore/content/decoder.hpp>
#include <pathology/proxycore/flow/http_flow.hpp>
#include <pathology/proxycore/flow/tcp_flow.hpp>
#include <variant>

#include "flow/destination.hpp"

namespace pathology::proxycore::filter {
namespace {

Content whole(std::string_view bytes, std::uint64_t max) {
    if (bytes.size() > max) return {Content::State::too_long, {}};
    return {Content::State::whole, bytes};
}

std::optional<std::string_view> text_of(std::optional<Endpoint> const& endpoint, std::string& buffer) {
    if (!endpoint) return std::nullopt;
    flow::append_endpoint(buffer, endpoint->host, endpoint->port);
    return buffer;
}

/// Appends a value as the original prints one.
struct ValuePrinter {
    std::string& out;

    void operator()(std::monostate) const { out += "None"; }
    void operator()(bool value) const { out += value ? "True" : "False"; }
    void operator()(std::int64_t value) const { out += std::to_string(value); }
    void operator()(double value) const { out += std::to_string(value); }
    void operator()(std::string const& value) const { out += value; }
    void operator()(std::vector<std::string> const& values) const {
        for (auto const& value : values) out.append(&value == values.data() ? "" : ", ").append(value);
    }
};

}  // namespace

FlowSubject::FlowSubject(flow::Flow const& flow)
    : flow_(flow), http_(dynamic_cast<flow::HttpFlow const*>(&flow)), tcp_(dynamic_cast<flow::TcpFlow const*>(&flow)) {}

// --- the kind of flow ------------------------------------------------------------------------------------------------

Protocol FlowSubject::protocol() const { return tcp_ != nullptr ? Protocol::tcp : Protocol::http; }
bool FlowSubject::is_websocket() const { return http_ != nullptr && http_->websocket.has_value(); }

// --- messages of HTTP ------------------------------------------------------------------------------------------------

std::optional<std::string_view> FlowSubject::method() const {
    if (http_ == nullptr) return std::nullopt;
    return http_->request.raw_method;
}

std::optional<std::string_view> FlowSubject::host() const {
    if (http_ == nullptr) return std::nullopt;
    return http_->request.host();
}

std::optional<std::string_view> FlowSubject::pretty_host() const {
    if (http_ == nullptr) return std::nullopt;
    return flow::pretty_host_of(http_->request);
}

std::optional<std::string_view> FlowSubject::pretty_url(std::string& buffer) const {
    if (http_ == nullptr) return std::nullopt;
    flow::append_pretty_url(buffer, http_->request);
    return buffer;
}

bool FlowSubject::has_response() const { return http_ != nullptr && http_->response.has_value(); }

std::optional<std::uint64_t> FlowSubject::status() const {
    if (!has_response()) return std::nullopt;
    return http_->response->status_code;
}

flow::Message const* FlowSubject::message_of(Side side) const {
    if (http_ == nullptr) return nullptr;
    if (side == Side::request) return &http_->request;
    return http_->response ? &*http_->response : nullptr;
}

http::Fields const* FlowSubject::fields(Side side) const {
    auto const* const message = message_of(side);
    return message == nullptr ? nullptr : &message->headers;
}

Content FlowSubject::content(Side side, std::uint64_t max, std::string& buffer) const {
    auto const* const message = message_of(side);
    if (message == nullptr || !message->raw_content) return {};
    if (!message->headers.contains("content-encoding")) return whole(*message->raw_content, max);
    auto decoded = message->content(max);
    if (!decoded && decoded.error().code == content::Errc::too_large) return {Content::State::too_long, {}};
    if (!decoded) return whole(*message->raw_content, max);
    buffer = *std::move(decoded);
    return {Content::State::whole, buffer};
}

// --- connections -----------------------------------------------------------------------------------------------------

std::size_t FlowSubject::message_count() const {
    if (tcp_ != nullptr) return tcp_->messages.size();
    return is_websocket() ? http_->websocket->messages.size() : 0;
}

Message FlowSubject::message(std::size_t index) const {
    auto const view = [](auto const& message) {
        return Message{message.from_client ? Side::request : Side::response, message.content};
    };
    return tcp_ != nullptr ? view(tcp_->messages[index]) : view(http_->websocket->messages[index]);
}

std::optional<std::string_view> FlowSubject::source(std::string& buffer) const {
    if (flow_.client_conn == nullptr) return std::nullopt;
    return text_of(flow_.client_conn->peername, buffer);
}

std::optional<std::string_view> FlowSubject::destination(std::string& buffer) const {
    if (flow_.server_conn == nullptr) return std::nullopt;
    return text_of(flow_.server_conn->address(), buffer);
}

// --- the record ------------------------------------------------------------------------------------------------------

bool FlowSubject::has_error() const { return flow_.error.has_value(); }
std::string_view FlowSubject::marker() const { return flow_.marked; }
std::string_view FlowSubject::comment() const { return flow_.comment; }

std::optional<Side> FlowSubject::replayed() const {
    if (!flow_.is_replay) return std::nullopt;
    return *flow_.is_replay == flow::Replay::request ? Side::request : Side::response;
}

std::string_view FlowSubject::metadata(std::string& buffer) const {
    for (auto const& [key, value] : flow_.metadata) {
        buffer.append(buffer.empty() ? "" : "\n").append(key).append(": ");
        std::visit(ValuePrinter{buffer}, value);
    }
    return buffer;
}

}  // namespace pathology::proxycore::filter
