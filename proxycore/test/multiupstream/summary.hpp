// Configurations as text, for the tests.
#pragma once

#include <pathology/proxycore/multiupstream/configuration.hpp>
#include <string>

namespace pathology::proxycore::multiupstream {

/// `name url weight rules…`, with user and password of each hop behind the URLs: `[user|password]`.
inline std::string summary(Upstream const& upstream) {
    auto text = upstream.name + " " + tunnel::to_string(upstream.hops);
    for (auto const& hop : upstream.hops) {
        if (hop.credentials) text += " [" + hop.credentials->user + "|" + hop.credentials->password + "]";
        if (hop.name != upstream.name) text += " hop named " + hop.name;
    }
    text += " " + std::to_string(upstream.weight);
    for (auto const& rule : upstream.rules) text += "; " + to_string(rule);
    return text;
}

/// A line for each upstream, then one for each warning; or one for each mistake.
inline std::string summary(boost::system::result<Loaded, Mistakes> const& loaded) {
    if (!loaded) return to_string(loaded.error()) + "\n";
    std::string text;
    for (auto const& upstream : loaded->configuration.upstreams) text += summary(upstream) + "\n";
    for (auto const& warning : loaded->warnings) text += "warning: " + to_string(warning) + "\n";
    return text;
}

}  // namespace pathology::proxycore::multiupstream
