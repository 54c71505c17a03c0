#include <algorithm>
#include <array>
#include <pathology/proxycore/ascii.hpp>
#include <pathology/proxycore/http/escaped.hpp>

#include "multiupstream/upstream_reader.hpp"

namespace pathology::proxycore::multiupstream {
namespace {

using enum Fields::Presence;

/// Beside its type, a rule has at most one field.
struct RuleType {
    std::string_view name, field;
    Rule::Kind kind;
};
constexpr std::array rule_types{
    RuleType{"host_pattern", "pattern", Rule::Kind::host_pattern},
    RuleType{"port", "port", Rule::Kind::port},
    RuleType{"default", "value", Rule::Kind::by_default},
};

constexpr std::size_t max_pattern = 1024;
constexpr std::uint16_t max_port = 65535;

RuleType const* read_type(Fields& fields) {
    auto const name = fields.read_word("type", required);
    if (!name) return nullptr;
    auto const* const type = std::ranges::find(rule_types, *name, &RuleType::name);
    if (type != rule_types.end()) return type;
    fields.report("type", "unknown type " + http::quoted(*name) + "; known are host_pattern, port, default");
    return nullptr;
}

/// Reports fields of other types; returns false if there are some.
bool has_no_fields_but_of(RuleType const& type, Fields& fields) {
    bool is_alone = true;
    for (auto const& other : rule_types) {
        if (&other == &type || fields.find(other.field) == nullptr) continue;
        fields.report(other.field, "a field of rules of type " + std::string(other.name) + "; this one has type " +
                                       std::string(type.name));
        is_alone = false;
    }
    return is_alone;
}

std::optional<Rule> read_host_pattern(Fields& fields) {
    auto pattern = fields.read_word("pattern", required);
    if (!pattern) return std::nullopt;
    if (pattern->size() <= max_pattern) return Rule{Rule::Kind::host_pattern, *std::move(pattern), 0};
    fields.report("pattern", "longer than " + std::to_string(max_pattern) + " bytes, which no host is");
    return std::nullopt;
}

std::optional<Rule> read_port(Fields& fields) {
    auto const port = fields.read_integer("port", 1, max_port, required);
    if (!port) return std::nullopt;
    return Rule{Rule::Kind::port, {}, static_cast<std::uint16_t>(*port)};
}

std::optional<Rule> read_default(Fields& fields) {
    auto const* const value = fields.find("value");
    if (value == nullptr || (value->kind == Value::Kind::boolean && ascii::lowered(value->text) == "true"))
        return Rule{Rule::Kind::by_default, {}, 0};
    fields.report("value", "expected true, or no value: a rule of type default has no other");
    return std::nullopt;
}

}  // namespace

std::optional<Rule> read_rule(Fields fields) {
    fields.refuse_all_but({"type", "pattern", "port", "value"});
    auto const* const type = read_type(fields);
    if (type == nullptr || !has_no_fields_but_of(*type, fields)) return std::nullopt;
    switch (type->kind) {
        case Rule::Kind::host_pattern: return read_host_pattern(fields);
        case Rule::Kind::port: return read_port(fields);
        case Rule::Kind::by_default: break;
    }
    return read_default(fields);
}

}  // namespace pathology::proxycore::multiupstream
