#include "content/media_type.hpp"

#include <algorithm>
#include <pathology/proxycore/ascii.hpp>
#include <pathology/proxycore/http/fields.hpp>

#include "parameters.hpp"
#include "token.hpp"

namespace pathology::proxycore::content {
std::optional<std::string> MediaType::parameter(std::string_view name) const {
    for (auto const& [key, value] : parameters)
        if (http::equals_ignoring_case(key, name)) return value;
    return std::nullopt;
}

void MediaType::set_parameter(std::string_view name, std::string_view value) {
    for (auto& [key, old] : parameters)
        if (http::equals_ignoring_case(key, name)) {
            old = value;
            return;
        }
    parameters.emplace_back(name, value);
}

std::optional<MediaType> parse_media_type(std::string_view field) {
    auto const end = std::min(field.find(';'), field.size());
    auto const essence = ascii::trimmed(field.substr(0, end));
    auto const slash = essence.find('/');
    if (slash == std::string_view::npos) return std::nullopt;
    MediaType type{ascii::lowered(ascii::trimmed(essence.substr(0, slash))),
                   ascii::lowered(ascii::trimmed(essence.substr(slash + 1)))};
    if (!is_token(type.type) || !is_token(type.subtype)) return std::nullopt;
    type.parameters = parse_parameters(field.substr(std::min(end + 1, field.size())));
    return type;
}

std::string to_string(MediaType const& type) {
    auto text = type.type + '/' + type.subtype;
    for (auto const& [name, value] : type.parameters)
        text.append("; ").append(name).append("=").append(is_token(value) ? value : quoted_string(value));
    return text;
}

}  // namespace pathology::proxycore::content
