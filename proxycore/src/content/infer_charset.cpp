// Infers the charset of a body from its bytes, its Content-Type and its format (WHATWG Encoding and HTML; RFC 8259
// §8.1; RFC 3023).
#include <pathology/proxycore/ascii.hpp>
#include <pathology/proxycore/content/charset.hpp>

#include <algorithm>

#include "byte_order_mark.hpp"
#include "content/media_type.hpp"

namespace pathology::proxycore::content {
namespace {

constexpr std::size_t looked_at = 4096;  // bytes that are searched for declarations

bool contains(std::string_view text, std::string_view part) { return text.find(part) != std::string_view::npos; }

std::string_view marked_charset(std::string_view bytes) {
    for (auto const& mark : byte_order_marks)
        if (bytes.starts_with(mark.bytes)) return mark.charset;
    return {};
}

/// The name that follows `keyword` in `text`, with or without quotes and blanks before it.
std::string_view name_after(std::string_view text, std::string_view keyword) {
    auto const at = text.find(keyword);
    if (at == std::string_view::npos) return {};
    text.remove_prefix(at + keyword.size());
    text.remove_prefix(std::min(text.find_first_not_of(" \t\r\n\"'"), text.size()));
    return text.substr(0, text.find_first_of(" \t\r\n\"';/>?"));
}

/// `<meta charset="x">`, `<meta http-equiv="Content-Type" content="text/html; charset=x">`
std::string_view html_charset(std::string_view text) {
    for (auto at = text.find("<meta"); at != std::string_view::npos; at = text.find("<meta", at + 1)) {
        auto const tag = text.substr(at, text.find('>', at) - at);
        if (auto const name = name_after(tag, "charset="); !name.empty()) return name;
    }
    return {};
}

/// `<?xml version="1.0" encoding="x"?>`
std::string_view xml_charset(std::string_view text) {
    if (!text.starts_with("<?xml")) return {};
    return name_after(text.substr(0, text.find("?>")), "encoding=");
}

/// `@charset "x";` as the very first thing (CSS Syntax §3.2)
std::string_view css_charset(std::string_view text) {
    return text.starts_with("@charset \"") ? name_after(text, "@charset") : std::string_view{};
}

std::string_view first_of(std::string_view declared, std::string_view otherwise) {
    return declared.empty() ? otherwise : declared;
}

std::string infer(std::string_view content_type, std::string_view bytes) {
    if (auto const marked = marked_charset(bytes); !marked.empty()) return std::string(marked);
    if (auto const type = parse_media_type(content_type))
        if (auto const charset = type->parameter("charset"); charset && !charset->empty())
            return ascii::lowered(*charset);
    auto const type = ascii::lowered(content_type), start = ascii::lowered(bytes.substr(0, looked_at));
    if (contains(type, "json")) return "utf-8";
    if (contains(type, "html")) return std::string(first_of(html_charset(start), "utf-8"));
    if (contains(type, "xml")) return std::string(first_of(xml_charset(start), "utf-8"));
    if (contains(type, "javascript") || contains(type, "ecmascript")) return "utf-8";
    if (contains(type, "text/css")) return std::string(first_of(css_charset(start), "utf-8"));
    return "iso-8859-1";
}

}  // namespace

std::string infer_charset(std::string_view content_type, std::string_view bytes) {
    auto charset = infer(content_type, bytes);
    // Browsers decode GB2312 and GBK as their superset (WHATWG Encoding §4.2).
    if (charset == "gb2312" || charset == "gbk") return "gb18030";
    return charset;
}

}  // namespace pathology::proxycore::content
