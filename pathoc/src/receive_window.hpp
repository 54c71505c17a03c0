// A window that the client gives the server: how much content it may still send (RFC 9113 §6.9).
#pragma once

#include <algorithm>
#include <cstdint>

namespace pathology::pathoc {

/// Follows what the client gave and what the server used. The initial size is left to the caller: SETTINGS change it
/// for all streams, and may make what is open negative (RFC 9113 §6.9.2).
class ReceiveWindow {
public:
    static constexpr std::int64_t largest = 0x7fffffff;

    /// A WINDOW_UPDATE was sent, by us or by a spec.
    void give(std::uint32_t increment) {
        changed_ += increment;
        queued_ -= std::min<std::int64_t>(queued_, increment);
    }
    /// The server has sent content.
    void use(std::size_t size) { changed_ -= static_cast<std::int64_t>(size); }

    /// Returns the increment of the WINDOW_UPDATE that opens the window to `target` bytes, once half of them are used;
    /// 0 if none is needed. The caller has to send it. A target of 0 keeps the window as it is.
    std::uint32_t restore(std::int64_t initial, std::int64_t target) {
        target = std::min(target, largest);
        auto const open = initial + changed_ + queued_;
        // Half of it at once: a WINDOW_UPDATE for each DATA frame would be as many frames again.
        if (target <= 0 || open > target / 2) return 0;
        auto const increment = std::min(target - open, largest);
        queued_ += increment;
        return static_cast<std::uint32_t>(increment);
    }

private:
    std::int64_t changed_ = 0;  // difference to the initial size
    std::int64_t queued_ = 0;   // increments that are not sent yet
};

}  // namespace pathology::pathoc
