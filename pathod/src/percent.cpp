#include "percent.hpp"

namespace pathology::pathod {
namespace {

constexpr std::string_view digits = "0123456789ABCDEF";

int value_of(char digit) {
    if (digit >= '0' && digit <= '9') return digit - '0';
    if (digit >= 'a' && digit <= 'f') return digit - 'a' + 10;
    if (digit >= 'A' && digit <= 'F') return digit - 'A' + 10;
    return -1;
}

/// RFC 3986 §3.3: pchar and "/".
bool may_stand_in_path(char c) {
    constexpr std::string_view marks = "-._~!$&'()*+,;=:@/";
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
           marks.find(c) != std::string_view::npos;
}

}  // namespace

std::string percent_decoded(std::string_view text) {
    std::string result;
    result.reserve(text.size());
    for (std::size_t i = 0; i < text.size(); ++i) {
        bool const may_be_triple = text[i] == '%' && i + 2 < text.size();
        int const high = may_be_triple ? value_of(text[i + 1]) : -1;
        int const low = may_be_triple ? value_of(text[i + 2]) : -1;
        bool const is_triple = high >= 0 && low >= 0;
        result += is_triple ? static_cast<char>(high * 16 + low) : text[i];
        if (is_triple) i += 2;
    }
    return result;
}

std::string percent_encoded(std::string_view text) {
    std::string result;
    for (char const c : text) {
        auto const byte = static_cast<unsigned char>(c);
        if (may_stand_in_path(c)) {
            result += c;
        } else {
            result.append({'%', digits[byte / 16], digits[byte % 16]});
        }
    }
    return result;
}

}  // namespace pathology::pathod
