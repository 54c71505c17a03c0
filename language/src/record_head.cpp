// The head of a response as logs show it.

#include <algorithm>
#include <pathology/language/print.hpp>
#include <pathology/language/resolve.hpp>

#include "layout.hpp"

namespace pathology::language {
namespace {

/// A value as logs show it.
std::string text_of(Value const& value) {
    auto const* literal = std::get_if<Literal>(&value);
    return literal != nullptr ? literal->bytes : print(value);
}

std::string name_text(Value const& name, Protocol /*protocol*/) { return text_of(name); }
std::string name_text(std::string_view name, Protocol protocol) {
    return protocol == Protocol::http1 ? std::string(name) : lower(name);
}

/// Adds a header line that is sent `count` times; of many, the first ones are kept.
void record_field(std::string const& name, std::string const& value, std::uint64_t count,
                  proxycore::record::RecordedResponse& record) {
    constexpr std::uint64_t max_lines = 64, max_bytes = 4096;
    record.header_count += count;
    auto const size = name.size() + value.size() + 1;
    auto const kept = std::min({count, max_lines, std::max<std::uint64_t>(max_bytes / size, 1)});
    for (std::uint64_t i = 0; i < kept; ++i) record.headers.add(name, value);
}

}  // namespace

void record_head(Response const& response, Protocol protocol, proxycore::record::RecordedResponse& record) {
    record.status_code = response.code.value_or(response.websocket ? "101" : "");
    if (auto const* version = find<Version>(response.features)) record.version = text_of(version->value);
    if (auto const* reason = find<Reason>(response.features)) record.reason = text_of(reason->value);
    std::uint64_t count = 1;
    auto const add_field = [&](auto const& name, Value const& value) {
        record_field(name_text(name, protocol), text_of(value), count, record);
    };
    auto const visit = [&]<class Token>(Token const& token) {
        if constexpr (RepeatableToken<Token>) count = token.count;
        if constexpr (FieldToken<Token>) visit_field(token, add_field);
        count = 1;
    };
    for (auto const& feature : response.features) std::visit(visit, feature.is);
}

}  // namespace pathology::language
