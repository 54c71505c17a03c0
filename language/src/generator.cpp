#include <pathology/language/generator.hpp>

#include <algorithm>
#include <array>
#include <bit>
#include <cstring>
#include <pathology/language/rng.hpp>
#include <random>

namespace pathology::language {
namespace {

// The stream of a seed is cut into chunks that are seeded by their number, so that any place can be reached at once.
// Inside a chunk, eight xorshift128+ generators (Vigna 2014) run side by side in vector registers.
constexpr std::uint64_t chunk_symbols = 4096;

using Lanes [[gnu::vector_size(64)]] = std::uint64_t;
constexpr std::size_t group = sizeof(Lanes);

class Chunk {
public:
    Chunk(std::uint64_t seed, std::uint64_t number) {
        auto const base = derive_seed(seed, number);
        for (std::size_t lane = 0; lane < 8; ++lane) {
            a_[lane] = derive_seed(base, 2 * lane);
            b_[lane] = derive_seed(base, 2 * lane + 1) | 1U;  // never all zero
        }
    }

    /// Puts the bytes [skip, skip + into.size()) of the chunk's randomness into `into`.
    void fill(std::size_t skip, std::span<char> into) {
        for (; skip >= group; skip -= group) advance();
        if (skip > 0) {
            auto const bytes = next();
            auto const n = std::min(group - skip, into.size());
            std::memcpy(into.data(), bytes.data() + skip, n);
            into = into.subspan(n);
        }
        for (; into.size() >= group; into = into.subspan(group)) {
            store(into.data());
            advance();
        }
        if (!into.empty()) std::memcpy(into.data(), next().data(), into.size());
    }

private:
    void advance() {
        Lanes x = a_;
        Lanes const y = b_;
        a_ = y;
        x ^= x << 23U;
        b_ = x ^ y ^ (x >> 18U) ^ (y >> 5U);
    }

    void store(char* into) const {
        Lanes sum = a_ + b_;
        if constexpr (std::endian::native == std::endian::big) {
            for (std::size_t lane = 0; lane < 8; ++lane) sum[lane] = __builtin_bswap64(sum[lane]);
        }
        std::memcpy(into, &sum, group);
    }

    std::array<char, group> next() {
        std::array<char, group> bytes;
        store(bytes.data());
        advance();
        return bytes;
    }

    Lanes a_{};
    Lanes b_{};
};

/// Symbols [at, at + into.size()) of a chunk; two random bytes choose each. At most a chunk's worth.
void fill_symbols(std::string_view symbols, Chunk& chunk, std::size_t at, std::span<char> into) {
    std::array<char, 2 * chunk_symbols> random;
    chunk.fill(2 * at, std::span(random).first(2 * into.size()));
    for (std::size_t i = 0; i < into.size(); ++i) {
        auto const low = static_cast<unsigned char>(random[2 * i]);
        auto const high = static_cast<unsigned char>(random[2 * i + 1]);
        into[i] = symbols[((low | high << 8U) * symbols.size()) >> 16U];
    }
}

}  // namespace

void generate(DataType type, std::uint64_t seed, std::uint64_t from, std::span<char> into) {
    auto const symbols = alphabet(type);
    while (!into.empty()) {
        auto const at = static_cast<std::size_t>(from % chunk_symbols);
        auto const n = std::min<std::size_t>(chunk_symbols - at, into.size());
        Chunk chunk(seed, from / chunk_symbols);
        if (type == DataType::bytes) {
            chunk.fill(at, into.first(n));
        } else {
            fill_symbols(symbols, chunk, at, into.first(n));
        }
        from += n;
        into = into.subspan(n);
    }
}

std::uint64_t draw_seed() {
    std::random_device device;
    return static_cast<std::uint64_t>(device()) << 32U | device();
}

}  // namespace pathology::language
