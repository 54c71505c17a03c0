#include "websocket/utf8.hpp"
#include <cstring>

namespace pathology::proxycore::websocket {
namespace {

/// How many bytes at the front are ASCII; checks 32 at a time, then 8, and may stop before the last 8.
std::size_t ascii_prefix(char const* text, std::size_t size) {
    constexpr std::uint64_t high_bits = 0x8080808080808080;
    std::size_t at = 0;
    for (; at + 32 <= size; at += 32) {
        std::uint64_t words[4];
        std::memcpy(words, text + at, sizeof words);
        if (((words[0] | words[1] | words[2] | words[3]) & high_bits) != 0) break;
    }
    for (; at + 8 <= size; at += 8) {
        std::uint64_t word = 0;
        std::memcpy(&word, text + at, sizeof word);
        if ((word & high_bits) != 0) break;
    }
    return at;
}

}  // namespace

bool Utf8Validator::take(std::string_view piece) {
    auto const* text = piece.data();
    auto const size = piece.size();
    for (std::size_t at = 0; at < size;) {
        // Most text is ASCII: whole words are tested for a high bit. After another character 16 bytes are checked one
        // by one, so that mixed text does not restart the word loop at each character.
        if (missing_ == 0) at += ascii_prefix(text + at, size - at);
        // Continue until the next run of ASCII.
        for (auto const until = at + 16 < size ? at + 16 : size; at < until; ++at) {
            auto const byte = static_cast<unsigned char>(text[at]);
            if (missing_ == 0) {
                if (byte >= 0x80 && !begin_character(byte)) return false;
                continue;
            }
            if (byte < lowest_ || byte > highest_) return false;
            --missing_;
            lowest_ = 0x80;
            highest_ = 0xbf;
        }
    }
    return true;
}

// Unicode, table 3-7: the first byte determines how many follow, and bounds the second one where an overlong form, a
// surrogate or a number above U+10FFFF would begin.
bool Utf8Validator::begin_character(unsigned char byte) {
    if (byte < 0xc2 || byte > 0xf4) return false;
    missing_ = byte < 0xe0 ? 1 : byte < 0xf0 ? 2 : 3;
    if (byte == 0xe0) lowest_ = 0xa0;
    if (byte == 0xed) highest_ = 0x9f;
    if (byte == 0xf0) lowest_ = 0x90;
    if (byte == 0xf4) highest_ = 0x8f;
    return true;
}

bool is_utf8(std::string_view text) {
    Utf8Validator validator;
    return validator.take(text) && validator.is_complete();
}

}  // namespace pathology::proxycore::websocket
