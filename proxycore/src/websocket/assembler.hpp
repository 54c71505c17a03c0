// Messages out of the parts of data frames (RFC 6455 §5.4, RFC 7692 §7.2.2).
#pragma once
#include <cstddef>
#include <optional>
#include <pathology/proxycore/websocket/session.hpp>
#include <pathology/proxycore/websocket/utf8.hpp>
#include <string>
#include <vector>

namespace pathology::proxycore::websocket {

/// Empties a text; the room of a message of more than a megabyte does not outlive it.
inline void forget(std::string& text) {
    text.clear();
    if (text.capacity() > 1U << 20U) text.shrink_to_fit();
}

/// Joins, decompresses and judges. Private to the library.
class Assembler {
public:
    /// `sender` is the side whose messages these are.
    Assembler(SessionSettings const& settings, Role sender);

    /// Takes a part of a data frame: the message, when it is whole; its payload is the part's own or this object's.
    Session::Outcome take(FrameHeader const& header, FramePart const& part);

private:
    std::optional<Violation> begin(FrameHeader const& header);
    void note_fragment();
    std::optional<Violation> append(std::string_view payload, bool is_last);
    std::optional<Violation> decompress(std::string_view payload, bool is_last);
    std::optional<Violation> judge_text(std::string_view more, bool is_last);
    Violation too_large() const;

    std::size_t limit_;
    std::optional<Inflater> inflater_;
    Utf8Validator validator_;
    std::string joined_;
    std::vector<std::size_t> fragments_;  // sizes within joined_, of those that are whole
    std::size_t fragments_sum_ = 0;
    bool is_open_ = false;  // between the first and the last fragment
    bool is_text_ = false, is_compressed_ = false;
    bool is_given_ = false;  // joined_ was handed out and may be used again
};

}  // namespace pathology::proxycore::websocket
