#include <pathology/language/failure.hpp>
#include <pathology/proxycore/http/escaped.hpp>
#include <pathology/proxycore/marked_place.hpp>

namespace pathology::language {

std::string describe(SpecFailure const& failure, std::string_view spec, std::string_view name) {
    auto text = proxycore::mark_place(spec, failure.span.begin, name, failure.message);
    if (!failure.hint.empty()) text += "\nhint: " + proxycore::http::terminal_text(failure.hint);
    return text;
}

void throw_exception_from_error(SpecFailure const& failure, boost::source_location const& /*location*/) {
    throw SpecError(failure);
}

}  // namespace pathology::language
