#include <pathology/proxycore/flow/headers.hpp>

#include <algorithm>
#include <pathology/proxycore/http/escaped.hpp>
#include <stdexcept>

namespace pathology::proxycore::flow {

std::string header(http::Fields const& fields, std::string_view name) {
    if (auto values = fields.joined(name)) return *std::move(values);
    throw std::out_of_range("no header field " + http::quoted(name));
}

Items folded(http::Fields const& fields) {
    Items items;
    for (auto const name : fields.names()) items.emplace_back(name, *fields.joined(name));
    return items;
}

std::string to_bytes(http::Fields const& fields) {
    std::string text;
    for (auto const field : fields) text.append(field.name).append(": ").append(field.value).append("\r\n");
    return text;
}

std::size_t replace(http::Fields& fields, pattern::Pattern const& pattern, std::string_view text) {
    std::size_t replaced = 0;
    http::Fields changed;
    for (auto const field : fields) {
        auto line = std::string(field.name).append(": ").append(field.value);
        auto const count = pattern.replace_in(line, text).value();
        auto const colon = line.find(": ");
        if (count == 0 || colon == std::string::npos) {
            changed.add(field.name, field.value);
            continue;
        }
        replaced += count;
        changed.add(std::string_view(line).substr(0, colon), std::string_view(line).substr(colon + 2));
    }
    fields = std::move(changed);
    return replaced;
}

http::Fields fields_of(std::initializer_list<http::Field> keywords) {
    http::Fields fields;
    for (auto const& [keyword, value] : keywords) {
        std::string name(keyword);
        std::replace(name.begin(), name.end(), '_', '-');
        fields.add(name, value);
    }
    return fields;
}

}  // namespace pathology::proxycore::flow
