// Queries, forms and paths.
#include <algorithm>
#include <pathology/proxycore/ascii.hpp>
#include <pathology/proxycore/flow/url.hpp>
#include <pathology/proxycore/percent.hpp>

namespace pathology::proxycore::flow {
namespace {

std::string encode_form_value(std::string_view bytes) {
    // A literal plus sign was percent-encoded by then, so the replacement is unambiguous.
    auto text = percent_encode(bytes, " ");
    std::replace(text.begin(), text.end(), ' ', '+');
    return text;
}

std::string decode_form_value(std::string_view text) {
    std::string spaced(text);
    // Before decoding: `%2B` must remain a plus sign.
    std::replace(spaced.begin(), spaced.end(), '+', ' ');
    return percent_decode(spaced);
}

}  // namespace

MultiDict parse_urlencoded(std::string_view text) {
    MultiDict items;
    while (!text.empty()) {
        auto part = ascii::take_until(text, '&');
        // `a=1&&b=2` has two items (URL Standard §5.1). A part without `=` is a name with an empty value.
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
    // The fragment first: a question mark behind the hash belongs to it (RFC 3986 §3.5).
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
        // Decoded after the split, since `%2F` is no separator.
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
