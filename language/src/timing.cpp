#include <pathology/language/timing.hpp>

#include <algorithm>
#include <cmath>

namespace pathology::language {
namespace {

constexpr std::uint64_t millisecond = 1'000'000, second = 1000 * millisecond;  // in nanoseconds

}  // namespace

std::optional<PauseTime> draw(WaitTime const& time, Rng& rng) {
    if (!time.shortest || !time.longest) return time.shortest;
    auto const shortest = static_cast<std::uint64_t>(time.shortest->length().count());
    auto const longest = static_cast<std::uint64_t>(time.longest->length().count());
    std::uint64_t const step = longest - shortest >= second ? millisecond : 1;
    auto drawn = shortest + rng.below((longest - shortest) / step + 1) * step;
    if (drawn >= PauseTime::longest_with_fraction * second) drawn -= drawn % second;
    return PauseTime{drawn / second, static_cast<std::uint32_t>(drawn % second)};
}

SetRate pieces_of(Rate const& rate) {
    constexpr std::uint64_t pieces_a_second = 100;
    auto const bytes = rate.bytes();
    if (rate.each) return {bytes, rate.each->length()};
    auto const piece = std::max<std::uint64_t>(bytes / pieces_a_second, 1);
    auto const interval = 1e9 * static_cast<double>(piece) / static_cast<double>(bytes);
    return {piece, std::chrono::nanoseconds(std::llround(interval))};
}

}  // namespace pathology::language
