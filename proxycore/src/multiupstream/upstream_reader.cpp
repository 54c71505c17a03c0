#include "multiupstream/upstream_reader.hpp"

#include <algorithm>
#include <limits>
#include <utility>

namespace pathology::proxycore::multiupstream {
namespace {

using enum Fields::Presence;

constexpr std::size_t max_upstreams = 10'000;
constexpr std::size_t max_rules = 1000;         // of one proxy
constexpr std::size_t max_all_rules = 100'000;  // an alias can repeat a list of them
constexpr std::size_t max_name = 255;

std::string at(std::string const& path, std::size_t index) { return path + "[" + std::to_string(index) + "]"; }

bool has_control(std::string_view text) {
    return std::ranges::any_of(text, [](char c) { return (c >= 0 && c < ' ') || c == '\x7f'; });
}

std::string more_than(std::size_t count, std::string_view what) {
    return "more than " + std::to_string(count) + " " + std::string(what);
}

/// Calls `read` with the fields of each item, up to `max`; reports items that are no mappings, and a longer list.
template <class Read>
void for_each_mapping(Fields& fields, std::string_view name, Findings& findings, std::size_t max,
                      std::string_view example, Read&& read) {
    auto const* const list = fields.read_list(name);
    if (list == nullptr) return;
    if (list->items.size() > max) return fields.report(name, more_than(max, name));
    for (std::size_t i = 0; i < list->items.size(); ++i) {
        auto const& item = list->items[i];
        auto path = at(fields.path_of(name), i);
        if (item.kind == Value::Kind::mapping)
            read(Fields(findings, fields.file(), std::move(path), item));
        else
            findings.report({fields.file(), item.line, std::move(path),
                             "expected a mapping with the fields " + std::string(example) + ", not " +
                                 std::string(describe(item.kind))});
    }
}

}  // namespace

void UpstreamReader::read_document(std::string const& file, Value const& document) {
    if (document.kind != Value::Kind::mapping) {
        bool const is_empty = document.kind == Value::Kind::null;
        findings_.report(
            {file,
             is_empty ? 0 : document.line,
             {},
             is_empty ? "the file is empty; expected a mapping with the key proxies"
                      : "expected a mapping with the key proxies, not " + std::string(describe(document.kind))});
        return;
    }
    Fields fields(findings_, file, {}, document);
    for (auto const& entry : document.entries)
        if (entry.key != "proxies") fields.warn(entry.key, "unknown key, which is ignored; the only one is proxies");
    for_each_mapping(fields, "proxies", findings_, max_upstreams, "name, url and rules",
                     [this](Fields upstream) { read_upstream(std::move(upstream)); });
}

void UpstreamReader::read_upstream(Fields fields) {
    if (++upstreams_ > max_upstreams) {
        if (upstreams_ == max_upstreams + 1) fields.report({}, more_than(max_upstreams, "proxies in all files"));
        return;
    }
    fields.refuse_all_but({"name", "url", "weight", "username", "password", "rules"});
    Upstream upstream;
    upstream.name = fields.read_word("name", required).value_or("");
    check_name(upstream.name, fields);
    upstream.hops = read_hops(fields, upstream.name);
    auto const weight = fields.read_integer("weight", 1, std::numeric_limits<std::uint32_t>::max(), optional);
    upstream.weight = static_cast<std::uint32_t>(weight.value_or(1));
    for_each_mapping(fields, "rules", findings_, max_rules, "type and pattern or port", [&](Fields rule) {
        if (++rules_ == max_all_rules + 1) rule.report({}, more_than(max_all_rules, "rules in all files"));
        if (rules_ > max_all_rules) return;
        if (auto read = read_rule(std::move(rule))) upstream.rules.push_back(*std::move(read));
    });
    configuration_.upstreams.push_back(std::move(upstream));
}

void UpstreamReader::check_name(std::string const& name, Fields& fields) {
    if (name.empty()) return;  // reported
    if (name.size() > max_name) return fields.report("name", "longer than " + std::to_string(max_name) + " bytes");
    if (has_control(name)) return fields.report("name", "a control character, such as a tab or the end of a line");
    auto const* const value = fields.find("name");
    auto const [first, is_new] =
        names_.try_emplace(name, Mistake{fields.file(), value->line, fields.path_of("name"), {}});
    if (is_new) return;
    auto const& place = first->second;
    fields.report("name", "the name " + name + " is used twice, first by " + place.field + " in " + place.file + ":" +
                              std::to_string(place.line));
}

}  // namespace pathology::proxycore::multiupstream
