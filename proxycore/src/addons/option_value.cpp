#include <pathology/proxycore/addons/option_value.hpp>

namespace pathology::proxycore::addons {
namespace {

template <class... Functions> struct Overloaded : Functions... { using Functions::operator()...; };

std::string listed(TextList const& texts) {
    std::string list = "[";
    for (auto const& text : texts) list.append(list.size() > 1 ? ", " : "").append(text);
    return list + "]";
}

}  // namespace

std::string_view type_of(OptionValue const& value) {
    constexpr std::string_view names[] = {"bool", "int", "optional int", "text", "optional text", "list of text"};
    return names[value.index()];
}

std::string to_string(OptionValue const& value) {
    return std::visit(
        Overloaded{[](bool is_set) { return std::string(is_set ? "true" : "false"); },
                   [](std::int64_t number) { return std::to_string(number); },
                   [](OptionalNumber const& number) { return number ? std::to_string(*number) : std::string(); },
                   [](std::string const& text) { return text; },
                   [](OptionalText const& text) { return text.value_or(""); },
                   [](TextList const& texts) { return listed(texts); }},
        value);
}

}  // namespace pathology::proxycore::addons
