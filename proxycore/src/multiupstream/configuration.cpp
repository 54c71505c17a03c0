#include <pathology/proxycore/multiupstream/configuration.hpp>

#include <pathology/proxycore/http/escaped.hpp>
#include <stdexcept>

namespace pathology::proxycore::multiupstream {

std::string to_string(Rule const& rule) {
    switch (rule.kind) {
        case Rule::Kind::host_pattern: return "host_pattern " + rule.pattern;
        case Rule::Kind::port: return "port " + std::to_string(rule.port);
        case Rule::Kind::by_default: break;
    }
    return "default";
}

std::string to_string(Mistake const& mistake) {
    auto text = mistake.file;
    if (mistake.line != 0) text += ":" + std::to_string(mistake.line);
    text += ": ";
    if (!mistake.field.empty()) text += mistake.field + ": ";
    return http::terminal_text(text + mistake.message);
}

std::string to_string(Mistakes const& mistakes) {
    std::string text;
    for (auto const& mistake : mistakes.list) text.append(text.empty() ? "" : "\n").append(to_string(mistake));
    return text;
}

void throw_exception_from_error(Mistakes const& mistakes, boost::source_location const& /*where*/) {
    throw std::runtime_error(to_string(mistakes));
}

}  // namespace pathology::proxycore::multiupstream
