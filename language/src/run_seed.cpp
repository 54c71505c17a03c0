#include <pathology/language/run_seed.hpp>

namespace pathology::language {

RunSeed::RunSeed(std::optional<std::uint64_t> given)
    : value_(given ? *given : draw_seed()), is_known_(given.has_value()) {}

std::string RunSeed::note() {
    if (is_known_ || is_known_.exchange(true)) return {};
    auto const number = std::to_string(value_);
    return "seed " + number + " (replay with --seed " + number + ")\n";
}

}  // namespace pathology::language
