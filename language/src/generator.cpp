#include <pathology/language/generator.hpp>

#include <algorithm>
#include <array>
#include <bit>
#include <cstring>
#include <pathology/language/rng.hpp>

namespace pathology::language {
namespace {

// The stream of a seed is a sequence of segments, each seeded by its number, which makes any position reachable at
// once. In a segment, eight xorshift128+ generators (Vigna 2014) run in parallel in vector registers. The result must
// not depend on the width of the registers: lane n is always the n-th generator, on every machine.
//
//     seed ──▶ segment 0 (4096 symbols) │ segment 1 │ segment 2 │ …      segment n starts from derive_seed(seed, n)
constexpr std::uint64_t segment_symbols = 4096;

constexpr std::size_t lanes = 8;
constexpr std::size_t group = lanes * sizeof(std::uint64_t);

/// The state of the generators at the beginning of a segment.
struct Segment {
    Segment(std::uint64_t seed, std::uint64_t number) {
        auto const base = derive_seed(seed, number);
        for (std::size_t lane = 0; lane < lanes; ++lane) {
            a[lane] = derive_seed(base, 2 * lane);
            b[lane] = derive_seed(base, 2 * lane + 1) | 1U;  // never all zero
        }
    }

    std::array<std::uint64_t, lanes> a;
    std::array<std::uint64_t, lanes> b;
};

/// The running generators of a segment. `Vector` is the register type.
template <class Vector> class Engine {
public:
    [[gnu::always_inline]] explicit Engine(Segment const& segment) {
        std::memcpy(a_, segment.a.data(), group);
        std::memcpy(b_, segment.b.data(), group);
    }

    [[gnu::always_inline]] void next(char* into) {
        for (std::size_t i = 0; i < registers; ++i) {
            Vector sum = a_[i] + b_[i];
            if constexpr (std::endian::native == std::endian::big) {
                for (std::size_t k = 0; k < sizeof(Vector) / 8; ++k) sum[k] = __builtin_bswap64(sum[k]);
            }
            std::memcpy(into + i * sizeof(Vector), &sum, sizeof(Vector));
            Vector x = a_[i];
            Vector const y = b_[i];
            x ^= x << 23U;
            a_[i] = y;
            b_[i] = x ^ y ^ (x >> 18U) ^ (y >> 5U);
        }
    }

private:
    static constexpr std::size_t registers = group / sizeof(Vector);
    Vector a_[registers];
    Vector b_[registers];
};

/// Writes the bytes [skip, skip + size) of a segment.
template <class Vector>
[[gnu::always_inline]] inline void fill_with(Segment const& segment, std::size_t skip, char* into, std::size_t size) {
    Engine<Vector> engine(segment);
    char part[group];
    for (; skip >= group; skip -= group) engine.next(part);
    if (skip > 0) {
        engine.next(part);
        auto const n = std::min(group - skip, size);
        std::memcpy(into, part + skip, n);
        into += n;
        size -= n;
    }
    for (; size >= group; size -= group, into += group) engine.next(into);
    if (size == 0) return;
    engine.next(part);
    std::memcpy(into, part, size);
}

using Vector128 [[gnu::vector_size(16)]] = std::uint64_t;
void fill_plain(Segment const& segment, std::size_t skip, char* into, std::size_t size) {
    fill_with<Vector128>(segment, skip, into, size);
}

#if defined(__x86_64__)
using Vector256 [[gnu::vector_size(32)]] = std::uint64_t;
[[gnu::target("avx2")]] void fill_avx2(Segment const& segment, std::size_t skip, char* into, std::size_t size) {
    fill_with<Vector256>(segment, skip, into, size);
}
// Chosen once at the start: the object code is built for any x86-64.
auto const fill = __builtin_cpu_supports("avx2") ? fill_avx2 : fill_plain;
#else
auto const fill = fill_plain;
#endif

/// Symbols [at, at + into.size()) of a segment; two random bytes choose each. At most a segment's worth.
void fill_symbols(std::string_view symbols, Segment const& segment, std::size_t at, std::span<char> into) {
    std::array<char, 2 * segment_symbols> random;
    fill(segment, 2 * at, random.data(), 2 * into.size());
    auto const count = static_cast<std::uint32_t>(symbols.size());
    auto const* const symbol = symbols.data();
    for (std::size_t i = 0; i < into.size(); ++i) {
        std::uint16_t choice = 0;
        std::memcpy(&choice, random.data() + 2 * i, sizeof choice);
        if constexpr (std::endian::native == std::endian::big) choice = __builtin_bswap16(choice);
        // A multiplication instead of a division (Lemire 2019); the bias is at most 1 in 2^16 / count.
        into[i] = symbol[(choice * count) >> 16U];
    }
}

}  // namespace

void generate(DataType type, std::uint64_t seed, std::uint64_t from, std::span<char> into) {
    auto const symbols = alphabet(type);
    while (!into.empty()) {
        auto const at = static_cast<std::size_t>(from % segment_symbols);
        auto const n = std::min<std::size_t>(segment_symbols - at, into.size());
        Segment const segment(seed, from / segment_symbols);
        if (type == DataType::bytes) {
            fill(segment, at, into.data(), n);
        } else {
            fill_symbols(symbols, segment, at, into.first(n));
        }
        from += n;
        into = into.subspan(n);
    }
}

}  // namespace pathology::language
