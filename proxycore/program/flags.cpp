#include "program/flags.hpp"

namespace pathology::pathop {

void Flags::declare(std::span<Flag const> table) {
    for (auto const& flag : table) {
        auto& given = given_.emplace_back(Given{flag});
        if (flag.placeholder.empty())
            line_.flag(flag.names, given.is_set, flag.help);
        else
            line_.option(flag.names, given.values, flag.help, flag.placeholder);
    }
}

std::vector<proxycore::addons::Setting> Flags::settings() const {
    std::vector<proxycore::addons::Setting> settings;
    auto const add = [&](Flag const& flag, std::string_view value) {
        settings.push_back({std::string(flag.option), std::string(flag.value).append(value)});
    };
    for (auto const& [flag, is_set, values] : given_) {
        if (is_set) add(flag, "");
        // Repeated flags of a list add to it; of other options the last one counts.
        if (flag.is_repeatable)
            for (auto const& value : values) add(flag, value);
        else if (!values.empty())
            add(flag, values.back());
    }
    return settings;
}

}  // namespace pathology::pathop
