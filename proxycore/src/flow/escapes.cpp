// Percent-encoding, queries, forms and paths.
#include <algorithm>
#include <pathology/proxycore/flow/url.hpp>

#include "ascii.hpp"

namespace pathology::proxycore::flow {
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

std::string encode_form_value(std::string_view bytes) {
    auto text = percent_encode(bytes, " ");
    std::replace(text.begin(), text.end(), ' ', '+');
    return text;
}

std::string decode_form_value(std::string_view text) {
    std::string spaced(text);
    std::replace(spaced.begin(), spaced.end(), '+', ' ');
    return percent_decode(spaced);
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

MultiDict parse_urlencoded(std::string_view text) {
    MultiDict items;
    while (!text.empty()) {
        auto part = ascii::take_until(text, '&');
        if (part.empty()) continue;
        auto const name = ascii::take_until(part, '=');
        items.add(decode_form_value(name), decode_form_value(part));
    }
    return items;
}

std::string to_urlencoded(MultiDict const& items) {
    std::string text;
    for (auto const& [name, value] : items.items()) {
        if (!text.empty()) text += '&';
        text.append(encode_form_value(name)).append("=").append(encode_form_value(value));
    }
    return text;
}

// --- paths -----------------------------------------------------------------------------------------------------------

PathPieces split_path(std::string_view path) {
    PathPieces pieces;
    if (auto const hash = path.find('#'); hash != std::string_view::npos) {
        pieces.fragment = path.substr(hash + 1);
        path = path.substr(0, hash);
    }
    if (auto const mark = path.find('?'); mark != std::string_view::npos) {
        pieces.query = path.substr(mark + 1);
        path = path.substr(0, mark);
    }
    pieces.path = path;
    return pieces;
}

std::string join_path(PathPieces const& pieces) {
    std::string path(pieces.path);
    if (pieces.query) path.append("?").append(*pieces.query);
    if (pieces.fragment) path.append("#").append(*pieces.fragment);
    return path;
}

std::vector<std::string> path_components(std::string_view path) {
    std::vector<std::string> components;
    for (auto rest = split_path(path).path; !rest.empty();) {
        auto const segment = ascii::take_until(rest, '/');
        if (!segment.empty()) components.push_back(percent_decode(segment));
    }
    return components;
}

std::string with_path_components(std::string_view path, std::vector<std::string> const& components) {
    std::string segments;
    for (auto const& component : components) segments.append("/").append(percent_encode(component, ""));
    auto pieces = split_path(path);
    pieces.path = segments.empty() ? std::string_view("/") : std::string_view(segments);
    return join_path(pieces);
}

}  // namespace pathology::proxycore::flow
