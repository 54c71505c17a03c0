#include "layers/exchange/max_forwards.hpp"

#include <charconv>
#include <cstdint>
#include <string>

namespace pathology::proxycore::layers {
namespace {

constexpr std::string_view field_name = "Max-Forwards";

std::optional<std::uint32_t> max_forwards(http::Fields const& fields) {
    auto const text = fields.first(field_name).value_or("");
    std::uint32_t value = 0;
    auto const [end, ec] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (ec != std::errc() || end != text.data() + text.size()) return std::nullopt;
    return value;
}

/// "The final recipient of the request SHOULD exclude any request fields that are likely to contain sensitive data" (§9.3.8).
bool is_sensitive(std::string_view name) {
    for (auto const* const known : {"Authorization", "Cookie", "Proxy-Authorization"})
        if (http::equals_ignoring_case(name, known)) return true;
    return false;
}

/// The request as content of type message/http.
std::string reflected(flow::Request const& request) {
    auto text = request.raw_method + " " + request.path + " HTTP/1.1\r\n";
    for (auto const field : request.headers) {
        if (is_sensitive(field.name)) continue;
        text.append(field.name).append(": ").append(field.value).append("\r\n");
    }
    return text + "\r\n";
}

}  // namespace

std::optional<flow::Response> count_forward(flow::Request& request) {
    bool const is_trace = request.raw_method == "TRACE";
    if (!is_trace && request.raw_method != "OPTIONS") return std::nullopt;
    auto const left = max_forwards(request.headers);
    if (!left) return std::nullopt;
    if (*left > 0) {
        request.headers.set(field_name, std::to_string(*left - 1));
        return std::nullopt;
    }
    if (!is_trace) return flow::Response::make(200);
    return flow::Response::make(200, reflected(request), {{"Content-Type", "message/http"}});
}

}  // namespace pathology::proxycore::layers
