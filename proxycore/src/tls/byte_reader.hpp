// Reads the presentation language of TLS (RFC 8446 §3.4): numbers, and vectors with their size in front. A truncated
// value reads as far as it goes.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string_view>

namespace pathology::proxycore::tls {

class ByteReader {
public:
    explicit ByteReader(std::string_view bytes) : left_(bytes) {}

    bool is_empty() const noexcept { return left_.empty(); }
    std::size_t size() const noexcept { return left_.size(); }

    std::uint8_t number8() { return static_cast<std::uint8_t>(number(1)); }
    std::uint16_t number16() { return static_cast<std::uint16_t>(number(2)); }
    std::string_view text8() { return take(number8()); }
    std::string_view text16() { return take(number16()); }
    ByteReader list8() { return ByteReader(text8()); }
    ByteReader list16() { return ByteReader(text16()); }

private:
    std::string_view take(std::size_t size) {
        auto const taken = left_.substr(0, size);
        left_.remove_prefix(taken.size());
        return taken;
    }

    unsigned number(std::size_t size) {
        unsigned value = 0;
        for (auto const c : take(size)) value = value << 8U | static_cast<unsigned char>(c);
        return value;
    }

    std::string_view left_;
};

}  // namespace pathology::proxycore::tls
