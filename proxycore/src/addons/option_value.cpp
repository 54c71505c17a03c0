#include <pathology/proxycore/addons/option_value.hpp>

namespace pathology::proxycore::addons {
namespace {

std::string listed(TextList const& texts) {
    std::string list = "[";
    for (auto const& text : texts) list.append(list.size() > 1 ? ", " : "").append(text);
    return list + "]";
}

struct Printed {
    std::string operator()(bool is_set) const { return is_set ? "true" : "false"; }
    std::string operator()(std::int64_t number) const { return std::to_string(number); }
    std::string operator()(OptionalNumber const& number) const { return number ? std::to_string(*number) : ""; }
    std::string operator()(std::string const& text) const { return text; }
    std::string operator()(OptionalText const& text) const { return text.value_or(""); }
    std::string operator()(TextList const& texts) const { return listed(texts); }
};

}  // namespace

std::string_view type_of(OptionValue const& value) {
    constexpr std::string_view names[] = {"bool", "int", "optional int", "text", "optional text", "list of text"};
    return names[value.index()];
}

std::string to_string(OptionValue const& value) { return std::visit(Printed{}, value); }

}  // namespace pathology::proxycore::addons
