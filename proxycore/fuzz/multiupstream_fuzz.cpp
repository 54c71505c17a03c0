// Any text as a file of multi-upstream mode, in YAML and in JSON: nothing breaks, what loads obeys its invariants, and what
// loads in both formats is the same.
#include <algorithm>
#include <cstdint>
#include <pathology/proxycore/multiupstream/configuration.hpp>
#include <set>
#include <string>
#include <string_view>

#include "demand.hpp"

namespace {

using namespace pathology::proxycore;
using namespace multiupstream;
using fuzz::demand;

void check_rule(Rule const& rule) {
    bool const has_pattern = rule.kind == Rule::Kind::host_pattern, has_port = rule.kind == Rule::Kind::port;
    demand(rule.pattern.empty() != has_pattern, "a rule lacks its pattern, or has one");
    demand((rule.port == 0) != has_port, "a rule lacks its port, or has one");
}

void check_upstream(Upstream const& upstream) {
    demand(!upstream.name.empty() && !upstream.hops.empty() && !upstream.rules.empty(), "an upstream lacks a part");
    demand(upstream.weight >= 1, "an upstream has no weight");
    for (auto const& rule : upstream.rules) check_rule(rule);
    for (auto const& hop : upstream.hops) {
        demand(hop.name == upstream.name, "a hop has another name");
        demand(!hop.address.host.empty() && hop.address.port != 0, "a hop lacks its address");
        demand(!hop.credentials || !hop.credentials->user.empty(), "credentials lack their user");
    }
}

void check_mistake(Mistake const& mistake, std::string const& file, std::string_view text) {
    auto const lines = 1 + static_cast<std::size_t>(std::ranges::count(text, '\n'));
    demand(mistake.file == file && mistake.line <= lines, "a mistake has another place");
    demand(!mistake.message.empty(), "a mistake has no message");
    demand(to_string(mistake).find_first_of("\r\n\x1b") == std::string::npos, "a mistake is more than a line");
}

boost::system::result<Loaded, Mistakes> check(std::string const& file, std::string_view text) {
    auto loaded = load_texts({{file, std::string(text)}});
    if (!loaded) {
        demand(!loaded.error().list.empty(), "a failure has no mistake");
        for (auto const& mistake : loaded.error().list) check_mistake(mistake, file, text);
        return loaded;
    }
    for (auto const& warning : loaded->warnings) check_mistake(warning, file, text);
    std::set<std::string> names;
    for (auto const& upstream : loaded->configuration.upstreams) {
        check_upstream(upstream);
        demand(names.insert(upstream.name).second, "a name is used twice");
    }
    demand(!names.empty(), "a configuration without upstreams");
    return loaded;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(std::uint8_t const* data, std::size_t size) {
    std::string_view const text(reinterpret_cast<char const*>(data), size);
    auto const yaml = check("a.yaml", text);
    auto const json = check("a.json", text);
    if (yaml && json) demand(yaml->configuration == json->configuration, "JSON gives something else");
    return 0;
}
