#include <pathology/proxycore/ascii.hpp>
#include <pathology/proxycore/percent.hpp>

namespace pathology::proxycore {
namespace {

constexpr std::string_view unreserved_marks = "-._~";  // RFC 3986 §2.3, beside letters and digits

void append_encoded(std::string& out, char c) {
    constexpr std::string_view digits = "0123456789ABCDEF";
    auto const byte = static_cast<unsigned char>(c);
    out += {'%', digits[byte >> 4U], digits[byte & 15U]};
}

bool is_kept(char c, std::string_view safe) {
    return ascii::is_alphanumeric(c) || unreserved_marks.find(c) != std::string_view::npos ||
           safe.find(c) != std::string_view::npos;
}

}  // namespace

std::string percent_encode(std::string_view bytes, std::string_view safe) {
    std::string out;
    for (char const c : bytes) {
        if (is_kept(c, safe))
            out += c;
        else
            append_encoded(out, c);
    }
    return out;
}

std::string percent_decode(std::string_view text) {
    std::string out;
    for (std::size_t at = 0; at < text.size(); ++at) {
        auto const high = text[at] == '%' && at + 2 < text.size() ? ascii::hex_value(text[at + 1]) : -1;
        auto const low = high >= 0 ? ascii::hex_value(text[at + 2]) : -1;
        if (low < 0) {
            out += text[at];
        } else {
            out += static_cast<char>(high * 16 + low);
            at += 2;
        }
    }
    return out;
}

}  // namespace pathology::proxycore
