#include <pathology/proxycore/http/escaped.hpp>

namespace pathology::proxycore::http {

std::string escaped(std::string_view bytes, char quote) {
    constexpr std::string_view digits = "0123456789abcdef";
    std::string out;
    for (char const c : bytes) {
        auto const byte = static_cast<unsigned char>(c);
        if (c == '\\' || (quote != '\0' && c == quote)) {
            out += {'\\', c};
        } else if (c == '\r' || c == '\n' || c == '\t') {
            out += {'\\', c == '\r' ? 'r' : c == '\n' ? 'n' : 't'};
        } else if (byte < 0x20 || byte > 0x7e) {
            out += {'\\', 'x', digits[byte >> 4], digits[byte & 15]};
        } else {
            out += c;
        }
    }
    return out;
}

std::string quoted(std::string_view bytes, std::size_t limit) {
    return '"' + escaped(bytes.substr(0, limit), '"') + (bytes.size() > limit ? "...\"" : "\"");
}

}  // namespace pathology::proxycore::http
