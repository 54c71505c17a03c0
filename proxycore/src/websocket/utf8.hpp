// Incremental validation of UTF-8 (RFC 3629).
#pragma once
#include <cstdint>
#include <string_view>

namespace pathology::proxycore::websocket {

/// Validates a text in pieces, and fails at the first byte that no continuation could make valid, as RFC 6455 §8.1
/// allows.
class Utf8Validator {
public:
    /// Checks the next piece. Returns false if no valid text begins like this; call reset() then.
    bool take(std::string_view piece);
    /// Returns true if the text may end here, between two characters.
    bool is_complete() const { return missing_ == 0; }
    /// Starts another text.
    void reset() { *this = Utf8Validator(); }

private:
    bool begin_character(unsigned char byte);

    // Inside a character: how many bytes are missing, and the range of the next one (Unicode, table 3-7).
    std::uint8_t missing_ = 0, lowest_ = 0x80, highest_ = 0xbf;
};

/// Returns true if a complete text is valid.
bool is_utf8(std::string_view text);

}  // namespace pathology::proxycore::websocket
