// The Huffman code of header text (RFC 7541 §5.2, appendix B).

#include <array>
#include <cstdint>
#include <pathology/proxycore/http2/hpack.hpp>

namespace pathology::proxycore::http2 {
namespace {

constexpr std::size_t symbols = 256;  // the code's 257th, EOS, is never written: its first bits are the padding
constexpr unsigned max_length = 30;

// The length in bits of each byte's code. The code is canonical: codes of one length count upwards in the order of
// their bytes, and longer ones follow shorter ones, so the lengths are all there is to know.
constexpr std::array<std::uint8_t, symbols> lengths{
    13, 23, 28, 28, 28, 28, 28, 28, 28, 24, 30, 28, 28, 30, 28, 28, 28, 28, 28, 28, 28, 28, 30, 28, 28, 28, 28, 28, 28,
    28, 28, 28, 6,  10, 10, 12, 13, 6,  8,  11, 10, 10, 8,  11, 8,  6,  6,  6,  5,  5,  5,  6,  6,  6,  6,  6,  6,  6,
    7,  8,  15, 6,  12, 10, 13, 6,  7,  7,  7,  7,  7,  7,  7,  7,  7,  7,  7,  7,  7,  7,  7,  7,  7,  7,  7,  7,  7,
    7,  8,  7,  8,  13, 19, 13, 14, 6,  15, 5,  6,  5,  6,  5,  6,  6,  6,  5,  7,  7,  6,  6,  6,  5,  6,  7,  6,  5,
    5,  6,  7,  7,  7,  7,  7,  15, 11, 14, 13, 28, 20, 22, 20, 20, 22, 22, 22, 23, 22, 23, 23, 23, 23, 23, 24, 23, 24,
    24, 22, 23, 24, 23, 23, 23, 23, 21, 22, 23, 22, 23, 23, 24, 22, 21, 20, 22, 22, 23, 23, 21, 23, 22, 22, 24, 21, 22,
    23, 23, 21, 21, 22, 21, 23, 22, 23, 23, 20, 22, 22, 22, 23, 22, 22, 23, 26, 26, 20, 19, 22, 23, 22, 25, 26, 26, 26,
    27, 27, 26, 24, 25, 19, 21, 26, 27, 27, 26, 27, 24, 21, 21, 26, 26, 28, 27, 27, 27, 20, 24, 20, 21, 22, 21, 21, 23,
    22, 22, 25, 25, 24, 24, 26, 23, 26, 27, 26, 26, 27, 27, 27, 27, 27, 28, 27, 27, 27, 27, 27, 26};

constexpr std::array<std::uint32_t, symbols> codes = [] {
    std::array<std::uint32_t, symbols> made{};
    std::uint32_t next = 0;
    for (unsigned length = 1; length <= max_length; ++length, next <<= 1) {
        for (std::size_t symbol = 0; symbol < symbols; ++symbol) {
            if (lengths[symbol] == length) made[symbol] = next++;
        }
    }
    return made;
}();
static_assert(codes['0'] == 0 && codes['a'] == 3 && codes[0] == 0x1ff8 && codes[22] == 0x3ffffffe);

}  // namespace

std::string huffman_encode(std::string_view bytes) {
    std::string out;
    out.reserve(bytes.size());
    std::uint64_t pending = 0;  // the last `bits` of it are not written yet; fewer than 8 between two symbols
    unsigned bits = 0;
    for (char const c : bytes) {
        auto const symbol = static_cast<unsigned char>(c);
        pending = pending << lengths[symbol] | codes[symbol];
        for (bits += lengths[symbol]; bits >= 8; bits -= 8) out += static_cast<char>(pending >> (bits - 8) & 0xff);
    }
    if (bits > 0) out += static_cast<char>((pending << (8 - bits) | 0xffU >> bits) & 0xff);
    return out;
}

}  // namespace pathology::proxycore::http2
