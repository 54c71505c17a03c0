#include "layers/http2/head.hpp"

#include <algorithm>
#include <array>
#include <pathology/proxycore/ascii.hpp>
#include <pathology/proxycore/flow/id.hpp>
#include <pathology/proxycore/flow/url.hpp>
#include <pathology/proxycore/http/target.hpp>
#include <pathology/proxycore/websocket/handshake.hpp>
#include <span>

#include <pathology/proxycore/endpoint.hpp>

namespace pathology::proxycore::layers {
namespace {

constexpr http::Version http_2{2, 0};

/// Fields about an HTTP/1 connection (RFC 9113 §8.2.2).
constexpr std::array connection_fields{std::string_view("connection"),       std::string_view("keep-alive"),
                                       std::string_view("proxy-connection"), std::string_view("transfer-encoding"),
                                       std::string_view("upgrade"),          std::string_view("http2-settings")};

/// Whether `name` begins as one of connection_fields or as `te` does, which most names do not.
bool may_be_of_connection(std::string_view name) {
    constexpr std::string_view initials = "ckptuh";
    return !name.empty() && initials.find(static_cast<char>(name.front() | 0x20)) != std::string_view::npos;
}

/// Which fields of a message are about an HTTP/1 connection, among them those that Connection names.
class ConnectionFields {
public:
    explicit ConnectionFields(http::Fields const& fields) : fields_(fields) {
        // `close` and `keep-alive` name no field of their own.
        auto const names_field = [](std::string_view value) {
            return !http::equals_ignoring_case(value, "close") && !http::equals_ignoring_case(value, "keep-alive");
        };
        for (auto const field : fields)
            if (http::equals_ignoring_case(field.name, "connection") && names_field(field.value)) names_more_ = true;
    }

    bool operator()(http::Field const& field) const {
        if (may_be_of_connection(field.name)) {
            auto const is_it = [&](std::string_view name) { return http::equals_ignoring_case(field.name, name); };
            if (std::any_of(connection_fields.begin(), connection_fields.end(), is_it)) return true;
            if (is_it("te")) return !http::equals_ignoring_case(field.value, "trailers");
        }
        return names_more_ && fields_.has_token("Connection", field.name);
    }

private:
    http::Fields const& fields_;
    bool names_more_ = false;
};

/// Fields without those of a connection, and with a correct Content-Length.
http::Fields carried_of(flow::Message const& message, std::optional<std::uint64_t> size) {
    auto fields = carried(message.headers);
    bool const may_change = std::holds_alternative<flow::StreamModifier>(message.stream) && !size;
    if (may_change) fields.remove("content-length");
    if (size && fields.contains("content-length")) fields.set("content-length", std::to_string(*size));
    return fields;
}

void set_destination_of(flow::Request& request, http2::Request const& asked) {
    auto const& name = asked.authority.empty() ? request.headers.first("host").value_or("") : asked.authority;
    auto const named = http::parse_authority(name);
    if (!named.valid || named.host.empty()) return;
    if (asks_for_tunnel(asked)) {
        if (auto const port = parse_port(named.port)) request.set_destination("", {std::string(named.host), *port});
        return;
    }
    auto const scheme = ascii::lowered(asked.scheme);
    bool const is_secure = scheme == "https" || scheme == "wss";
    auto const port = parse_port(named.port).value_or(is_secure ? 443 : 80);
    request.set_destination(scheme, {std::string(named.host), port});
}

/// An Upgrade has a key (RFC 6455 §4.1 item 7), an extended CONNECT has none.
std::string random_key() {
    auto const nonce = flow::Id::make();
    return websocket::make_key(std::as_bytes(std::span(nonce.bytes)));
}

void become_upgrade(flow::Request& request) {
    request.raw_method = "GET";
    request.headers.remove("content-length");  // what follows is not its body
    request.headers.add("connection", "Upgrade");
    request.headers.add("upgrade", "websocket");
    request.headers.add("sec-websocket-key", random_key());
}

}  // namespace

http::Fields carried(http::Fields const& fields) {
    auto kept = fields;  // copied in one piece
    kept.remove_if(ConnectionFields(fields));
    return kept;
}

bool asks_for_tunnel(http2::Request const& asked) { return asked.head.method == "CONNECT" && asked.protocol.empty(); }

bool asks_for_websocket(http2::Request const& asked) {
    return asked.head.method == "CONNECT" && asked.protocol == "websocket";
}

bool asks_for_websocket(flow::Request const& request) {
    auto const& headers = request.headers;
    bool const has_body = request.raw_content && !request.raw_content->empty();
    return request.raw_method == "GET" && !has_body && headers.has_token("Upgrade", "websocket") &&
           headers.has_token("Connection", "upgrade");
}

flow::Request request_of(http2::Request const& asked) {
    flow::Request request;
    request.http_version = http_2;
    request.raw_method = asked.head.method;
    request.path = asked.head.target;
    request.authority = asked.authority;
    request.headers = asked.head.fields;
    request.set_destination("", {"", 0});
    set_destination_of(request, asked);
    if (asks_for_websocket(asked)) become_upgrade(request);
    return request;
}

http2::Request head_of(flow::Request const& request, std::optional<std::uint64_t> size) {
    http2::Request head;
    head.head.method = request.raw_method;
    head.head.target = request.path;
    head.scheme = request.scheme();
    auto const host = request.headers.first("host");
    head.authority = !request.authority.empty() ? request.authority
                     : host                     ? std::string(*host)
                                                : flow::host_and_port(head.scheme, request.host(), request.port());
    head.head.fields = carried_of(request, size);
    head.head.fields.remove("host");
    return head;
}

http2::Request extended_connect_of(flow::Request const& request) {
    auto head = head_of(request, std::nullopt);
    head.head.method = "CONNECT";
    head.protocol = "websocket";
    head.head.fields.remove("content-length");
    head.head.fields.remove("sec-websocket-key");
    return head;
}

http::ResponseHead head_of(flow::Response const& response, std::optional<std::uint64_t> size) {
    http::ResponseHead head{.version = http_2, .status = response.status_code};
    head.fields = carried_of(response, size);
    if (response.status_code != 101) return head;
    head.status = 200;
    head.fields.remove("sec-websocket-accept");
    return head;
}

http::ResponseHead head_of(http::ResponseHead const& interim) {
    http::ResponseHead head{.version = http_2, .status = interim.status};
    head.fields = carried(interim.fields);
    return head;
}

http::ResponseHead upgraded(http::ResponseHead head, std::string_view key) {
    head.status = 101;
    head.fields.add("connection", "Upgrade");
    head.fields.add("upgrade", "websocket");
    head.fields.add("sec-websocket-accept", websocket::accept_key(key));
    return head;
}

}  // namespace pathology::proxycore::layers
