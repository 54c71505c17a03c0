#include <pathology/language/rng.hpp>
#include <random>

namespace pathology::language {

std::uint64_t draw_seed() {
    std::random_device device;
    return static_cast<std::uint64_t>(device()) << 32U | device();
}

RunSeed::RunSeed(std::optional<std::uint64_t> given)
    : value_(given ? *given : draw_seed()), is_known_(given.has_value()) {}

std::string RunSeed::replay_hint() {
    if (is_known_ || is_known_.exchange(true)) return {};
    auto const number = std::to_string(value_);
    return "seed " + number + " (replay with --seed " + number + ")\n";
}

}  // namespace pathology::language
