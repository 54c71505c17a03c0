#include "forwarder/fields.hpp"

#include <algorithm>
#include <array>
#include <pathology/proxycore/ascii.hpp>
#include <string>
#include <string_view>
#include <vector>

namespace pathology::proxycore::forwarder {
namespace {

constexpr std::array<std::string_view, 10> of_connection{
    "connection", "keep-alive", "proxy-authenticate", "proxy-authorization", "proxy-connection",
    "te",         "trailer",    "trailers",           "transfer-encoding",   "upgrade"};

/// Names of fields that Connection lists. Those that say how a message is read or where it goes are not for a client to
/// remove (RFC 9110 §7.6.1).
std::vector<std::string> listed_in_connection(http::Fields const& fields) {
    constexpr std::array<std::string_view, 4> needed{"host", "content-length", "content-type", "authorization"};
    std::vector<std::string> names;
    auto const list = fields.joined("Connection").value_or("");
    for (std::string_view rest = list; !rest.empty();) {
        auto name = ascii::lowered(ascii::trimmed(ascii::take_until(rest, ',')));
        bool const is_needed = std::find(needed.begin(), needed.end(), name) != needed.end();
        if (!name.empty() && !is_needed) names.push_back(std::move(name));
    }
    return names;
}

void drop(http::Fields& fields, bool keeps_coding) {
    auto const listed = listed_in_connection(fields);
    fields.remove_if([&](http::Field const& field) {
        auto const name = ascii::lowered(field.name);
        if (keeps_coding && name == "transfer-encoding") return false;
        return std::find(of_connection.begin(), of_connection.end(), name) != of_connection.end() ||
               std::find(listed.begin(), listed.end(), name) != listed.end();
    });
}

void add_upgrade(http::Fields& fields) {
    fields.add("Connection", "Upgrade");
    fields.add("Upgrade", "websocket");
}

}  // namespace

bool is_websocket_upgrade(flow::Request const& request) {
    return request.raw_method == "GET" && request.headers.has_token("Upgrade", "websocket") &&
           request.headers.has_token("Connection", "upgrade");
}

void drop_hop_by_hop(flow::Request& request) {
    bool const is_upgrade = is_websocket_upgrade(request);
    drop(request.headers, false);
    if (is_upgrade) add_upgrade(request.headers);
}

void drop_hop_by_hop(flow::Response& response) {
    bool const is_upgrade = response.status_code == 101 && response.headers.has_token("Upgrade", "websocket");
    drop(response.headers, true);
    if (is_upgrade) add_upgrade(response.headers);
}

}  // namespace pathology::proxycore::forwarder
