// UTF-8 as RFC 3629 defines it, judged while it arrives.
#pragma once
#include <cstdint>
#include <string_view>

namespace pathology::proxycore::websocket {

/// Judges a text in pieces, and says no at the first byte after which no continuation could make it valid.
class Utf8Validator {
public:
    /// Takes the next piece; false = the text so far is the beginning of no valid text. Then reset() before going on.
    bool take(std::string_view piece);
    /// Whether the text may end here, between two characters.
    bool is_complete() const { return missing_ == 0; }
    /// Begins another text.
    void reset() { *this = Utf8Validator(); }

private:
    bool begin_character(unsigned char byte);

    // What the next byte must lie in while a character is under way (Unicode, table 3-7).
    std::uint8_t missing_ = 0, lowest_ = 0x80, highest_ = 0xbf;
};

/// Whether a whole text is valid.
bool is_utf8(std::string_view text);

}  // namespace pathology::proxycore::websocket
